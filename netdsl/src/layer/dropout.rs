//! `torch.nn.Dropout`: in training, each element is 0 with probability p and x / (1 − p) otherwise.

use crate::graph::{Scope, Tensor};

crate::layer! {
    /// Random zeros in training: `torch.nn.Dropout`.
    pub struct Dropout {
        /// The probability of a zero.
        p = 0.5,
    }
}

impl Dropout {
    /// x: any shape → the same
    pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        x.dropout(at.probability("p", self.p))
    }
}
