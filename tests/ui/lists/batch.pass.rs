use netdsl::prelude::*;

network! {
    struct Net {
        conv: Conv2d<3, 4, 3>,
    }

    fn forward(x: [3, 8, 8]) -> [6] {
        conv(x).sum([1, 2])
    }
}

fn main() {}
