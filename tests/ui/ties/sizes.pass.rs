//! The sizes of a tied layer are those of its owner, the other way round.
use netdsl::prelude::*;

network! {
    struct Autoencoder {
        encode: Linear<64, 12>,
        decode: Linear<12, _>(weight = encode.weight.t()),
    }
}

network! {
    /// The tied layer runs before its owner.
    struct Backwards {
        encode: Linear<_, _>(weight = decode.weight.t()),
        decode: Linear<10, 64>,
    }
}

network! {
    struct Inner {
        fc: Linear<_, 12>,
    }

    struct Outer {
        inner: Inner,
        first: Linear<_, _>(weight = inner.fc.weight.t()),
        stack: [Linear<64, 64>; 2],
        more: [Linear<_, _>(weight = stack[1].weight); 2],
    }

    fn forward(x: [64]) -> [_] {
        more(stack(first(inner(x))))
    }
}

#[test]
fn builds() {
    let net = network!(Outer).unwrap();
    assert_eq!(net.first.parameter("bias").unwrap().shape(), [64]);
    let net = network!(Autoencoder).unwrap();
    assert_eq!(net.decode.parameter("bias").unwrap().shape(), [64]);
    let net = network!(Backwards).unwrap();
    assert_eq!(net.encode.parameter("bias").unwrap().shape(), [10]);
}
