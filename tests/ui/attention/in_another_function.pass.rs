use netdsl::prelude::*;

network! {
    struct Attentive {
        attn: MultiheadAttention<8, 2>,
    }

    fn forward(x: [t, 8], mask: [t, t]) -> [t, 8] {
        let (y, _) = attn.forward_masked(x, x, x, None, Some(Mask::Exclude(mask)));
        y
    }

    struct Encoder {
        layers: [TransformerEncoderLayer<8, 2>; 2],
        decoder: TransformerDecoderLayer<8, 2>,
    }

    fn forward(x: [t, 8], mask: [t, t]) -> [t, 8] {
        let mut y = x;
        for layer in layers {
            y = layer.forward_masked(y, Some(Mask::Exclude(mask)), None);
        }
        decoder.forward_masked(x, y, Some(Mask::Exclude(mask)), None, None, None)
    }

    struct Recurrent {
        lstm: Lstm<8, 4>,
        gru: Gru<4, 4>,
        cell: LstmCell<4, 4>,
    }

    fn forward(x: [t, 8], h: [1, 4], c: [1, 4]) -> [t, 4] {
        let (y, (h, c)) = lstm.forward_from(x, (h, c));
        let (y, h) = gru.forward_from(y, h);
        let (h, _) = cell.forward_from(h, (h, c));
        y.relu() + h
    }
}

pub fn main() {}
