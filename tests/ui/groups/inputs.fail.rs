use netdsl::prelude::*;

network! {
    struct Net {
        conv: Conv2d<6, 8, 3>(groups = 4),
    }
}

fn main() {}
