//! A fix that groups divide.
use netdsl::prelude::*;

network! {
    struct Net {
        stem: Conv2d<3, 8, 3>,
        conv: Conv2d<9, 9, 3>(groups = 3),
        up: ConvTranspose2d<6, 6, 3>(groups = 2),
        norm: GroupNorm<4, 8>,
    }

    fn forward(image: [3, 32, 32]) {
        norm(up(conv(stem(image))))
    }
}

fn main() {}
