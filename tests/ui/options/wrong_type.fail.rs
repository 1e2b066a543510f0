use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<4, 5>(bias = 1),
    }
}

fn main() {}
