//! How a loss takes part in training.

use crate::graph::{Scope, Tensor};
use crate::loss::{
    BceLoss, BceWithLogitsLoss, CrossEntropyLoss, HuberLoss, KlDivLoss, L1Loss, MseLoss, NllLoss,
    SmoothL1Loss,
};

/// What training makes small: one number from a network's result and its target.
///
/// Every loss of [`crate::loss`] is one; so is a function from two tensors to one:
///
/// ```
/// use netdsl::graph::Tensor;
/// use netdsl::train::{Sgd, Trainer};
///
/// fn largest_error<'t>(output: Tensor<'t>, target: Tensor<'t>) -> Tensor<'t> {
///     output.sub(target).abs().reduce_all(netdsl::graph::op::Reduction::Max)
/// }
///
/// let trainer: Trainer<_, _> = Trainer::new(largest_error, Sgd::new(0.1))?;
/// # Ok::<(), netdsl::Error>(())
/// ```
pub trait Loss: Send + Sync {
    /// The loss as operations on whole batches: axis 0 of both is the batch, an axis like any other.
    fn trace<'t>(&self, at: Scope<'t>, output: Tensor<'t>, target: Tensor<'t>) -> Tensor<'t>;
}

macro_rules! losses {
    ($($name:ident),*) => {$(
        impl Loss for $name {
            fn trace<'t>(&self, at: Scope<'t>, output: Tensor<'t>, target: Tensor<'t>) -> Tensor<'t> {
                self.forward(at, output, target)
            }
        }
    )*};
}

losses!(
    CrossEntropyLoss,
    NllLoss,
    MseLoss,
    L1Loss,
    SmoothL1Loss,
    HuberLoss,
    BceLoss,
    BceWithLogitsLoss,
    KlDivLoss
);

impl<F> Loss for F
where
    F: for<'t> Fn(Tensor<'t>, Tensor<'t>) -> Tensor<'t> + Send + Sync,
{
    fn trace<'t>(&self, _at: Scope<'t>, output: Tensor<'t>, target: Tensor<'t>) -> Tensor<'t> {
        self(output, target)
    }
}
