use netdsl::prelude::*;

network! {
    struct Net {
        a: Linear<4, 8>,
        b: Linear<8, 16>,
        c: Linear<16, 32>,
        d: Linear<32, 2>,
    }
}
