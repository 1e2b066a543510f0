use netdsl::prelude::*;

network! {
    struct Recurrence {
        conv: Conv1d<8, 16, 3>,
        lstm: Lstm<16, 4>,
    }

    fn forward(signal: [8, 100]) -> [_, 4] {
        lstm(conv(signal).permute([0, 2, 1])).0
    }

    struct Patches {
        conv: Conv2d<3, 8, 4>(stride = 4),
        encoder: TransformerEncoderLayer<_, 2>,
    }

    fn forward(image: [3, 32, 32]) -> [_, _] {
        encoder(conv(image).flatten_axes(2, 3).permute([0, 2, 1]))
    }

    /// Its steps are the channels: the number of features says so.
    struct Channels {
        conv: Conv2d<3, 8, 4>(stride = 4),
        encoder: TransformerEncoderLayer<64, 2>,
    }

    fn forward(image: [3, 32, 32]) -> [8, 64] {
        encoder(conv(image).flatten_axes(2, 3))
    }

    /// The rows of a map are steps, its columns features.
    struct Rows {
        conv: Conv2d<1, 8, 3>,
        gru: Gru<_, 4>,
    }

    fn forward(image: [1, 10, 10]) -> [8, 4] {
        gru(conv(image).mean(1)).0
    }

    struct Words {
        table: Embedding<100, 16>,
        conv: Conv1d<_, 8, 3>,
        mixed: Conv1d<20, 8, 1>,
        map: Conv2d<_, 8, (3, 16)>,
    }

    fn forward(tokens: [20]) -> ([8, _], [8, 16], [8, _, 1]) {
        let x = table(tokens);
        (conv(x.permute([0, 2, 1])), mixed(x), map(x.unsqueeze(1)))
    }

    struct States {
        gru: Gru<3, 16>,
        conv: Conv1d<_, 8, 3>,
    }

    fn forward(x: [20, 3]) -> [8, _] {
        conv(gru(x).0.permute([0, 2, 1]))
    }
}
