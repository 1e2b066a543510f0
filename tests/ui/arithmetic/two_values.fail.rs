use netdsl::prelude::*;

network! {
    struct Net {
        first: Linear<4, width>,
        second: Linear<8, width + 2>,
        third: Linear<9, 5>,
    }
}

fn main() {}
