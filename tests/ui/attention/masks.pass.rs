//! Masks of keys and masks of steps are two arguments.
use netdsl::prelude::*;

network! {
    struct Causal {
        attn: MultiheadAttention<8, 2>,
    }

    fn forward(x: [steps, 8]) -> [steps, 8] {
        let (y, _) = attn.forward_masked(x, x, x, None, Some(Mask::causal(x)));
        y
    }

    struct Padded {
        attn: MultiheadAttention<8, 2>,
    }

    fn forward(x: [steps, 8], padding: [steps]) -> [steps, 8] {
        let (y, _) = attn.forward_masked(x, x, x, Some(Mask::Exclude(padding)), None);
        y
    }

    struct Short {
        layer: TransformerEncoderLayer<8, 2>,
    }

    fn forward(x: [6, 8], padding: [6]) -> [6, 8] {
        layer.forward_masked(x, None, Some(Mask::Exclude(padding)))
    }
}

fn main() {}
