use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<4, 5>(padding = 2),
    }
}

fn main() {}
