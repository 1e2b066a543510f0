//! `torch.nn.Identity`: what arrives, as it is.
//!
//! ```
//! use ndarray::array;
//! use netdsl::prelude::*;
//!
//! network! {
//!     struct Net {
//!         head: Identity,
//!     }
//! }
//!
//! let net = network!(Net)?;
//! assert_eq!(net.forward(array![[1.0, 2.0]])?, array![[1.0, 2.0]].into_dyn());
//! # Ok::<(), netdsl::Error>(())
//! ```

use crate::graph::{Scope, Tensor};

crate::layer! {
    /// What arrives, as it is: `torch.nn.Identity`.
    pub struct Identity;
}

impl Identity {
    /// x: any shape → the same
    pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        at.unchanged(x)
    }
}
