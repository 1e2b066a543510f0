use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<_, 2>,
    }

    fn forward(x: [4]) -> [2] {
        fc(x)
    }
}
