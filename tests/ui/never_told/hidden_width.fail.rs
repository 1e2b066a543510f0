use netdsl::prelude::*;

network! {
    struct Net {
        first: Linear<_, _>,
        second: Linear<_, _>,
        last: Linear<_, 10>,
    }

    fn forward(x: [_]) -> [10] {
        last(second(first(x).relu()).relu())
    }
}

fn main() {}
