//! Running statistics: what batch and instance normalisation keep of their batches.
//!
//! old · (1 − momentum) + new · momentum, `[features]` each, the variance unbiased

use crate::engine::kernel::binary::Binary;
use crate::graph::op::Op;
use crate::graph::{Scope, Tensor};
use crate::init::Init;
use crate::shape::{Arg, Axis, Dim, Shape};

/// The buffers of a layer, in PyTorch's order.
#[derive(Clone, Copy)]
pub(super) struct Running<'t> {
    mean: Tensor<'t>,
    var: Tensor<'t>,
    /// Batches so far; instance normalisation has it in PyTorch, too, but never counts.
    batches: Tensor<'t>,
    counts: bool,
    momentum: Option<f64>,
}

impl<'t> Running<'t> {
    /// Without a momentum a layer that `counts` batches keeps their plain mean, and another one nothing.
    pub const fn new(at: Scope<'t>, features: Dim, momentum: Arg, counts: bool) -> Self {
        Self {
            mean: at.buffer("running_mean", &[features], Init::Zeros),
            var: at.buffer("running_var", &[features], Init::Ones),
            batches: at.buffer("num_batches_tracked", &[], Init::Zeros),
            counts,
            momentum: match (momentum.is_absent(), counts) {
                (true, true) => None,
                (true, false) => Some(0.0),
                _ => Some(at.number("momentum", momentum)),
            },
        }
    }

    /// Takes moments `[2, features]` of `count` elements in.
    pub const fn take(
        self,
        at: Scope<'t>,
        moments: Tensor<'t>,
        features: Axis,
        count: Option<usize>,
    ) {
        let mean = moments.sliced(0, 0, 1, 1).view_as(&[features], false);
        let var = moments.sliced(0, 1, 1, 1).view_as(&[features], false);
        let unbiased = match count {
            Some(count) if count > 1 => count as f64 / (count - 1) as f64,
            _ => 1.0,
        };
        let batches = self.batches.shift(1.0);
        if self.counts {
            at.update("num_batches_tracked", batches);
        }
        if let Some(0) = count {
            return; // There is nothing to learn from nothing.
        }
        at.update("running_mean", self.blend(self.mean, mean, batches));
        let var = var.scale(unbiased);
        at.update("running_var", self.blend(self.var, var, batches));
    }

    const fn blend(self, old: Tensor<'t>, new: Tensor<'t>, batches: Tensor<'t>) -> Tensor<'t> {
        match self.momentum {
            Some(momentum) => {
                let kept = old.scale(1.0 - momentum);
                kept.pair(new.scale(momentum), Binary::Add, "+")
            }
            None => {
                let change = new.pair(old, Binary::Sub, "-");
                old.pair(change.pair(batches, Binary::Div, "/"), Binary::Add, "+")
            }
        }
    }

    /// Both as moments `[2, features]`.
    pub const fn moments(self, features: Axis) -> Tensor<'t> {
        let row = [Axis::new(Dim::Known(1)), features];
        let (mean, var) = (
            self.mean.view_as(&row, false),
            self.var.view_as(&row, false),
        );
        let pair = Shape::new(&[Axis::new(Dim::Known(2)), features], false);
        mean.record_with(Op::Concat(0), var, pair)
    }
}
