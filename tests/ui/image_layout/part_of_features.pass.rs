//! A part that takes features is given an image.
use netdsl::prelude::*;

network! {
    struct Head {
        fc: Linear<_, 10>,
    }

    fn forward(x: [_]) -> [10] {
        fc(x)
    }

    struct Net {
        conv: Conv2d<3, 4, 3>,
        head: Head,
    }

    fn forward(image: [3, 8, 8]) -> [10] {
        head(conv(image).flatten())
    }
}

#[test]
fn builds() {
    let net = network!(Net).unwrap();
    assert_eq!(net.parameter("head.fc.weight").unwrap().shape(), [10, 144]);
}
