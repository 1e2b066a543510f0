use netdsl::prelude::*;

network! {
    struct Sum {
        left: Linear<4, _>,
        right: Linear<4, _>,
        last: Linear<10, 3>,
    }

    fn forward(x: [4]) -> [3] {
        last(cat([left(x), right(x)], 1))
    }
}

network! {
    struct Product {
        conv: Conv2d<1, _, 3>,
        last: Linear<_, 3>,
    }

    fn forward(image: [1, 8, 8]) -> [3] {
        last(conv(image).relu().flatten())
    }
}

fn main() {}
