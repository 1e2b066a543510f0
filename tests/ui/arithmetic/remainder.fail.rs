use netdsl::prelude::*;

network! {
    struct Net {
        first: Linear<4, width>,
        second: Linear<10, { width / 3 }>,
    }
}

fn main() {}
