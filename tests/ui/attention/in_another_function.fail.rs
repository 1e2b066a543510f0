//! Masks and first states are arguments of other functions of a layer: one error, with the call to write.
use netdsl::prelude::*;

network! {
    struct Attentive {
        attn: MultiheadAttention<8, 2>,
    }

    fn forward(x: [t, 8], mask: [t, t]) -> [t, 8] {
        attn(x, x, x, mask)
    }

    struct Encoder {
        layers: [TransformerEncoderLayer<8, 2>; 2],
        decoder: TransformerDecoderLayer<8, 2>,
    }

    fn forward(x: [t, 8], mask: [t, t]) -> [t, 8] {
        let mut y = x;
        for layer in layers {
            y = layer(y, Some(Mask::Exclude(mask)));
        }
        decoder(x, y, mask)
    }

    struct Recurrent {
        lstm: Lstm<8, 4>,
        gru: Gru<4, 4>,
        cell: LstmCell<4, 4>,
    }

    fn forward(x: [t, 8], h: [1, 4], c: [1, 4]) -> [t, 4] {
        let (y, (h, c)) = lstm(x, (h, c));
        let (y, h) = gru(y, h);
        let (h, _) = cell(h, h, c);
        y.relu() + h
    }
}

fn main() {}
