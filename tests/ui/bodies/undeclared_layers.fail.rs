//! A layer that is not declared is no function: it is declared, or written as the operation that it is.
use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<3, 4>,
        blocks: [Block; 2],
    }

    fn forward(x: [3]) -> [4] {
        let y = Relu(fc(x));
        blocks(y)
    }

    struct Block {
        fc: Linear<4, 4>,
    }

    fn forward(x: [4]) -> [4] {
        let mut y = gated(Dropout(fc(x), 0.1));
        for _ in 0..2 {
            y = BatchNorm1d(y) * LogSoftmax(x, 1);
        }
        let Some(z) = Some(Mish(y)) else {
            return x;
        };
        z
    }

    fn gated(x: Tensor) -> Tensor {
        x * Sigmoid(x)
    }
}

network! {
    struct Attentive {
        fc: Linear<4, 4>,
    }

    fn forward(x: [t, 4]) -> [t, 4] {
        let y = Relu(fc(x));
        MultiheadAttention(y, y, y) + Softmax(y)
    }
}

fn main() {}
