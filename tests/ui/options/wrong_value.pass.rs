use netdsl::prelude::*;

network! {
    struct Net {
        conv: Conv2d<1, 2, 3>(padding_mode = "reflect"),
        drop: Dropout(p = 0.5),
    }
}
