//! Operations are methods, and layers have the names that are written; functions of the user's own are neither.
use netdsl::prelude::*;

network! {
    struct Net {
        conv: Conv2d<3, 8, 3>,
        fc1: Linear<_, 16>,
        fc2: Linear<_, 2>,
    }

    fn forward(x: [3, 10, 10]) -> [2] {
        let y = max_pool2d(relu(conv(x)), 2);
        let y = max(fc1(y.flatten()), 0.0);
        dropout(fc3(softmax(y, 1)), 0.5)
    }
}

network! {
    struct Clamped {
        fc: Linear<_, 4>,
    }

    fn forward(x: [4]) -> [4] {
        fc(x) * hardtanh(x)
    }
}

fn main() {}
