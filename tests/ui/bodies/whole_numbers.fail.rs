//! A fraction of whole numbers is 0 in Rust.
use netdsl::prelude::*;

network! {
    struct Halved {
        fc: Linear<3, 4>,
    }

    fn forward(x: [3]) -> [4] {
        1 / 2 * fc(x)
    }
}

fn main() {}
