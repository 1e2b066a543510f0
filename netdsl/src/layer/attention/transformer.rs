//! What the layers of a transformer's encoder and decoder share: attentions, two linear maps and norms.

use super::multihead::Plan;
use super::{Mask, MultiheadAttention};
use crate::engine::kernel::binary::Binary;
use crate::engine::kernel::unary::Unary;
use crate::graph::{Op, Scope, Size, Tensor};
use crate::layer::{Definition, LayerNorm, Linear};
use crate::shape::{Arg, Dim, Value};

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

/// What is written of such a layer.
pub(super) struct Written {
    pub(super) d_model: Arg,
    pub(super) nhead: Arg,
    pub(super) dim_feedforward: Arg,
    pub(super) dropout: Arg,
    pub(super) activation: Arg,
    pub(super) layer_norm_eps: Arg,
    pub(super) batch_first: Arg,
    pub(super) bias: Arg,
}

/// What is written of an encoder's or a decoder's layer.
macro_rules! written {
    ($layer:expr) => {
        $crate::layer::attention::transformer::Written {
            d_model: $layer.d_model,
            nhead: $layer.nhead,
            dim_feedforward: $layer.dim_feedforward,
            dropout: $layer.dropout,
            activation: $layer.activation,
            layer_norm_eps: $layer.layer_norm_eps,
            batch_first: $layer.batch_first,
            bias: $layer.bias,
        }
    };
}
pub(super) use written;

impl Written {
    /// Its features.
    pub(super) const fn model(&self, at: Scope<'_>) -> Size {
        at.size("d_model", self.d_model)
    }

    /// An attention within the layer, its parameters declared.
    pub(super) const fn attention<'t>(&self, at: Scope<'t>, name: &'static str) -> Attention<'t> {
        let attention = MultiheadAttention {
            dropout: self.dropout,
            bias: self.bias,
            batch_first: self.batch_first,
            ..MultiheadAttention::BLANK
        };
        let features = Arg {
            at: self.d_model.at,
            ..sized(self.model(at).dim)
        };
        let part = at.part(name, MultiheadAttention::KIND).enter();
        let plan = attention.sizes(features, self.nhead).plan(part);
        part.leave();
        Attention { at: part, plan }
    }

    /// The linear maps, their parameters declared.
    pub(super) const fn maps<'t>(&self, at: Scope<'t>) -> Maps<'t> {
        let inner = at.size("dim_feedforward", self.dim_feedforward).dim;
        let (wide, narrow) = (sized(inner), sized(self.model(at).dim));
        let linear = Linear {
            bias: self.bias,
            ..Linear::BLANK
        };
        let maps = Maps {
            linear1: (at.part("linear1", Linear::KIND), linear.sizes(narrow, wide)),
            linear2: (at.part("linear2", Linear::KIND), linear.sizes(wide, narrow)),
            activation: self.function(at),
            dropout: at.probability("dropout", self.dropout),
        };
        maps.linear1.1.declare(maps.linear1.0);
        maps.linear2.1.declare(maps.linear2.0);
        maps
    }

    const fn function(&self, at: Scope<'_>) -> Unary {
        match at.choice("activation", self.activation, &WORDS, FUNCTIONS) {
            0 => Unary::Relu,
            1 => Unary::Gelu,
            2 => Unary::Silu,
            3 => Unary::Tanh,
            4 => Unary::Sigmoid,
            5 => Unary::LeakyRelu(0.01),
            6 => Unary::Elu(1.0),
            _ => Unary::Mish,
        }
    }

    /// A norm within the layer, its parameters declared.
    pub(super) const fn norm<'t>(&self, at: Scope<'t>, name: &'static str) -> Norm<'t> {
        let norm = LayerNorm {
            eps: self.layer_norm_eps,
            bias: self.bias,
            ..LayerNorm::BLANK
        };
        let norm = norm.sizes(sized(self.model(at).dim));
        let part = at.part(name, LayerNorm::KIND);
        norm.parameters(part);
        Norm(part, norm)
    }
}

const fn sized(dim: Dim) -> Arg {
    Arg::new(Value::Size(dim))
}

/// An attention within a layer.
pub(super) struct Attention<'t> {
    at: Scope<'t>,
    plan: Plan<'t>,
}

impl<'t> Attention<'t> {
    /// What the steps of x see of those of `memory`; `masks` are for padding and for pairs.
    pub(super) const fn of(
        &self,
        x: Tensor<'t>,
        memory: Tensor<'t>,
        masks: [Option<Mask<'t>>; 2],
    ) -> Tensor<'t> {
        let at = self.at.enter();
        let (y, _) = self.plan.attend(at, [x, memory, memory], masks, true);
        at.leave();
        y
    }
}

/// The two linear maps of a layer.
pub(super) struct Maps<'t> {
    linear1: (Scope<'t>, Linear),
    linear2: (Scope<'t>, Linear),
    activation: Unary,
    pub(super) dropout: f64,
}

impl<'t> Maps<'t> {
    /// dropout(linear2(dropout(act(linear1(x)))))
    pub(super) const fn of(&self, x: Tensor<'t>) -> Tensor<'t> {
        let inner = mapped(self.linear1, x)
            .map(self.activation)
            .dropout(self.dropout);
        mapped(self.linear2, inner).dropout(self.dropout)
    }
}

const fn mapped<'t>((at, linear): (Scope<'t>, Linear), x: Tensor<'t>) -> Tensor<'t> {
    let y = linear.forward(at.enter(), x);
    at.leave();
    y
}

/// A norm of a layer.
pub(super) struct Norm<'t>(Scope<'t>, LayerNorm);

impl<'t> Norm<'t> {
    pub(super) const fn of(&self, x: Tensor<'t>) -> Tensor<'t> {
        let y = self.1.forward(self.0.enter(), x);
        self.0.leave();
        y
    }
}

/// The sum of two tensors of one shape.
pub(super) const fn added<'t>(x: Tensor<'t>, y: Tensor<'t>) -> Tensor<'t> {
    x.record_with(Op::Binary(Binary::Add), y, *x.shape())
}
