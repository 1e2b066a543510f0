use netdsl::prelude::*;

network! {
    struct Net {
        blocks: [Linear<4, 4>; 3],
        between: Linear<4, 4>,
        idle: Linear<4, 4>,
    }

    fn forward(mut x: [4]) -> [4] {
        let mut i = 0;
        for block in blocks {
            x = block(x);
            if i == 1 {
                x = between(x);
            }
            i += 1;
        }
        x
    }
}

fn main() {}
