//! Rows are held against columns: the product needs one of them exchanged.
use netdsl::prelude::*;

network! {
    struct Scores {
        q: Linear<8, 16>,
        k: Linear<8, 16>,
    }

    fn forward(x: [5, 8]) -> [5, 5] {
        q(x).matmul(k(x))
    }
}

network! {
    struct Applied {
        scores: Linear<8, 5>,
        values: Linear<8, 16>,
    }

    fn forward(x: [5, 8]) -> [5, 16] {
        scores(x).matmul_transposed(values(x))
    }
}

fn main() {}
