use netdsl::prelude::*;

network! {
    struct Net {
        first: Linear<4, width>,
        second: Linear<_, { 20 / width }>,
        third: Linear<9, 5>,
    }
}

fn main() {}
