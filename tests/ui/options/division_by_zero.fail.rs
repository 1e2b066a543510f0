//! A size divided by 0.

use netdsl::prelude::*;

network! {
    struct Halved<n> {
        fc: Linear<{ n / 0 }, 4>,
    }
}

fn main() {}
