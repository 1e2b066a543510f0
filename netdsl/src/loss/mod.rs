//! The losses of `torch.nn`, a file for each family.
//!
//! A loss is a definition as a layer is, but without parameters, and it looks across the batch: its
//! tensors count as PyTorch's, axis 0 being whatever it is. Weights are further tensors.

mod binary;
mod class;
mod divergence;
mod regression;

pub use binary::*;
pub use class::*;
pub use divergence::*;
pub use regression::*;

use crate::graph::op::Reduction;
use crate::graph::{Scope, Tensor};
use crate::shape::Arg;

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
