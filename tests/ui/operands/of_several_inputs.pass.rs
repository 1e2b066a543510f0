//! Of several inputs it is told which one has a size.
use netdsl::prelude::*;

network! {
    struct Sum {
        fc: Linear<_, 4>,
    }

    fn forward(x: [3], y: [3]) -> [4] {
        fc(x + y)
    }

    struct Images {
        conv: Conv2d<3, 4, 3>,
    }

    fn forward(left: [3, 9, 9], right: [3, 9, 9]) -> [4, 7, 7] {
        conv(left) + conv(right)
    }
}

fn main() {}
