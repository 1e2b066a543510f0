use netdsl::prelude::*;

network! {
    #[eager]
    struct Net {
        norm: LayerNorm<_>,
        both: Linear<_, 6>,
        thrice: Linear<_, 2>,
    }

    fn forward(x: [_]) -> ([6], [2]) {
        let x = norm(x);
        (both(cat([x, x], 1)), thrice(cat([x, x, x], 1)))
    }
}

fn main() {}
