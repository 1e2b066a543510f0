use netdsl::prelude::*;

network! {
    struct ChannelsLast {
        first: Conv2d<3, 8, 3>,
        second: Conv2d<8, 4, 3>,
    }

    fn forward(image: [32, 32, 3]) -> [4, _, _] {
        second(first(image.permute([0, 3, 1, 2])))
    }

    struct ChannelsFirst {
        conv: Conv1d<3, 8, 3>,
        lstm: Lstm<8, 6>,
        head: Linear<6, 2>,
    }

    fn forward(signal: [3, 20]) -> [_, 2] {
        head(lstm(conv(signal).permute([0, 2, 1])).0)
    }

    struct Unflattened {
        hidden: Linear<784, 128>,
        head: Linear<128, 10>,
    }

    fn forward(image: [1, 28, 28]) -> [10] {
        head(hidden(image.flatten()).relu())
    }
}
