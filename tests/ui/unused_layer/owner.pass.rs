//! A layer whose parameter another one takes is called, or the parameter is one of the network's own.
use netdsl::prelude::*;

network! {
    struct Net {
        weight: Parameter<[3, 6]>,
        decode: Linear<_, _>(weight = weight.t()),
    }

    fn forward(code: [3]) -> [6] {
        decode(code)
    }
}
