use netdsl::prelude::*;

network! {
    struct Block<channels> {
        conv: Conv2d<_, channels, 3>(padding = 1),
    }

    fn forward(x: [channels, _, _]) -> [channels, _, _] {
        conv(x) + x
    }
}

network! {
    struct Net {
        stem: Conv2d<3, 16, 3>,
        block: Block<16>,
    }
}
