use netdsl::prelude::*;

network! {
    struct Net {
        a: Linear<4, 8>,
        b: Linear<9, 16>,
        c: Linear<17, 32>,
        d: Linear<33, 2>,
    }
}

fn main() {}
