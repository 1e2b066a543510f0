use netdsl::prelude::*;

network! {
    struct Block<width> {
        up: Linear<_, width>,
        down: Linear<_, 4>,
    }

    struct Net {
        block: Block<_>,
    }

    fn forward(x: [4]) -> [4] {
        block(x)
    }
}

fn main() {}
