//! What a layer has learnt is used elsewhere by a layer that takes it.
use netdsl::prelude::*;

network! {
    struct Gpt {
        wte: Embedding<100, 16>,
    }

    fn forward(x: [t]) -> [t, 100] {
        wte(x).matmul(wte.weight.t())
    }

    struct Twice {
        fc: Linear<4, 4>,
    }

    fn forward(x: [4]) -> [4] {
        fc(x) + fc.bias
    }
}

fn main() {}
