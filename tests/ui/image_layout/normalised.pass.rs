//! Normalisation takes its channels first, as convolutions do.
use netdsl::prelude::*;

network! {
    struct Signals {
        norm: BatchNorm1d<8>,
    }

    fn forward(signal: [5, 8]) -> [5, 8] {
        norm(signal.transpose(1, 2)).transpose(1, 2)
    }

    struct Images {
        norm: BatchNorm2d<_>,
    }

    fn forward(image: [28, 28, 3]) -> [28, 28, 3] {
        norm(image.permute([0, 3, 1, 2])).permute([0, 2, 3, 1])
    }
}

#[test]
fn builds() {
    let shape = network!(Signals)
        .unwrap()
        .parameter("norm.weight")
        .unwrap()
        .len();
    assert_eq!(shape, 8);
    let shape = network!(Images)
        .unwrap()
        .parameter("norm.weight")
        .unwrap()
        .len();
    assert_eq!(shape, 3);
}
