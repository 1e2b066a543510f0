//! What does not depend on a layout that is wrong is told with it.
use netdsl::prelude::*;

network! {
    struct ChannelsLast {
        first: Conv2d<3, 8, 3>,
        second: Conv2d<9, 4, 3>,
    }

    fn forward(image: [32, 32, 3]) -> [4, _, _] {
        second(first(image))
    }

    struct ChannelsFirst {
        conv: Conv1d<3, 8, 3>,
        lstm: Lstm<8, 6>,
        head: Linear<9, 2>,
    }

    fn forward(signal: [3, 20]) -> [_, 2] {
        head(lstm(conv(signal)).0)
    }

    struct Unflattened {
        hidden: Linear<784, 128>,
        head: Linear<127, 10>,
    }

    fn forward(image: [1, 28, 28]) -> [10] {
        head(hidden(image).relu())
    }
}

fn main() {}
