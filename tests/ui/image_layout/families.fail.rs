//! Layers over features, signals and images are of other kinds.
use netdsl::prelude::*;

network! {
    struct Features {
        fc: Linear<4, 8>,
        norm: BatchNorm2d<_>,
    }

    fn forward(x: [4]) -> [8] {
        norm(fc(x))
    }

    struct Images {
        conv: Conv2d<3, 8, 3>,
        norm: BatchNorm1d<_>,
        pool: MaxPool1d<2>,
    }

    fn forward(x: [3, 16, 16]) -> ([8, _, _], [8, _, _]) {
        let y = conv(x);
        (norm(y), pool(y))
    }

    struct Signals {
        conv: Conv1d<3, 8, 3>,
        next: Conv2d<_, 8, 3>,
    }

    struct Flattened {
        conv: Conv2d<3, 8, 3>,
        flatten: Flatten,
        pool: MaxPool2d<2>,
    }

    fn forward(x: [3, 16, 16]) -> [392] {
        pool(flatten(conv(x)))
    }

    struct Late {
        fc: Linear<4, 64>,
        conv: Conv2d<_, 8, 3>,
    }

    fn forward(x: [4]) -> [8, 6, 6] {
        conv(fc(x))
    }

    struct Input {
        conv: Conv1d<_, 8, 3>,
    }

    fn forward(x: [1, 28, 28]) -> [8, 26, 26] {
        conv(x)
    }
}

fn main() {}
