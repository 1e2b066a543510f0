//! What a kernel spans is written, and follows from nothing.
use netdsl::prelude::*;

network! {
    struct Net {
        down: Conv2d<3, 8, 3>(padding = 1),
        up: ConvTranspose2d<_, 3, 5>(padding = 2, weight = down.weight),
    }

    fn forward(x: [3, 8, 8]) -> [3, 8, 8] {
        up(down(x).relu())
    }
}

fn main() {}
