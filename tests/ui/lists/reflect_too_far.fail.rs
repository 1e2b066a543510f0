use netdsl::prelude::*;

network! {
    struct Net {
        conv: Conv2d<3, 4, 3>,
    }

    fn forward(x: [3, 4, 8]) -> [4, _, 6] {
        conv(x).pad_reflect([0, 0, 2, 0])
    }
}

fn main() {}
