//! What belongs outside of `network!`, or is written otherwise in it.
use netdsl::prelude::*;

const WIDTH: usize = 3;

network! {
    // A network.
    struct Net {
        fc: Linear<WIDTH, 4>, // a layer
        act: Relu,
    }

    fn forward(x: [3]) -> [4] {
        act(fc(x))
    }
}

impl Net {
    fn own(&self) -> usize {
        WIDTH
    }
}
