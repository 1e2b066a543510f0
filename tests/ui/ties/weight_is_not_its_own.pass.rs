//! A tied layer holds what it has of its own; the rest is read at its owner or by path.
use netdsl::prelude::*;

network! {
    struct Autoencoder {
        encode: Linear<64, 12>,
        decode: Linear<_, _>(weight = encode.weight.t()),
    }
}

#[test]
fn builds() {
    let net = network!(Autoencoder).unwrap();
    assert_eq!(net.decode.parameter("bias").unwrap().shape(), [64]);
    assert_eq!(
        net.parameter("decode.weight").unwrap(),
        net.encode.weight().t()
    );
}
