use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<4, 5>,
        fc: Linear<5, 6>,
    }
}

fn main() {}
