use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<1, 3>(bias = false),
    }
}
