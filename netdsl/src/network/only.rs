//! What a layer gives in a place of one tensor: as the result of a body, or to the next layer of a network without one.

use crate::graph::Tensor;

/// What a layer gives.
pub struct Only<T>(pub T);

impl<'t> Only<Tensor<'t>> {
    /// The tensor that it is. Nothing comes with it: that is what has words where it is none.
    pub const fn tensor(self, _nothing: ()) -> Tensor<'t> {
        self.0
    }
}

/// Implemented by nothing: the bound that tells of several results.
#[diagnostic::on_unimplemented(
    message = "this layer gives several results, and one tensor is needed",
    label = "gives several results",
    note = "take the one that is meant: `let (y, _) = layer(x);` in a `forward`, then `y`"
)]
pub trait OneResult {}

/// What is come upon where a layer gives no tensor.
pub trait NotOnly: Sized {
    /// What cannot be.
    fn tensor<'t, W: OneResult>(self, _words: W) -> Tensor<'t> {
        unreachable!()
    }
}

impl<T> NotOnly for Only<T> {}
