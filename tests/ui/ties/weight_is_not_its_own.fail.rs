//! A tied layer holds what it has of its own.
use netdsl::prelude::*;

network! {
    struct Autoencoder {
        encode: Linear<64, 12>,
        decode: Linear<_, _>(weight = encode.weight.t()),
    }
}

fn main() {
    let net = network!(Autoencoder).unwrap();
    let _ = net.decode.weight();
}
