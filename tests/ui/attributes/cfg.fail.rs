// A layer is left out by a condition of its own, a network with its `network!`.
use netdsl::prelude::*;

network! {
    #[cfg(unix)]
    struct Net {
        fc: Linear<4, 4>,
        #[cfg(windows)]
        norm: LayerNorm<_>,
    }
}

fn main() {}
