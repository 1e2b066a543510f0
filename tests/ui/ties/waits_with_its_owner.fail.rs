//! A tied layer is there only when its owner is.
use netdsl::prelude::*;

network! {
    struct Autoencoder {
        encode: Linear<_, 12>,
        decode: Linear<_, _>(weight = encode.weight.t(), bias = false),
    }
}

fn main() {
    let net = network!(Autoencoder).unwrap();
    let _ = net.decode.parameter("bias");
}
