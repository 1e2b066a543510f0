use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<64, 32>,
        again: Linear<_, 32>,
    }

    fn forward(x: [64]) -> [32] {
        again(fc(x).relu())
    }
}
