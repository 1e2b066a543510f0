//! The losses of `torch.nn`, a file for each family.
//!
//! A loss is a definition as a layer is, but without parameters, and it looks across the batch: its
//! tensors count as PyTorch's, axis 0 being whatever it is. Weights are further tensors.
//!
//! Options are methods, by PyTorch's names:
//!
//! ```
//! use netdsl::loss::CrossEntropyLoss;
//!
//! let loss = CrossEntropyLoss::default().label_smoothing(0.1).ignore_index(0);
//! ```
//!
//! Classes are whole numbers in the network's own type, `[batch]` for scores `[batch, classes]`; of an array of
//! `usize` they are `classes.mapv(|class| class as f32)`. Scores of every step or pixel have their classes on axis 1, too:
//! `[batch, classes, steps]` against `[batch, steps]`, so a network that ends in `[t, classes]` needs `.transpose(1, 2)`.
//!
//! A loss of one's own is a function of tensors, or a type: [`train::Loss`](crate::train::Loss).

mod binary;
mod class;
mod divergence;
mod options;
mod regression;

pub use binary::*;
pub use class::*;
pub use divergence::*;
pub use regression::*;

use crate::graph::op::Reduction;
use crate::graph::{Scope, Tensor};
use crate::shape::{Arg, FaultKind};

/// What becomes of the losses of all elements.
#[derive(Clone, Copy)]
enum Reduce {
    /// They stay.
    None,
    /// Their mean.
    Mean,
    /// Their sum.
    Sum,
}

impl Reduce {
    const fn read(at: Scope<'_>, reduction: Arg) -> Self {
        let words = ["none", "mean", "sum"];
        match at.choice(
            "reduction",
            reduction,
            &words,
            "\"none\", \"mean\" or \"sum\"",
        ) {
            0 => Self::None,
            1 => Self::Mean,
            _ => Self::Sum,
        }
    }

    const fn of<'t>(self, losses: Tensor<'t>) -> Tensor<'t> {
        match self {
            Self::None => losses,
            Self::Mean => total(losses, Reduction::Mean),
            Self::Sum => total(losses, Reduction::Sum),
        }
    }
}

/// One number of all elements.
const fn total<'t>(x: Tensor<'t>, how: Reduction) -> Tensor<'t> {
    if matches!(x.rank(), Some(0)) {
        x
    } else {
        x.reduce_all(how)
    }
}

/// An output and its target, whose shapes must be the same: `[n]` against `[n, 1]` would be broadcast to
/// `[n, n]`, which is hardly ever meant.
const fn alike<'t>(output: Tensor<'t>, target: Tensor<'t>) -> (Tensor<'t>, Tensor<'t>) {
    let (output, target) = (output.as_raw(), target.as_raw());
    if !same_sizes(&output, &target) {
        let trace = output.trace();
        trace.fault(FaultKind::Target {
            target: trace.sample(target.shape()),
            output: trace.sample(output.shape()),
        });
        return (output, output);
    }
    (output, target)
}

/// Whether two shapes are the same, as far as they are known.
const fn same_sizes(a: &Tensor<'_>, b: &Tensor<'_>) -> bool {
    if a.shape().open || b.shape().open {
        return true;
    }
    let trace = a.trace();
    let (mut same, mut i) = (a.shape().rank() == b.shape().rank(), 0);
    while same && i < a.shape().rank() {
        let (a, b) = (a.shape().axis(i).dim, b.shape().axis(i).dim);
        if let (Some(a), Some(b)) = (trace.value(a), trace.value(b)) {
            same = a == b;
        }
        i += 1;
    }
    same
}
