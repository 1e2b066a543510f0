use netdsl::prelude::*;

network! {
    struct Net {
        first: Linear<4, 5>,
        blocks: [Linear<5, 5>; 2],
    }

    fn forward(x: [4]) -> [5] {
        let mut x = self.first(x);
        for block in self.blocks {
            x = block(x);
        }
        x
    }
}

fn main() {}
