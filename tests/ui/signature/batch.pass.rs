//! The batch is not written.
use netdsl::prelude::*;

network! {
    struct Flat {
        hidden: Linear<784, 64>,
        out: Linear<_, 10>,
    }

    fn forward(x: [784]) -> [10] {
        out(hidden(x.flatten()).relu())
    }

    struct Images {
        conv: Conv2d<1, 8, 3>,
        out: Linear<_, 10>,
    }

    fn forward(x: [1, 28, 28]) -> [10] {
        out(conv(x).max_pool2d(2).flatten())
    }

    struct Sequences {
        embed: Embedding<10, 8>,
        rnn: Lstm<8, 16>,
        out: Linear<_, 10>,
    }

    fn forward(x: [20]) -> [10] {
        let (y, _) = rnn(embed(x));
        out(y.mean(1))
    }
}

fn main() {}
