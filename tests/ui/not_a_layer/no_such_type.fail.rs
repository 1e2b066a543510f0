use netdsl::prelude::*;

network! {
    struct Net {
        fc: Liner<4, 5>,
    }
}

fn main() {}
