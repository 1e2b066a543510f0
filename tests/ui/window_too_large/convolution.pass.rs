use netdsl::prelude::*;

network! {
    struct Net {
        conv: Conv2d<1, 4, 9>(padding = 1),
    }

    fn forward(image: [1, 8, 8]) {
        conv(image)
    }
}
