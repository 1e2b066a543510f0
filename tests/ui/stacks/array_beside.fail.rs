//! A stack goes side by side with an array of tensors, each of which is held against what it is joined with.
use netdsl::prelude::*;

network! {
    struct Net {
        downs: [Conv2d<_, 8, 3>(padding = 1); 2],
        ups: [Conv2d<_, 8, 3>(padding = 1); 2],
    }

    fn forward(x: [1, 16, 16]) -> [8, 16, 16] {
        let first = downs[0](x);
        let second = downs[1](first.max_pool2d(2));
        let mut y = second;
        for (up, skip) in ups.iter().zip([second, first.relu()]) {
            y = up(cat([y, skip], 1));
        }
        y
    }
}

fn main() {}
