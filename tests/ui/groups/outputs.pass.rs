use netdsl::prelude::*;

network! {
    struct Net {
        conv: Conv2d<6, 9, 3>(groups = 3),
    }
}
