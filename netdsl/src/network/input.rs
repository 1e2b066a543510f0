//! What may be given to a network: arrays of its own element type.

use crate::Element;
use ndarray::{ArrayBase, ArrayViewD, Data, Dimension};

/// An array that a network can be run on.
pub trait Input<E: Element> {
    /// The array, whatever its number of axes.
    fn view(&self) -> ArrayViewD<'_, E>;
}

impl<E: Element, S: Data<Elem = E>, D: Dimension> Input<E> for ArrayBase<S, D> {
    fn view(&self) -> ArrayViewD<'_, E> {
        // The inherent method of the array, not this one.
        ArrayBase::<S, D>::view(self).into_dyn()
    }
}

impl<E: Element, I: Input<E>> Input<E> for &I {
    fn view(&self) -> ArrayViewD<'_, E> {
        (**self).view()
    }
}
