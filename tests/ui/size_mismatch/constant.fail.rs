use netdsl::prelude::*;

const HIDDEN: usize = 32;

network! {
    struct Net {
        a: Linear<_, HIDDEN>,
        b: Linear<{ HIDDEN + 1 }, 2>,
    }
}

fn main() {}
