use netdsl::prelude::*;

network! {
    struct Net {
        first: Linear<_, 32>,
        second: Linear<_, 16>,
        last: Linear<_, 10>,
    }

    fn forward(x: [_]) -> [10] {
        last(second(first(x).relu()).relu())
    }
}
