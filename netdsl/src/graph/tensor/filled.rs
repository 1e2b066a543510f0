//! Tensors that follow from their shape alone.

use crate::{Element, Operand, Operation, Output};

/// What such a tensor holds.
pub(crate) trait Fill: Send + Sync {
    /// Writes all elements.
    fn fill<E: Element>(&self, y: Output<'_, E>);
}

/// The operation that makes it. It reads nothing, so that there is nothing to have a gradient.
pub(crate) struct Filled<F>(pub(crate) F);

impl<E: Element, F: Fill> Operation<E> for Filled<F> {
    fn forward(&self, _inputs: &[Operand<'_, E>], y: Output<'_, E>) {
        self.0.fill(y);
    }

    fn backward(
        &self,
        _operand: usize,
        _inputs: &[Operand<'_, E>],
        _y: Operand<'_, E>,
        _dy: Operand<'_, E>,
        dx: Output<'_, E>,
    ) {
        dx.values.fill(E::ZERO);
    }

    fn is_differentiable(&self, _operand: usize) -> bool {
        false
    }
}
