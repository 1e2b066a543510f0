use netdsl::prelude::*;

network! {
    struct Net {
        first: Linear<4, width>,
        second: Linear<12, { width / 3 }>,
    }
}

// Options are numbers of their own, which Rust's division gives.
network! {
    struct Same<const K: usize, k> {
        first: Conv2d<_, 4, K>(padding = K / 2),
        second: Conv2d<_, 4, k>(padding = k / 2),
        third: Conv2d<_, 4, 3>(padding = 3 / 2),
    }

    fn forward(x: [1, h, w]) -> [4, h, w] {
        third(second(first(x)))
    }
}
