use netdsl::prelude::*;

network! {
    #[eager]
    struct Net {
        table: Parameter<[_, _]>,
        norm: LayerNorm<[_, _]>,
    }

    fn forward(x: [3, 4], y: [5, 6]) -> (_, _) {
        (x + table(), norm(y))
    }
}
