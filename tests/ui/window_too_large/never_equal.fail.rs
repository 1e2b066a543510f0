//! Without padding an image gets smaller, whatever its size is.
use netdsl::prelude::*;

network! {
    struct Denoiser {
        enter: Conv2d<1, 8, 3>,
        leave: Conv2d<_, 1, 3>(padding = 1),
    }

    fn forward(image: [1, height, width]) -> [1, height, width] {
        leave(enter(image).relu())
    }
}

fn main() {}
