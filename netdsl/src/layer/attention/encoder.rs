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

use super::{Mask, MultiheadAttention};
use crate::engine::kernel::binary::Binary;
use crate::engine::kernel::unary::Unary;
use crate::graph::{Op, Scope, Size, Tensor};
use crate::layer::{Definition, LayerNorm, Linear};
use crate::shape::{Arg, Dim, Value};

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

const WORDS: [&str; 8] = [
    "relu",
    "gelu",
    "silu",
    "tanh",
    "sigmoid",
    "leaky_relu",
    "elu",
    "mish",
];
const FUNCTIONS: &str =
    "\"relu\", \"gelu\", \"silu\", \"tanh\", \"sigmoid\", \"leaky_relu\", \"elu\" or \"mish\"";

impl TransformerEncoderLayer {
    /// src: `[batch, steps, d_model]` → the same
    pub const fn forward<'t>(&self, at: Scope<'t>, src: Tensor<'t>) -> Tensor<'t> {
        self.forward_masked(at, src, None, None)
    }

    /// As [`Self::forward`], with masks: `src_mask [steps, steps]` or
    /// `[batch · nhead, steps, steps]`, and `src_key_padding_mask [batch, steps]`. See
    /// [`MultiheadAttention::forward_masked`]; but a step that may look at nothing gives zeros.
    pub const fn forward_masked<'t>(
        &self,
        at: Scope<'t>,
        src: Tensor<'t>,
        src_mask: Option<Mask<'t>>,
        src_key_padding_mask: Option<Mask<'t>>,
    ) -> Tensor<'t> {
        let model = at.size("d_model", self.d_model).dim;
        let inner = at.size("dim_feedforward", self.dim_feedforward).dim;
        let dropout = at.probability("dropout", self.dropout);
        let norm_first = at.flag("norm_first", self.norm_first);
        let activation = match at.choice("activation", self.activation, &WORDS, FUNCTIONS) {
            0 => Unary::Relu,
            1 => Unary::Gelu,
            2 => Unary::Silu,
            3 => Unary::Tanh,
            4 => Unary::Sigmoid,
            5 => Unary::LeakyRelu(0.01),
            6 => Unary::Elu(1.0),
            _ => Unary::Mish,
        };
        let attention = MultiheadAttention {
            dropout: self.dropout,
            bias: self.bias,
            batch_first: self.batch_first,
            ..MultiheadAttention::BLANK
        };
        let attention = attention.sizes(self.sized(model, self.d_model), self.nhead);
        let linear = Linear {
            bias: self.bias,
            ..Linear::BLANK
        };
        let (wide, narrow) = (sized(inner), sized(model));
        let norm = LayerNorm {
            eps: self.layer_norm_eps,
            bias: self.bias,
            ..LayerNorm::BLANK
        };
        let norm = norm.sizes(narrow);
        // In PyTorch's order, whatever is used first.
        let self_attn = at.part("self_attn", MultiheadAttention::KIND).enter();
        let plan = attention.plan(self_attn);
        self_attn.leave();
        let parts = Parts {
            linear1: (at.part("linear1", Linear::KIND), linear.sizes(narrow, wide)),
            linear2: (at.part("linear2", Linear::KIND), linear.sizes(wide, narrow)),
            norm1: (at.part("norm1", LayerNorm::KIND), norm),
            norm2: (at.part("norm2", LayerNorm::KIND), norm),
            activation,
            dropout,
        };
        parts.declare();
        let masks = [src_key_padding_mask, src_mask];
        let x = src.expect(
            -1,
            Size {
                dim: model,
                arg: self.d_model,
            },
            "input features",
        );
        if norm_first {
            let y = normalized(parts.norm1, x);
            let y = attended(self_attn, &plan, y, masks);
            let x = added(x, y.dropout(dropout));
            added(x, parts.fed(normalized(parts.norm2, x)))
        } else {
            let y = attended(self_attn, &plan, x, masks);
            let x = normalized(parts.norm1, added(x, y.dropout(dropout)));
            normalized(parts.norm2, added(x, parts.fed(x)))
        }
    }

    /// A size of a part, at the place where it was written.
    const fn sized(&self, dim: Dim, written: Arg) -> Arg {
        Arg {
            at: written.at,
            ..sized(dim)
        }
    }
}

const fn sized(dim: Dim) -> Arg {
    Arg::new(Value::Size(dim))
}

/// The parts after the attention: their scopes and definitions.
struct Parts<'t> {
    linear1: (Scope<'t>, Linear),
    linear2: (Scope<'t>, Linear),
    norm1: (Scope<'t>, LayerNorm),
    norm2: (Scope<'t>, LayerNorm),
    activation: Unary,
    dropout: f64,
}

impl<'t> Parts<'t> {
    const fn declare(&self) {
        self.linear1.1.declare(self.linear1.0);
        self.linear2.1.declare(self.linear2.0);
        self.norm1.1.parameters(self.norm1.0);
        self.norm2.1.parameters(self.norm2.0);
    }

    /// dropout(linear2(dropout(act(linear1(x)))))
    const fn fed(&self, x: Tensor<'t>) -> Tensor<'t> {
        let inner = mapped(self.linear1, x)
            .map(self.activation)
            .dropout(self.dropout);
        mapped(self.linear2, inner).dropout(self.dropout)
    }
}

const fn attended<'t>(
    at: Scope<'t>,
    plan: &super::multihead::Plan<'t>,
    x: Tensor<'t>,
    masks: [Option<Mask<'t>>; 2],
) -> Tensor<'t> {
    let at = at.enter();
    let (y, _) = plan.attend(at, [x, x, x], masks, true);
    at.leave();
    y
}

const fn mapped<'t>((at, linear): (Scope<'t>, Linear), x: Tensor<'t>) -> Tensor<'t> {
    let y = linear.forward(at.enter(), x);
    at.leave();
    y
}

const fn normalized<'t>((at, norm): (Scope<'t>, LayerNorm), x: Tensor<'t>) -> Tensor<'t> {
    let y = norm.forward(at.enter(), x);
    at.leave();
    y
}

/// The sum of two tensors of one shape.
const fn added<'t>(x: Tensor<'t>, y: Tensor<'t>) -> Tensor<'t> {
    x.record_with(Op::Binary(Binary::Add), y, *x.shape())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::tests::{Given, at_compile_time, run};

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
