//! Parameters of one shape can be one.
use netdsl::prelude::*;

network! {
    struct Shapes {
        encode: Linear<8, 8>,
        norm: LayerNorm<8>(weight = encode.weight),
        out: Linear<8, 8>(bias = encode.bias.t()),
    }
}

fn main() {}
