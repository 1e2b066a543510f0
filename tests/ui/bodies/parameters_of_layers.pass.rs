//! What a layer has learnt is used elsewhere by a layer that takes it.
use netdsl::prelude::*;

network! {
    struct Gpt {
        wte: Embedding<100, 16>,
        head: Linear<_, _>(weight = wte.weight, bias = false),
    }

    fn forward(x: [t]) -> [t, 100] {
        head(wte(x))
    }

    struct Twice {
        fc: Linear<4, 4>,
        shared: Parameter<[_]>(value = fc.bias),
    }

    fn forward(x: [4]) -> [4] {
        fc(x) + shared()
    }
}

fn main() {}
