use netdsl::prelude::*;

network! {
    struct Attention {
        table: Embedding<10, 32>,
        attention: MultiheadAttention<32, 4>,
        head: Linear<32, 2>,
    }

    fn forward(tokens: [n]) -> [n, 2] {
        let x = table(tokens);
        let (y, _) = attention(x, x, x);
        head(x + y)
    }

    struct Encoder {
        table: Embedding<10, 32>,
        encoder: TransformerEncoderLayer<32, 4>,
        head: Linear<32, 2>,
    }

    fn forward(tokens: [n]) -> [n, 2] {
        let x = table(tokens);
        head(x + encoder(x))
    }

    struct Decoder {
        table: Embedding<10, 32>,
        decoder: TransformerDecoderLayer<32, 4>,
        head: Linear<32, 2>,
    }

    fn forward(tokens: [n], memory: [5, 32]) -> [n, 2] {
        let x = table(tokens);
        head(x + decoder(x, memory))
    }
}
