//! Mistakes of one line are told from left to right; that two layers give different sizes is told once.
use netdsl::prelude::*;

network! {
    struct Net {
        a: Linear<4, 5>,
        b: Linear<4, 6>,
        c: Linear<4, 7>,
    }

    fn forward(x: [2, 4], y: [3, 4]) {
        (a(x) + b(x)).unsqueeze(1) + a(y).unsqueeze(1) - (c(y) * a(y)).unsqueeze(1) + (b(y) - a(y)).unsqueeze(1)
    }
}

fn main() {}
