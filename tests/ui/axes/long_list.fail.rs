//! A list of more sizes than a tensor has axes.

use netdsl::prelude::*;

network! {
    struct Deep {
        fc: Linear<_, 256>,
    }

    fn forward(x: [4]) -> [_] {
        fc(x).reshape([2, 2, 2, 2, 2, 2, 2, 2]).flatten()
    }

    struct Deeper {
        fc: Linear<_, 512>,
    }

    fn forward(x: [4]) -> [_] {
        fc(x).reshape([2, 2, 2, 2, 2, 2, 2, 2, 2]).flatten()
    }
}

fn main() {}
