//! Sizes have no names where a layer is written: the line to write is shown.
use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear(in_features = 3, out_features = 4, bias = false),
        act: Relu,
        blocks: [Block(width = 4); 2],
        part: Linear<4>(out_features = WIDTH * 2),
        out: Option<Linear(out_features = 4)>(when = true),
    }

    struct Block<width> {
        fc: Linear<_, width>(in_features = width),
    }
}

const WIDTH: usize = 3;

fn main() {}
