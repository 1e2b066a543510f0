//! The sizes of a tied layer are those of its owner, the other way round.
use netdsl::prelude::*;

network! {
    struct Autoencoder {
        encode: Linear<64, 12>,
        decode: Linear<12, 60>(weight = encode.weight.t()),
    }
}

network! {
    /// The tied layer runs before its owner.
    struct Backwards {
        encode: Linear<60, 10>(weight = decode.weight.t()),
        decode: Linear<10, 64>,
    }
}

fn main() {}
