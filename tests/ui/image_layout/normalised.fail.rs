//! Normalisation takes its channels first, as convolutions do.
use netdsl::prelude::*;

network! {
    struct Signals {
        norm: BatchNorm1d<8>,
    }

    fn forward(signal: [5, 8]) -> [5, 8] {
        norm(signal)
    }

    struct Images {
        norm: BatchNorm2d<_>,
    }

    fn forward(image: [28, 28, 3]) -> [28, 28, 3] {
        norm(image)
    }
}

fn main() {}
