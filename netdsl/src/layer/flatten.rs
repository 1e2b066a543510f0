//! `torch.nn.Flatten`: several axes as one.
//!
//! ```
//! use ndarray::array;
//! use netdsl::prelude::*;
//!
//! network! {
//!     struct Net {
//!         flat: Flatten,
//!     }
//! }
//!
//! let net = network!(Net)?;
//! assert_eq!(net.forward(array![[[1.0, 2.0], [3.0, 4.0]]])?, array![[1.0, 2.0, 3.0, 4.0]].into_dyn());
//! # Ok::<(), netdsl::Error>(())
//! ```

use crate::graph::{Scope, Tensor};

crate::layer! {
    /// Several axes as one: `torch.nn.Flatten`. Axis 0 is the batch.
    pub struct Flatten {
        /// The first axis to take in.
        start_dim = 1usize,
        /// The last axis to take in.
        end_dim = crate::shape::Arg::signed(-1),
    }
}

impl Flatten {
    /// x: `[batch, a, b, …]` → `[batch, a·b·…]`
    pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        x.flatten_axes(
            at.signed("start_dim", self.start_dim),
            at.signed("end_dim", self.end_dim),
        )
    }
}
