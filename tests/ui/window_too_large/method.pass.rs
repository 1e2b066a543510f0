use netdsl::prelude::*;

network! {
    struct Net {
        conv: Conv2d<1, 4, 3>,
    }

    fn forward(image: [1, 8, 8]) {
        conv(image).relu().max_pool2d(2)
    }
}
