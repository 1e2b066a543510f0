//! What is no probability.

use netdsl::prelude::*;

network! {
    struct Dropped {
        fc: Linear<_, 4>,
    }

    fn forward(x: [8]) -> [4] {
        fc(x.dropout(1.5))
    }
}

fn main() {}
