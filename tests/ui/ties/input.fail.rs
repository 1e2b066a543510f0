//! A layer that has its sizes through a tie is called with another one.
use netdsl::prelude::*;

network! {
    struct Autoencoder {
        encode: Linear<64, 12>,
        mix: Linear<_, 16>,
        decode: Linear<_, _>(weight = encode.weight.t()),
    }
}

fn main() {}
