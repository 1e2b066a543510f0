//! A tied layer is there only when its owner is.
use netdsl::prelude::*;

network! {
    struct Autoencoder {
        encode: Linear<_, 12>,
        decode: Linear<_, _>(weight = encode.weight.t(), bias = false),
    }
}

#[test]
fn builds() {
    let net = network!(Autoencoder).unwrap();
    assert!(!net.decode.is_bound() && net.decode.get().is_err());
    net.bind([64]).unwrap();
    assert!(net.decode.get().unwrap().parameter("bias").is_none());
}
