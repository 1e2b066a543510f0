use netdsl::prelude::*;

network! {
    struct Net {
        a: Linear<4, 8>,
        #[cfg_attr(all(), doc = "Documented.")]
        b: Linear<8, 8>,
    }
}
