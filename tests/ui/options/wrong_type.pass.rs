use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<4, 5>(bias = true),
    }
}
