//! A layer that has its sizes through a tie is called with just those.
use netdsl::prelude::*;

network! {
    struct Autoencoder {
        encode: Linear<64, 12>,
        mix: Linear<_, _>,
        decode: Linear<_, _>(weight = encode.weight.t()),
    }
}

#[test]
fn builds() {
    let net = network!(Autoencoder).unwrap();
    assert_eq!(net.mix.weight().shape(), [12, 12]);
}
