use netdsl::prelude::*;

network! {
    struct Block<width> {
        up: Linear<_, width>,
        down: Linear<_, 4>,
    }

    struct Net {
        block: Block<8>,
    }

    fn forward(x: [4]) -> [4] {
        block(x)
    }
}
