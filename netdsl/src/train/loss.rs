//! Losses: stub.

use crate::engine::kernel::binary::Binary;
use crate::graph::op::{Op, Reduction};
use crate::graph::{Scope, Tensor};
use crate::shape::Shape;

/// What training makes small: a number from a network's results and their targets.
pub trait Loss: Send + Sync {
    /// The loss as operations on whole batches.
    fn trace<'t>(&self, at: Scope<'t>, output: Tensor<'t>, target: Tensor<'t>) -> Tensor<'t>;
}

/// Stub.
#[derive(Clone, Copy, Debug, Default)]
pub struct CrossEntropyLoss;
/// Stub.
#[derive(Clone, Copy, Debug, Default)]
pub struct MseLoss;

impl Loss for CrossEntropyLoss {
    fn trace<'t>(&self, _at: Scope<'t>, output: Tensor<'t>, target: Tensor<'t>) -> Tensor<'t> {
        let logs = output.record(Op::LogSoftmax(1), *output.shape());
        let picked = logs.record_with(Op::Pick { axis: 1, ignore: None }, target, Shape::new(target.shape().axes(), false));
        picked.reduce_all(Reduction::Mean).neg()
    }
}

impl Loss for MseLoss {
    fn trace<'t>(&self, _at: Scope<'t>, output: Tensor<'t>, target: Tensor<'t>) -> Tensor<'t> {
        output.pair(target, Binary::Sub, "-").square().reduce_all(Reduction::Mean)
    }
}
