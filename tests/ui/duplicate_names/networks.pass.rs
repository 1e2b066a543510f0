use netdsl::prelude::*;

network! {
    struct Net {
        a: Linear<4, 8>,
    }

    struct Other {
        b: Linear<4, 8>,
    }
}
