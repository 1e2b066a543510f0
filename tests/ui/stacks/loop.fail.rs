use netdsl::prelude::*;

network! {
    struct Net {
        blocks: [Linear<4, 5>; 2],
    }

    fn forward(x: [4]) -> [5] {
        let mut x = x;
        for block in blocks {
            x = block(x);
        }
        x
    }
}

fn main() {}
