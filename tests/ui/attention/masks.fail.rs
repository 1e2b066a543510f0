//! Masks of keys and masks of steps are two arguments.
use netdsl::prelude::*;

network! {
    struct Causal {
        attn: MultiheadAttention<8, 2>,
    }

    fn forward(x: [steps, 8]) -> [steps, 8] {
        let (y, _) = attn.forward_masked(x, x, x, Some(Mask::causal(x)), None);
        y
    }

    struct Padded {
        attn: MultiheadAttention<8, 2>,
    }

    fn forward(x: [steps, 8], padding: [steps]) -> [steps, 8] {
        let (y, _) = attn.forward_masked(x, x, x, None, Some(Mask::Exclude(padding)));
        y
    }

    struct Short {
        layer: TransformerEncoderLayer<8, 2>,
    }

    fn forward(x: [6, 8], padding: [4]) -> [6, 8] {
        layer.forward_masked(x, None, Some(Mask::Exclude(padding)))
    }
}

fn main() {}
