use netdsl::prelude::*;

network! {
    struct Net {
        first: Linear<4, 5>,
        blocks: [Linear<5, 5>; 2],
    }

    fn forward(x: [4]) -> [5] {
        let mut x = first(x);
        for block in blocks {
            x = block(x);
        }
        x
    }
}
