//! What is wrong within a network is told once, wherever that network stands.
use netdsl::prelude::*;

network! {
    struct Block<width> {
        enter: Linear<_, width>,
        leave: Linear<15, width>,
    }

    struct Net {
        first: Block<16>,
        others: [Block<16>; 3],
        wide: Block<20>,
        head: Linear<_, 2>,
    }

    struct Gate {
        fc: Linear<_, 8>,
    }

    fn forward(x: [_]) -> [_] {
        x * fc(x)
    }

    struct Gates {
        first: Gate,
        others: [Gate; 2],
        last: Gate,
    }

    fn forward(x: [16]) -> [16] {
        last(others(first(x)))
    }
}

fn main() {}
