use netdsl::prelude::*;

network! {
    struct Net {
        conv: Conv2d<3, 8, 3>(padding = 1, padding_mode = "reflect"),
        up: Upsample(scale_factor = 2, mode = "bilinear"),
        kept: Conv2d<_, 8, 3>(padding = "same"),
        act: Gelu(approximate = "tanh"),
        own: Conv2d<_, 8, 3>(padding_mode = "circular"),
        any: Conv2d<_, 8, 3>(padding_mode = "zeros"),
    }

    struct Sequence {
        encode: TransformerEncoderLayer<8, 2>(activation = "gelu"),
        rnn: Rnn<_, 8>(nonlinearity = "relu"),
    }

    fn forward(x: [_, 8]) -> [_, 8] {
        let (y, _) = rnn(encode(x));
        y
    }
}

network! {
    struct Padded<same> {
        conv: Conv2d<3, 8, 3>(padding = same),
    }
}

fn main() {
    let _ = network!(Padded<1>);
}
