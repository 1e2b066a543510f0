//! One forgotten padding makes two sizes of the result wrong.
use netdsl::prelude::*;

network! {
    struct Net {
        conv: Conv2d<1, 8, 3>(padding = 1),
    }

    fn forward(x: [1, 28, 28]) -> [8, 28, 28] {
        conv(x)
    }

    struct Around {
        net: Net,
    }

    fn forward(x: [1, 28, 28]) {
        net(x)
    }
}
