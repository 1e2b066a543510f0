//! The size of an input is told by one layer and contradicted by another.
use netdsl::prelude::*;

network! {
    struct ByName {
        left: Linear<4, 8>,
        right: Linear<5, 8>,
    }

    fn forward(x: [n], y: [n]) -> [8] {
        left(x) + right(y)
    }

    struct OneInput {
        left: Linear<4, 8>,
        right: Linear<5, 8>,
    }

    fn forward(x: [_]) -> [8] {
        left(x) * right(x)
    }
}

fn main() {}
