//! A loop goes through a stack as through an array, and calls all of its members.
use netdsl::prelude::*;

network! {
    struct Adapters {
        blocks: [Linear<4, 4>; 2],
    }

    fn forward(mut x: [4]) -> [4] {
        for block in blocks.iter().skip(1) {
            x = block(x);
        }
        for block in blocks.rev() {
            x = block(x);
        }
        for block in blocks.iter().enumerate() {
            x = block(x);
        }
        x
    }
}

network! {
    struct Lengths {
        downs: [Linear<4, 4>; 3],
        ups: [Linear<4, 4>; 2],
    }

    fn forward(mut x: [4]) -> [4] {
        for (down, up) in downs.iter().zip(ups.iter().rev()) {
            x = up(down(x));
        }
        x
    }
}

network! {
    struct Values {
        blocks: [Linear<4, 4>; 2],
    }

    fn forward(x: [4]) -> [4] {
        let mut y = x;
        for (block, value) in blocks.iter().zip(x) {
            y = block(y) + value;
        }
        y
    }
}

network! {
    struct Sizes {
        downs: [Linear<4, 4>; 2],
        ups: [Linear<5, 4>; 2],
    }

    fn forward(mut x: [4]) -> [4] {
        for (down, up) in downs.iter().zip(ups).rev() {
            x = up(down(x));
        }
        x
    }
}

fn main() {}
