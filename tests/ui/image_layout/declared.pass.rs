//! An image with its channels last, where the signature has them first.
use netdsl::prelude::*;

network! {
    struct Classifier {
        conv: Conv2d<_, 8, 3>,
    }

    fn forward(image: [1, 8, 6]) -> [8, 6, 4] {
        conv(image)
    }

    struct Reader {
        classifier: Classifier,
    }

    fn forward(image: [8, 6, 1]) -> [8, 6, 4] {
        classifier(image.permute([0, 3, 1, 2]))
    }

    struct Turned {
        classifier: Classifier,
    }

    fn forward(image: [1, 8, 6]) -> [8, 6, 4] {
        classifier(image).permute([0, 2, 3, 1]).permute([0, 3, 1, 2])
    }
}

#[test]
fn builds() {
    let images = ndarray::Array4::<f32>::ones((2, 8, 6, 1));
    let y = network!(Reader).unwrap().forward(&images).unwrap();
    let net = network!(Classifier).unwrap();
    let error = net.forward(&images).unwrap_err().to_string();
    assert!(
        error.contains("looks like [height, width, channels]"),
        "{error}"
    );
    let first = images.permuted_axes([0, 3, 1, 2]);
    assert_eq!(net.forward(&first).unwrap().shape(), y.shape());
}
