//! Whatever `width` is, two tensors joined have more channels.
use netdsl::prelude::*;

network! {
    struct Up<width> {
        up: ConvTranspose2d<_, width, 2>(stride = 2),
        conv: Conv2d<width, width, 3>(padding = 1),
    }

    fn forward(x: [_, _, _], skip: [_, _, _]) -> [width, _, _] {
        conv(cat([skip, up(x)], 1))
    }

    struct Doubled<width> {
        enter: Linear<_, 2 * width>,
        leave: Linear<width, 3>,
    }
}

fn main() {}
