use netdsl::prelude::*;

network! {
    struct Net {
        blocks: [Linear<4, 4>; 2],
    }

    fn forward(x: [4]) -> [4] {
        let mut x = x;
        for block in blocks {
            x = block(x);
        }
        x
    }
}
