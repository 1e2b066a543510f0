//! Sizes that are open, and of which no number fits.
use netdsl::prelude::*;

network! {
    struct Joined {
        a: Linear<4, 40>,
        b: Linear<4, _>,
        head: Linear<32, 5>,
    }

    fn forward(x: [4]) -> [5] {
        head(cat([a(x), b(x)], 1))
    }

    struct BothWays {
        rnn: Lstm<_, _>(bidirectional = true),
        head: Linear<33, 5>,
    }

    fn forward(x: [7, 4]) -> [7, 5] {
        head(rnn(x).0)
    }

    struct Twice {
        fc: Linear<4, _>,
        head: Linear<33, 5>,
    }

    fn forward(x: [4]) -> [5] {
        let y = fc(x);
        head(cat([y, y], 1))
    }

    struct InRows {
        fc: Linear<4, _>,
        head: Linear<33, 5>,
    }

    fn forward(x: [4]) -> [5] {
        head(fc(x).reshape([2, _]).flatten())
    }

    struct Image {
        conv: Conv2d<_, 8, 3>,
        head: Linear<1801, 5>,
    }

    fn forward(x: [_, _, _]) -> [5] {
        head(conv(x).flatten())
    }

    struct Rows {
        conv: Conv2d<_, 8, 3>,
    }

    fn forward(x: [_, _, _]) -> [3, 3] {
        conv(x).reshape([3, 3])
    }
}

fn main() {}
