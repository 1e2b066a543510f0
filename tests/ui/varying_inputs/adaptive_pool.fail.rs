use netdsl::prelude::*;

network! {
    struct Net {
        conv: Conv2d<_, 8, 3>,
        head: Linear<8, 2>,
    }

    fn forward(image: [3, _, _]) -> [2] {
        head(conv(image).adaptive_avg_pool2d(2).flatten())
    }
}

fn main() {}
