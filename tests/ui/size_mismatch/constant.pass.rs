use netdsl::prelude::*;

const HIDDEN: usize = 32;

network! {
    struct Net {
        a: Linear<_, { HIDDEN + 1 }>,
        b: Linear<{ HIDDEN + 1 }, 2>,
    }
}
