use netdsl::prelude::*;

network! {
    struct Block<width> {
        fc: Linear<_, width>,
    }

    struct Net<const WIDTH: usize> {
        block: Block<{ WIDTH * 2 }>,
    }
}
