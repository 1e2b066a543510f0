use netdsl::prelude::*;

network! {
    struct Net {
        conv: Conv2d<_, 6, 3>,
    }

    fn forward(image: [28, 28, 3]) {
        conv(image)
    }
}

fn main() {}
