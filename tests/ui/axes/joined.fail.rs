//! Tensors of different numbers of axes cannot be joined.

use netdsl::prelude::*;

network! {
    struct Joined {
        a: Linear<_, 9>,
        b: Linear<_, 9>,
    }

    fn forward(x: [4]) -> [_] {
        cat([a(x), b(x).unsqueeze(1)], 1).flatten()
    }
}

fn main() {}
