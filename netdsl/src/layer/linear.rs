//! y = x·Wᵀ + b: `torch.nn.Linear`.
//!
//! x: `[…, in_features]` → `[…, out_features]`
//!
//! ```
//! use netdsl::prelude::*;
//!
//! network! {
//!     struct Halves {
//!         fc: Linear<4, 2>,
//!     }
//! }
//!
//! let net = network!(Halves)?;
//! assert_eq!(net.fc.weight().shape(), [2, 4]);
//! assert_eq!(net.fc.bias().unwrap().shape(), [2]);
//! # Ok::<(), netdsl::Error>(())
//! ```

use crate::graph::{Scope, Tensor};
use crate::init::Init;
use crate::shape::Dim;

crate::layer! {
    /// A linear map with a bias: `torch.nn.Linear`.
    ///
    /// Parameters: `weight [out_features, in_features]`, `bias [out_features]`, both from
    /// U(−1/√in_features, 1/√in_features).
    pub struct Linear<in_features, out_features> {
        /// Whether to add a bias.
        bias = true,
    }
}

impl Linear {
    /// x: `[…, in_features]` → `[…, out_features]`
    pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        let in_features = at.size("in_features", self.in_features);
        let (weight, bias) = self.parameters(at, in_features.dim);
        x.expect_features(in_features).linear(weight, bias)
    }

    /// Declares the parameters before they are used.
    pub(super) const fn declare(&self, at: Scope<'_>) {
        let _ = self.parameters(at, at.size("in_features", self.in_features).dim);
    }

    /// `weight` and `bias`.
    const fn parameters<'t>(
        &self,
        at: Scope<'t>,
        in_features: Dim,
    ) -> (Tensor<'t>, Option<Tensor<'t>>) {
        let out_features = at.size("out_features", self.out_features).dim;
        let weight = at.parameter("weight", &[out_features, in_features], Init::FanInUniform);
        let bias = if at.flag("bias", self.bias) {
            Some(at.parameter_with_fan("bias", &[out_features], in_features))
        } else {
            None
        };
        (weight, bias)
    }
}
