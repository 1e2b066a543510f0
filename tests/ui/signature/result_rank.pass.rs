use netdsl::prelude::*;

network! {
    struct Net {
        conv: Conv2d<_, 3, 3>,
    }

    fn forward(x: [1, 8, 8]) -> [108] {
        conv(x).flatten()
    }
}
