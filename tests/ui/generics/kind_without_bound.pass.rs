//! A kind of layers has a bound, and is given in `::<…>`.
use netdsl::prelude::*;

network! {
    struct Block<B: UnaryLayer> {
        act: B,
        fc: Linear<_, 3>,
    }

    struct Blocks<B: UnaryLayer, width> {
        acts: [B; 2],
        fc: Linear<_, width>,
    }

    struct Net {
        block: Block::<Relu>,
        blocks: Blocks::<Tanh><4>,
    }
}

fn main() {}
