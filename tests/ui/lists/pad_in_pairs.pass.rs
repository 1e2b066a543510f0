use netdsl::prelude::*;

network! {
    struct Net {
        conv: Conv2d<3, 4, 3>,
    }

    fn forward(x: [3, 8, 8]) -> [4, 6, 7] {
        conv(x).pad([1, 0])
    }
}

fn main() {}
