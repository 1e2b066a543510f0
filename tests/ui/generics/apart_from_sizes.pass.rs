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
        inner: Inner::<3>,
        both: Both::<3><8>,
        open: Both::<5><8>,
        late: Late::<3, Relu><8>,
        short: Late::<3, Relu><8>,
    }
}

fn main() {}
