use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<3, 4>(bias = false),
        act: Relu,
        blocks: [Block<4>; 2],
        part: Linear<4, { WIDTH * 2 }>,
        out: Option<Linear<_, 4>>(when = true),
    }

    struct Block<width> {
        fc: Linear<width, width>,
    }
}

const WIDTH: usize = 3;

pub fn main() {}
