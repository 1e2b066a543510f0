use netdsl::prelude::*;

network! {
    struct Net {
        a: Linear<4, 8>,
    }

    struct Net {
        b: Linear<4, 8>,
    }
}

fn main() {}
