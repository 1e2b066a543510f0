//! Where the channels should be the number is not known, but the last size is that of the channels.
use netdsl::prelude::*;

network! {
    struct Words {
        table: Embedding<100, 16>,
        conv: Conv1d<16, 8, 3>,
    }

    fn forward(tokens: [length]) -> [8, _] {
        conv(table(tokens))
    }

    struct Image {
        conv: Conv2d<3, 8, 3>,
    }

    fn forward(image: [height, width, 3]) -> [8, _, _] {
        conv(image)
    }
}

fn main() {}
