//! Generics of Rust's and dimensions stand apart.
use netdsl::prelude::*;

network! {
    struct Inner<const N: usize> {
        fc: Linear<_, N>,
    }

    struct Both<const N: usize, width> {
        wide: Linear<_, width>,
        fc: Linear<_, N>,
    }

    struct Late<width, const N: usize, K: UnaryLayer> {
        wide: Linear<_, width>,
        fc: Linear<_, N>,
        act: K,
    }

    struct Net {
        inner: Inner<3>,
        both: Both<3, 8>,
        open: Both<8>,
        late: Late<8, 3, Relu>,
        short: Late<8, 3>,
    }
}

fn main() {}
