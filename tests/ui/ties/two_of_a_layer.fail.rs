//! Each tie of a layer that leads nowhere is told.
use netdsl::prelude::*;

network! {
    struct Net {
        a: Linear<4, 8>,
        b: Linear<4, 8>(weight = a.weigth, bias = a.bais),
    }

    fn forward(x: [4]) -> [8] {
        a(x) + b(x)
    }
}

fn main() {}
