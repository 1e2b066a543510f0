//! Axes that can be flipped.
use netdsl::prelude::*;

network! {
    struct Flipped {
        conv: Conv2d<_, 4, 3>,
    }

    fn forward(image: [3, 9, 9]) -> (_, _, _, _, _) {
        let y = conv(image);
        let batch = y.flip(1);
        let listed = y.flip([1, 2]);
        let beyond = y.flip([2, 3]);
        let twice = y.flip([2, -1]);
        let number = y.flip([-2]);
        (batch, listed, beyond, twice, number)
    }
}
