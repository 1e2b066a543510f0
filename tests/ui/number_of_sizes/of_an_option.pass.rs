use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<_, 4>,
        drop: Dropout(p = 0.5),
    }
}

fn main() {}
