//! A parameter is that of a layer of this network, or of one within.
use netdsl::prelude::*;

network! {
    struct Layers {
        encode: Linear<_, 12>,
        decode: Linear<_, _>(weight = encoder.weight.t()),
        stack: [Linear<8, 8>; 2],
        out: Linear<_, _>(weight = stack.weight),
        more: Linear<8, 8>(weight = encode[0].weight),
        own: [Linear<8, 8>(weight = own[0].weight); 2],
        some: Option<Linear<8, 8>>(when = cfg!(test)),
        last: Linear<8, 8>(weight = some.weight),
    }
}

network! {
    struct Words {
        stack: [Linear<8, 8>; 2],
        out: Linear<_, _>(weight = stack.0.weight),
    }
}

fn main() {}
