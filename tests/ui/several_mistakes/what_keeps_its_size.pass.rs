//! A normalisation of another width is one mistake: which width was meant is not known, and what follows is quiet.
use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<4, 6>,
        norm: LayerNorm<6>,
        out: Linear<6, 2>,
    }

    struct Residual {
        fc: Linear<4, 6>,
        norm: LayerNorm<6>,
    }

    fn forward(x: [4]) -> [6] {
        let y = fc(x);
        y + norm(y)
    }

    struct Image {
        conv: Conv2d<3, 8, 3>,
        norm: BatchNorm2d<8>,
        act: PRelu(num_parameters = 8),
    }

    fn forward(x: [3, 8, 8]) -> [8, _, _] {
        let y = conv(x);
        y + norm(y) * act(y)
    }
}
