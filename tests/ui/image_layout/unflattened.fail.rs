use netdsl::prelude::*;

network! {
    struct Net {
        conv: Conv2d<_, 6, 3>,
        fc: Linear<_, 10>,
    }

    fn forward(image: [_, _, _]) -> [10] {
        fc(conv(image).relu())
    }
}

fn main() {}
