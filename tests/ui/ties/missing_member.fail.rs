//! A member that a tie leads to is there.
use netdsl::prelude::*;

network! {
    struct Body {
        wte: Embedding<7, 4>,
    }

    struct Net {
        bodies: [Body; 2],
        mix: Linear<8, 4>,
        head: Linear<_, _>(weight = bodies[2].wte.weight, bias = false),
    }

    fn forward(tokens: [3]) -> [3, 7] {
        head(mix(cat([bodies[0](tokens), bodies[1](tokens)], 2)))
    }
}

fn main() {}
