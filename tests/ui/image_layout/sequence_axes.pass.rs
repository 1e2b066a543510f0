use netdsl::prelude::*;

network! {
    struct Image {
        lstm: Lstm<28, 64>,
    }

    fn forward(image: [1, 28, 28]) -> [28, 64] {
        lstm(image.squeeze(1)).0
    }

    struct Numbers {
        encoder: TransformerEncoderLayer<1, 1>,
    }

    fn forward(x: [28]) -> [28, 1] {
        encoder(x.unsqueeze(2))
    }

    struct OneStep {
        lstm: Lstm<4, 16>,
    }

    fn forward(x: [4]) -> [1, 16] {
        lstm(x.unsqueeze(1)).0
    }

    struct Columns {
        conv: Conv2d<1, 8, 3>(padding = 1),
        lstm: Lstm<_, 16>,
    }

    fn forward(image: [1, 8, 28]) -> [28, 16] {
        lstm(conv(image).permute([0, 3, 1, 2]).flatten_axes(2, 3)).0
    }

    struct Keys {
        attention: MultiheadAttention<16, 4>(kdim = 8, vdim = 8),
    }

    fn forward(x: [5, 16], memory: [7, 8]) -> [5, 16] {
        attention(x, memory, memory).0
    }

    struct Steps {
        lstm: Lstm<8, 16>,
        head: Linear<_, 10>,
    }

    fn forward(x: [5, 8]) -> [10] {
        head(lstm(x).0.mean(1))
    }
}
