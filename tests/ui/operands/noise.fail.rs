//! Noise has the shape of what it is like.
use netdsl::prelude::*;

network! {
    struct Coder {
        encode: Linear<_, 16>,
        mean: Linear<_, 2>,
    }

    fn forward(x: [9]) -> [2] {
        let h = encode(x).relu();
        mean(h) + h.randn_like()
    }
}

fn main() {}
