use netdsl::prelude::*;

network! {
    struct Net {
        blocks: [Linear<4, 4>; 3],
    }

    fn forward(x: [4]) -> [4] {
        blocks[2](blocks[0](x))
    }
}

fn main() {}
