//! A parameter is that of a layer of this network.
use netdsl::prelude::*;

network! {
    struct Layers {
        encode: Linear<_, 12>,
        decode: Linear<_, _>(weight = encoder.weight.t()),
        stack: [Linear<8, 8>; 2],
        out: Linear<_, _>(weight = stack.weight),
        more: [Linear<8, 8>(weight = encode.weight); 2],
    }
}

fn main() {}
