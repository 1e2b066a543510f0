use netdsl::prelude::*;

network! {
    struct Normalised {
        conv: Conv2d<_, 8, 3>,
        norm: LayerNorm<8>,
    }

    fn forward(image: [1, 28, 28]) -> [_, _, _] {
        norm(conv(image))
    }

    struct Weighted {
        conv: Conv1d<_, 8, 3>,
        fc: Linear<8, 4>,
    }

    fn forward(signal: [1, 28]) -> [_, _] {
        fc(conv(signal))
    }

    struct OfInput {
        fc: Linear<3, 8>,
    }

    fn forward(image: [3, 28, 28]) -> [_, _, _] {
        fc(image)
    }

    struct OfNone {
        conv: Conv2d<_, 8, 3>,
        norm: RmsNorm<9>,
    }

    fn forward(image: [1, 28, 28]) -> [_, _, _] {
        norm(conv(image))
    }
}

fn main() {}
