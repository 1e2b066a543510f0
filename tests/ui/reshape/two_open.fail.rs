use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<_, 12>,
    }

    fn forward(x: [8]) -> [_, _, 2] {
        fc(x).reshape([_, _, 2])
    }
}

fn main() {}
