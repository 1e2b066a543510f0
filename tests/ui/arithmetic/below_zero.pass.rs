use netdsl::prelude::*;

network! {
    struct Net {
        first: Linear<4, width>,
        second: Linear<20, { width - 13 }>,
    }
}
