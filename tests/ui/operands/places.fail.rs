//! Of which types the numbers are that a body computes with.
use netdsl::prelude::*;

network! {
    struct Last<const T: usize> {
        out: Linear<_, 2>,
    }

    fn forward(x: [T, 4]) -> [2] {
        out(x.select_index(1, T as i32 - 1))
    }

    struct Scaled<const T: usize> {
        out: Linear<_, 2>,
    }

    fn forward(x: [4]) -> [2] {
        out(x * (T as u16))
    }
}

const STEPS: usize = 3;

network! {
    struct Far {
        out: Linear<_, 2>,
    }

    fn forward(x: [STEPS, 4]) -> [2] {
        out(x.select_index(1, 1 / (STEPS as i64 - 3)))
    }
}

fn main() {}
