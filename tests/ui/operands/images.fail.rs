use netdsl::prelude::*;

network! {
    /// Channels and both sides differ: it is the channels that are told.
    struct Halved {
        conv: Conv2d<_, 32, 3>(padding = 1),
        skip: Conv2d<_, 16, 1>(stride = 2),
    }

    fn forward(x: [3, 32, 32]) -> [_, _, _] {
        (conv(x) + skip(x)).relu()
    }

    struct Sides {
        conv: Conv2d<_, 16, 3>(padding = 1),
        skip: Conv2d<_, 16, 1>(stride = 2),
    }

    fn forward(x: [3, 32, 32]) -> [_, _, _] {
        (conv(x) + skip(x)).relu()
    }

    struct Lengths {
        conv: Conv1d<_, 16, 3>,
    }

    fn forward(x: [16, 32]) -> [_, _] {
        x + conv(x)
    }

    struct Joined {
        conv: Conv2d<_, 8, 3>(padding = 1),
        skip: Conv2d<_, 16, 1>(stride = (1, 2)),
    }

    fn forward(x: [3, 32, 32]) -> [_, _, _] {
        cat([conv(x), skip(x)], 1)
    }
}

fn main() {}
