//! What may be given to a network: arrays of its own element type.

use crate::Element;
use ndarray::{ArrayBase, ArrayViewD, Data, Dimension};

/// An array that a network can be run on.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no array of `{E}`, the type of the network's numbers",
    label = "not an array of `{E}`",
    note = "arrays are those of `ndarray` 0.17, `array![[0.5, 1.0]]`; one of classes, tokens or other numbers is `&array.mapv(|number| number as {E})`",
    note = "several inputs are arguments of `forward`, `net.forward(&a, &b)`, and of a step `trainer.step_on(&mut net, &[&a, &b], &[&y])`"
)]
pub trait Input<E: Element> {
    /// The array, whatever its number of axes.
    fn array(&self) -> ArrayViewD<'_, E>;
}

impl<E: Element, S: Data<Elem = E>, D: Dimension> Input<E> for ArrayBase<S, D, E> {
    fn array(&self) -> ArrayViewD<'_, E> {
        self.view().into_dyn()
    }
}

impl<E: Element, I: Input<E>> Input<E> for &I {
    fn array(&self) -> ArrayViewD<'_, E> {
        (**self).array()
    }
}
