use netdsl::prelude::*;

network! {
    struct Net {
        a: Linear<4, 8>,
        #[cfg_attr(all(), cfg(any()))]
        b: Linear<8, 8>,
    }
}

fn main() {}
