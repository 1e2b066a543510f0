//! Python's loops through layers are told with Rust's.
use netdsl::prelude::*;

network! {
    struct Net {
        blocks: [Linear<4, 4>; 3],
        others: [Linear<4, 4>; 3],
    }

    fn forward(x: [4]) -> [4] {
        let mut x = x;
        for block in &blocks {
            x = block(x);
        }
        for (i, block) in enumerate(blocks) {
            x = block(x);
        }
        for block in reversed(blocks) {
            x = block(x);
        }
        for (a, b) in zip(blocks, others) {
            x = a(b(x));
        }
        for i in range(len(blocks)) {
            x = blocks[i](x);
        }
        for i in 0..blocks.len() {
            x = blocks[i](x);
        }
        for i in range(0, 3) {
            x = blocks[i](x);
        }
        x
    }
}

fn main() {}
