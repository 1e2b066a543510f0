//! The batch is no size that is written.
use netdsl::prelude::*;

network! {
    struct Batched {
        conv: Conv2d<1, 2, 3>,
        fc: Linear<_, 10>,
    }

    fn forward(image: [1, 8, 8]) -> [10] {
        let x = conv(image);
        fc(x.reshape([x.size(0), -1]))
    }
}

fn main() {}
