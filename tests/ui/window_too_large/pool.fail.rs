use netdsl::prelude::*;

network! {
    struct Net {
        conv: Conv2d<1, 4, 3>,
        pool: MaxPool2d<7>,
    }

    fn forward(image: [1, 8, 8]) {
        pool(conv(image))
    }
}

fn main() {}
