// Constants are sizes, counts and flags.
use netdsl::prelude::*;

network! {
    struct Net<const SIZE: i32, const E: usize> {
        fc: Linear<4, SIZE>,
    }
}

network! {
    struct Borrowed<'a> {
        fc: Linear<4, 2>,
    }
}

fn main() {}
