use netdsl::prelude::*;

network! {
    struct Last<const T: usize> {
        out: Linear<_, 2>,
    }

    fn forward(x: [T, 4]) -> [2] {
        out(x.select_index(1, T as i64 - 1))
    }

    struct Scaled<const T: usize> {
        out: Linear<_, 2>,
    }

    fn forward(x: [4]) -> [2] {
        out(x * (T as f64) + T as i64)
    }
}

const STEPS: usize = 3;

network! {
    struct Far {
        out: Linear<_, 2>,
    }

    fn forward(x: [STEPS, 4]) -> [2] {
        let y = (1 - 0) * x * (2 - 1);
        out(y.select_index(1, 1 - (STEPS as i64 - 2)))
    }
}

fn main() {}
