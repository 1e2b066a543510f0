//! Sizes that stand on both sides of a reshape are left out: the others go together, or they do not.
use netdsl::prelude::*;

network! {
    struct Heads {
        query: Linear<_, 16>,
    }

    fn forward(x: [t, 16]) -> [t, 3, _] {
        query(x).reshape([t, 3, _])
    }

    struct Parts {
        fc: Linear<_, 16>,
    }

    fn forward(x: [t, 4]) -> [t, 3, 5] {
        fc(x).reshape([t, 3, 5])
    }
}

fn main() {}
