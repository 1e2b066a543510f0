use netdsl::prelude::*;

network! {
    struct Net {
        first: Linear<4, width>,
        second: Linear<12, { width / 3 }>,
    }
}
