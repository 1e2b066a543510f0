//! Axes that cannot be flipped.
use netdsl::prelude::*;

network! {
    struct Flipped {
        conv: Conv2d<_, 4, 3>,
    }

    fn forward(image: [3, 9, 9]) -> (_, _, _, _, _) {
        let y = conv(image);
        let batch = y.flip(0);
        let listed = y.flip([0, 2]);
        let beyond = y.flip([2, 4]);
        let twice = y.flip([2, -2]);
        let number = y.flip([0.5]);
        (batch, listed, beyond, twice, number)
    }
}

fn main() {}
