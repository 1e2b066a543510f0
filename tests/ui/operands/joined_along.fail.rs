//! What is joined along another axis than is meant is told with the one that makes the size.
use netdsl::prelude::*;

network! {
    struct Maps {
        down: Conv2d<_, 8, 3>(padding = 1),
        deep: Conv2d<_, 16, 3>(padding = 1),
        up: ConvTranspose2d<_, 8, 2>(stride = 2),
        out: Conv2d<16, 2, 1>,
    }

    fn forward(x: [3, 32, 32]) -> [2, 32, 32] {
        let x = down(x);
        let y = deep(x.max_pool2d(2));
        out(cat([up(y), x], 2))
    }

    struct Sequences {
        left: Linear<_, 8>,
        right: Linear<_, 8>,
        out: Linear<16, 2>,
    }

    fn forward(x: [t, 4]) -> [t, 2] {
        out(cat([left(x), right(x)], 1))
    }
}

fn main() {}
