use netdsl::prelude::*;

network! {
    struct Net {
        fc1: Linear<4, 5>,
        fc2: Linear<5, 6>,
    }
}
