use netdsl::prelude::*;

network! {
    struct Net {
        conv: Conv2d<1, 2, 3>(padding_mode = "mirror"),
        drop: Dropout(p = 1.5),
    }
}

fn main() {}
