//! What a loop does beside calling members is told where it is written.
use netdsl::prelude::*;

network! {
    struct Net {
        layers: [Linear<_, 8>; 3],
        bias: Linear<_, 8>,
    }

    fn forward(x: [16]) -> [8] {
        let (mut y, z) = (x, bias(x));
        for layer in layers {
            y = layer(y) + z;
        }
        y
    }
}
