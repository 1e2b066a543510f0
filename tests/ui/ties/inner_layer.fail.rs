//! A tie reaches the layers of its own network, not those within them.
use netdsl::prelude::*;

network! {
    struct Inner {
        fc: Linear<4, 4>,
    }

    struct Outer {
        inner: Inner,
        out: Linear<4, 4>(weight = inner.fc.weight),
    }
}

fn main() {}
