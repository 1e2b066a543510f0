//! Where the channels should be the number is not known, and the last size is that of the channels.
use netdsl::prelude::*;

network! {
    struct Words {
        table: Embedding<100, 16>,
        conv: Conv1d<16, 8, 3>,
    }

    fn forward(tokens: [length]) -> [8, _] {
        conv(table(tokens).permute([0, 2, 1]))
    }

    struct Image {
        conv: Conv2d<3, 8, 3>,
    }

    fn forward(image: [height, width, 3]) -> [8, _, _] {
        conv(image.permute([0, 3, 1, 2]))
    }

    // As long as there are channels, by chance.
    struct Chance {
        conv: Conv2d<32, 8, 3>,
        line: Conv1d<20, 8, 3>,
    }

    fn forward(image: [_, 32, 32], signal: [_, 20]) -> ([8, _, _], [8, _]) {
        (conv(image), line(signal))
    }
}
