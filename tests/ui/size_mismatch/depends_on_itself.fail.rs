//! What arrives depends on the number that the network is built with, so that no other number is the remedy.
use netdsl::prelude::*;

network! {
    struct Net<width> {
        conv: Conv2d<_, width, 3>(padding = 1),
        fc: Linear<width, 3>,
    }

    fn forward(x: [3, 8, 8]) -> [3] {
        fc(conv(x).flatten())
    }

    struct Doubled<width> {
        first: Linear<3, { width * 2 }>,
        last: Linear<width, 2>,
    }
}

fn main() {
    network!(Net<4>).unwrap();
    network!(Doubled<4>).unwrap();
}
