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
        classifier(image)
    }

    struct Writer {
        classifier: Classifier,
    }

    fn forward(image: [1, 8, 6]) -> [6, 4, 8] {
        classifier(image).permute([0, 2, 3, 1])
    }

    struct Turned {
        classifier: Classifier,
    }

    fn forward(image: [1, 8, 6]) -> [8, 6, 4] {
        classifier(image).permute([0, 2, 3, 1])
    }
}

fn main() {}
