use netdsl::prelude::*;

network! {
    struct Net {
        fc1: Linear<4, 5>,
    }

    fn forward(x: [4]) {
        fc2(fc1(x))
    }
}

fn main() {}
