use netdsl::prelude::*;

network! {
    struct Net {
        conv: Conv2d<3, 4, 3>,
    }

    fn forward(x: [3, 4, 8]) -> [4, 2, 5] {
        conv(x).pad([0, -1])
    }
}

fn main() {}
