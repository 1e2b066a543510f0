// Constants are sizes, counts and flags.
use netdsl::prelude::*;

network! {
    struct Net<const SIZE: usize, const BIAS: bool> {
        fc: Linear<4, SIZE>(bias = BIAS),
    }
}

network! {
    struct Owned {
        fc: Linear<4, 2>,
    }
}

fn main() {}
