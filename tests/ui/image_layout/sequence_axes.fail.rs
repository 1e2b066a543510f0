//! Sequences have two axes a sample, and the result has as many as its signature says.
use netdsl::prelude::*;

network! {
    struct Image {
        lstm: Lstm<28, 64>,
    }

    fn forward(image: [1, 28, 28]) -> [28, 64] {
        lstm(image).0
    }

    struct Numbers {
        encoder: TransformerEncoderLayer<1, 1>,
    }

    fn forward(x: [28]) -> [28, 1] {
        encoder(x)
    }

    struct OneStep {
        lstm: Lstm<4, 16>,
    }

    fn forward(x: [4]) -> [1, 16] {
        lstm(x).0
    }

    struct Columns {
        conv: Conv2d<1, 8, 3>(padding = 1),
        lstm: Lstm<_, 16>,
    }

    fn forward(image: [1, 8, 28]) -> [28, 16] {
        lstm(conv(image)).0
    }

    struct Keys {
        attention: MultiheadAttention<16, 4>,
    }

    fn forward(x: [5, 16], memory: [7, 8]) -> [5, 16] {
        attention(x, memory, memory).0
    }

    struct Steps {
        lstm: Lstm<8, 16>,
        head: Linear<_, 10>,
    }

    fn forward(x: [5, 8]) -> [10] {
        head(lstm(x).0)
    }
}

fn main() {}
