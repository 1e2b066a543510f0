//! Sizes that stand in one place are told together.
use netdsl::prelude::*;

network! {
    #[eager]
    struct Net {
        table: Parameter<[_, _]>,
        norm: LayerNorm<[_, _]>,
    }

    fn forward(x: [_, _], y: [_, _]) -> (_, _) {
        (x + table(), norm(y))
    }
}

fn main() {}
