//! One layer of a transformer's encoder: `torch.nn.TransformerEncoderLayer`.
//!
//! x ← norm1(x + attention(x)), x ← norm2(x + linear2(act(linear1(x)))), or, with `norm_first`,
//! x ← x + attention(norm1(x)), x ← x + linear2(act(linear1(norm2(x)))).
//!
//! src: `[batch, steps, d_model]` → the same
//!
//! ```
//! use ndarray::array;
//! use netdsl::prelude::*;
//!
//! network! {
//!     struct Net {
//!         layer: TransformerEncoderLayer<2, 1>(dim_feedforward = 4, norm_first = true),
//!     }
//! }
//!
//! let mut net = network!(Net)?;
//! // Without attention and linear maps only the ways around them are left.
//! net.initialize("*", Init::Zeros)?;
//! assert_eq!(net.forward(array![[[1.0, 2.0], [3.0, 4.0]]])?, array![[[1.0, 2.0], [3.0, 4.0]]].into_dyn());
//! # Ok::<(), netdsl::Error>(())
//! ```

use super::Mask;
use super::transformer::{added, written};
use crate::graph::{Scope, Tensor};

crate::layer! {
    /// Self-attention and two linear maps, each with a way around it:
    /// `torch.nn.TransformerEncoderLayer` (Vaswani and others, "Attention is all you need", 2017).
    ///
    /// Parameters: those of `self_attn` (`MultiheadAttention`), `linear1`, `linear2` (`Linear`),
    /// `norm1` and `norm2` (`LayerNorm`).
    pub struct TransformerEncoderLayer<d_model, nhead> {
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
        /// Whether to normalise before attention and linear maps, not after.
        norm_first = false,
        /// Whether there are biases.
        bias = true,
    }
}

impl TransformerEncoderLayer {
    /// src: `[batch, steps, d_model]` → the same
    pub const fn forward<'t>(&self, at: Scope<'t>, src: Tensor<'t>) -> Tensor<'t> {
        self.forward_masked(at, src, None, None)
    }

    /// As [`Self::forward`], with masks: `src_mask [steps, steps]` or
    /// `[batch · nhead, steps, steps]`, and `src_key_padding_mask [batch, steps]`. See
    /// [`MultiheadAttention::forward_masked`](super::MultiheadAttention::forward_masked); but a step that may look at nothing gives zeros.
    pub const fn forward_masked<'t>(
        &self,
        at: Scope<'t>,
        src: Tensor<'t>,
        src_mask: Option<Mask<'t>>,
        src_key_padding_mask: Option<Mask<'t>>,
    ) -> Tensor<'t> {
        let written = written!(self);
        let (model, norm_first) = (written.model(at), at.flag("norm_first", self.norm_first));
        // In PyTorch's order, whatever is used first.
        let attention = written.attention(at, "self_attn");
        let maps = written.maps(at);
        let (norm1, norm2) = (written.norm(at, "norm1"), written.norm(at, "norm2"));
        let masks = [src_key_padding_mask, src_mask];
        let src = src.expect_features_of_steps(model, "input features");
        let x = if norm_first {
            let y = norm1.of(src);
            let y = attention.of(y, y, masks);
            let x = added(src, y.dropout(maps.dropout));
            added(x, maps.of(norm2.of(x)))
        } else {
            let y = attention.of(src, src, masks);
            let x = norm1.of(added(src, y.dropout(maps.dropout)));
            norm2.of(added(x, maps.of(x)))
        };
        x.with_features_of(src)
    }
}

crate::network::taken_elsewhere! { TransformerEncoderLayer: 1, not 2 3,
    "`TransformerEncoderLayer` takes masks in another function: `layer.forward_masked(x, Some(Mask::Exclude(mask)), None)`"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Size;
    use crate::layer::Definition;
    use crate::layer::tests::{Given, at_compile_time, run};
    use crate::shape::{Arg, Dim};

    fn layer(norm_first: bool, bias: bool) -> TransformerEncoderLayer {
        let layer = TransformerEncoderLayer {
            dim_feedforward: Arg::int(12),
            norm_first: Arg::flag(norm_first),
            bias: Arg::flag(bias),
            ..TransformerEncoderLayer::BLANK
        };
        layer.sizes(Arg::OPEN, Arg::int(2))
    }

    #[test]
    fn parameters_are_in_pytorchs_order() {
        let (shape, faults) = at_compile_time!([[-1, -1, 8]], |at, x| {
            TransformerEncoderLayer::BLANK
                .sizes(Arg::OPEN, Arg::int(2))
                .forward(at, x)
        });
        assert_eq!((shape, faults), (vec![-1, -1, 8], 0));
        for norm_first in [true, false] {
            let outcome = run(true, &[Given::Batched(&[2, 5, 8])], |at, x| {
                vec![layer(norm_first, true).forward(at.enter(), x[0])]
            });
            assert_eq!(outcome.outputs, [[2, 5, 8]]);
            let wanted = [
                "self_attn.in_proj_weight [24, 8]",
                "self_attn.in_proj_bias [24]",
                "self_attn.out_proj.weight [8, 8]",
                "self_attn.out_proj.bias [8]",
                "linear1.weight [12, 8]",
                "linear1.bias [12]",
                "linear2.weight [8, 12]",
                "linear2.bias [8]",
                "norm1.weight [8]",
                "norm1.bias [8]",
                "norm2.weight [8]",
                "norm2.bias [8]",
            ];
            assert_eq!(outcome.listing(), wanted);
            assert!(outcome.faults.is_empty() && outcome.graph.is_some());
        }
    }

    #[test]
    fn a_second_call_has_the_same_parameters() {
        let outcome = run(
            false,
            &[Given::Raw(&[5, 8]), Given::Raw(&[5, 5]), Given::Raw(&[5])],
            |at, x| {
                let (pairs, keys) = (Some(Mask::Exclude(x[1])), Some(Mask::Add(x[2])));
                let y = layer(true, false).forward_masked(at.enter(), x[0], pairs, keys);
                at.leave();
                vec![layer(true, false).forward(at.enter(), y)]
            },
        );
        assert_eq!(outcome.outputs, [[5, 8]]);
        assert_eq!(outcome.parameters.len(), 6);
        assert!(outcome.faults.is_empty(), "{:?}", outcome.faults);
        assert!(outcome.graph.is_some());
    }

    #[test]
    fn features_flow_back() {
        let outcome = run(true, &[Given::Batched(&[2, 5, -1])], |at, x| {
            vec![layer(true, true).forward(at, x[0]).expect(
                -1,
                Size::of(Dim::Known(6)),
                "features",
            )]
        });
        assert_eq!(outcome.inputs, [[2, 5, 6]]);
    }
}
