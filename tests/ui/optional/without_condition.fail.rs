// An optional layer says when it is there.
use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<4, 4>,
        norm: Option<LayerNorm<_>>,
    }
}

fn main() {}
