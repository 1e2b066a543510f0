//! One layer of a transformer's decoder: `torch.nn.TransformerDecoderLayer`.
//!
//! x ← norm1(x + self-attention(x)), x ← norm2(x + attention(x, memory)), x ← norm3(x + linear2(act(linear1(x)))), or, with
//! `norm_first`, each norm before what it follows here.
//!
//! tgt: `[batch, steps, d_model]`, memory: `[batch, keys, d_model]` → as tgt
//!
//! ```
//! use netdsl::prelude::*;
//!
//! network! {
//!     struct Translator {
//!         encode: TransformerEncoderLayer<8, 2>(dim_feedforward = 16),
//!         decode: TransformerDecoderLayer<8, 2>(dim_feedforward = 16),
//!     }
//!
//!     fn forward(source: [_, 8], target: [_, 8]) -> [_, 8] {
//!         decode.forward_masked(target, encode(source), Some(Mask::causal(target)), None, None, None)
//!     }
//! }
//!
//! let net = network!(Translator)?;
//! let (source, target) = (ndarray::Array3::zeros((2, 5, 8)), ndarray::Array3::zeros((2, 3, 8)));
//! assert_eq!(net.forward(&source, &target)?.shape(), [2, 3, 8]);
//! # Ok::<(), netdsl::Error>(())
//! ```

use super::Mask;
use super::transformer::{added, written};
use crate::graph::{Scope, Tensor};

crate::layer! {
    /// Self-attention, attention to what an encoder gives and two linear maps, each with a way around it:
    /// `torch.nn.TransformerDecoderLayer` (Vaswani and others, "Attention is all you need", 2017).
    ///
    /// Parameters: those of `self_attn` and `multihead_attn` (`MultiheadAttention`), `linear1`, `linear2` (`Linear`), `norm1`,
    /// `norm2` and `norm3` (`LayerNorm`).
    pub struct TransformerDecoderLayer<d_model, nhead> {
        /// Features between the two linear maps.
        dim_feedforward = 2048usize,
        /// The probability of zeros in training.
        dropout = 0.1,
        /// The name of a function of `torch.nn.functional`: `"relu"`, `"gelu"`, `"silu"`, `"tanh"`, `"sigmoid"`,
        /// `"leaky_relu"`, `"elu"` or `"mish"`.
        activation = "relu",
        /// Added to variances by the norms.
        layer_norm_eps = 1e-5,
        /// The batch comes first in tensors that do not say so themselves: those of `Standalone`. Within a network it always
        /// does.
        batch_first = false,
        /// Whether to normalise before attentions and linear maps, not after.
        norm_first = false,
        /// Whether there are biases.
        bias = true,
    }
}

impl TransformerDecoderLayer {
    /// tgt: `[batch, steps, d_model]`, memory: `[batch, keys, d_model]` → as tgt
    pub const fn forward<'t>(
        &self,
        at: Scope<'t>,
        tgt: Tensor<'t>,
        memory: Tensor<'t>,
    ) -> Tensor<'t> {
        self.forward_masked(at, tgt, memory, None, None, None, None)
    }

    /// As [`Self::forward`], with masks of pairs for both attentions and of padding for `tgt` and `memory`: see
    /// [`TransformerEncoderLayer::forward_masked`](super::TransformerEncoderLayer::forward_masked).
    #[allow(clippy::too_many_arguments, reason = "PyTorch's, in its order")]
    pub const fn forward_masked<'t>(
        &self,
        at: Scope<'t>,
        tgt: Tensor<'t>,
        memory: Tensor<'t>,
        tgt_mask: Option<Mask<'t>>,
        memory_mask: Option<Mask<'t>>,
        tgt_key_padding_mask: Option<Mask<'t>>,
        memory_key_padding_mask: Option<Mask<'t>>,
    ) -> Tensor<'t> {
        let written = written!(self);
        let (model, norm_first) = (written.model(at), at.flag("norm_first", self.norm_first));
        // In PyTorch's order, whatever is used first.
        let own = written.attention(at, "self_attn");
        let across = written.attention(at, "multihead_attn");
        let maps = written.maps(at);
        let norm1 = written.norm(at, "norm1");
        let norm2 = written.norm(at, "norm2");
        let norm3 = written.norm(at, "norm3");
        let masks = [tgt_key_padding_mask, tgt_mask];
        let memory_masks = [memory_key_padding_mask, memory_mask];
        let tgt = tgt.expect_features_of_steps(model, "input features");
        let memory = memory.expect_features_of_steps(model, "features of memory");
        let x = if norm_first {
            let y = norm1.of(tgt);
            let x = added(tgt, own.of(y, y, masks).dropout(maps.dropout));
            let y = across.of(norm2.of(x), memory, memory_masks);
            let x = added(x, y.dropout(maps.dropout));
            added(x, maps.of(norm3.of(x)))
        } else {
            let y = own.of(tgt, tgt, masks).dropout(maps.dropout);
            let x = norm1.of(added(tgt, y));
            let y = across.of(x, memory, memory_masks).dropout(maps.dropout);
            let x = norm2.of(added(x, y));
            norm3.of(added(x, maps.of(x)))
        };
        x.with_features_of(tgt)
    }
}

crate::network::taken_elsewhere! { TransformerDecoderLayer: 2, not 3 4 5 6,
    "`TransformerDecoderLayer` takes masks in another function: `layer.forward_masked(x, memory, Some(Mask::Exclude(mask)), None, None, None)`"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::Definition;
    use crate::layer::tests::{Given, run};
    use crate::shape::Arg;

    #[test]
    fn parameters_are_in_pytorchs_order_and_sizes_flow_from_the_memory() {
        for norm_first in [true, false] {
            let layer = TransformerDecoderLayer {
                dim_feedforward: Arg::int(12),
                norm_first: Arg::flag(norm_first),
                ..TransformerDecoderLayer::BLANK
            };
            let given = [Given::Batched(&[2, 3, -1]), Given::Batched(&[2, 5, 8])];
            let outcome = run(true, &given, |at, x| {
                let layer = layer.sizes(Arg::OPEN, Arg::int(2));
                vec![layer.forward(at.enter(), x[0], x[1])]
            });
            assert_eq!(outcome.outputs, [[2, 3, 8]]);
            let wanted = [
                "self_attn.in_proj_weight [24, 8]",
                "self_attn.in_proj_bias [24]",
                "self_attn.out_proj.weight [8, 8]",
                "self_attn.out_proj.bias [8]",
                "multihead_attn.in_proj_weight [24, 8]",
                "multihead_attn.in_proj_bias [24]",
                "multihead_attn.out_proj.weight [8, 8]",
                "multihead_attn.out_proj.bias [8]",
                "linear1.weight [12, 8]",
                "linear1.bias [12]",
                "linear2.weight [8, 12]",
                "linear2.bias [8]",
                "norm1.weight [8]",
                "norm1.bias [8]",
                "norm2.weight [8]",
                "norm2.bias [8]",
                "norm3.weight [8]",
                "norm3.bias [8]",
            ];
            assert_eq!(outcome.listing(), wanted);
            assert!(outcome.faults.is_empty() && outcome.graph.is_some());
        }
    }
}
