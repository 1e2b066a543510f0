//! Sequences have their features last, signals their channels first.
use netdsl::prelude::*;

network! {
    struct Recurrence {
        conv: Conv1d<8, 16, 3>,
        lstm: Lstm<16, 4>,
    }

    fn forward(signal: [8, 100]) -> [_, 4] {
        lstm(conv(signal)).0
    }

    struct Patches {
        conv: Conv2d<3, 8, 4>(stride = 4),
        encoder: TransformerEncoderLayer<_, 2>,
    }

    fn forward(image: [3, 32, 32]) -> [_, _] {
        encoder(conv(image).flatten_axes(2, 3))
    }

    struct Words {
        table: Embedding<100, 16>,
        conv: Conv1d<_, 8, 3>,
    }

    fn forward(tokens: [_]) -> [8, _] {
        conv(table(tokens))
    }

    struct States {
        gru: Gru<3, 16>,
        conv: Conv1d<_, 8, 3>,
    }

    fn forward(x: [20, 3]) -> [8, _] {
        conv(gru(x).0)
    }
}

fn main() {}
