// Options stand in `(…)`.
use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<_, 4>,
        drop: Dropout<1>,
    }
}

fn main() {}
