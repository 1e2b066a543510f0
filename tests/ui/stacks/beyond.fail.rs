//! Of a stack whose member is not there none is told as not called beside.
use netdsl::prelude::*;

network! {
    struct Second {
        blocks: [Linear<8, 8>; 3],
    }

    fn forward(x: [8]) -> [8] {
        blocks[3](x)
    }
}

fn main() {}
