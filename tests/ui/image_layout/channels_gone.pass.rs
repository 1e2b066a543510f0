//! What is left of an image once its channels are gone is no image any more.
use netdsl::prelude::*;

network! {
    struct Forecast {
        mix: Conv1d<7, 1, 1>,
        head: Linear<_, 24>,
    }

    fn forward(x: [7, 96]) -> [24] {
        head(mix(x).squeeze(1))
    }

    struct Columns {
        conv: Conv2d<1, 8, 3>(padding = 1),
        out: Linear<20, 5>,
    }

    fn forward(x: [1, 16, 20]) -> [5] {
        out(conv(x).mean([1, 2]))
    }

    struct Rows {
        conv: Conv2d<1, 1, 3>(padding = 1),
        lstm: Lstm<_, 6>,
        out: Linear<_, 5>,
    }

    fn forward(x: [1, 16, 20]) -> ([16, 6], [16, 5]) {
        let x = conv(x).select_index(1, 0);
        (lstm(x).0, out(x))
    }
}

fn main() {}
