use netdsl::prelude::*;

network! {
    struct Block<const WIDTH: usize> {
        fc: Linear<_, WIDTH>,
    }

    struct Net<const WIDTH: usize> {
        block: Block::<{ WIDTH * 2 }>,
    }
}

fn main() {}
