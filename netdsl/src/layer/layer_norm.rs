//! Layer normalisation: `torch.nn.LayerNorm`, `torch.nn.RMSNorm`.
//!
//! y = (x − mean) / √(variance + eps) · weight + bias over the last axes of each sample.
//!
//! x: `[…, normalized_shape…]` → the same
//!
//! ```
//! use ndarray::array;
//! use netdsl::prelude::*;
//!
//! network! {
//!     struct Net {
//!         norm: LayerNorm<2>(eps = 0.0),
//!     }
//! }
//!
//! let net = network!(Net)?;
//! assert_eq!(net.forward(array![[1.0, 3.0]])?, array![[-1.0, 1.0]].into_dyn());
//! # Ok::<(), netdsl::Error>(())
//! ```

use crate::graph::op::{Op, Statistics};
use crate::graph::{Scope, Size, Sizes, Tensor};
use crate::layer::affine::Affine;
use crate::shape::{Arg, Axis, Dim, MAX_LIST, Shape};

crate::layer! {
    /// Layer normalisation over the last axes: `torch.nn.LayerNorm`. `normalized_shape` is one size,
    /// or a list such as `[4, 6]`; each may be `_`.
    ///
    /// Parameters: `weight` (ones) and `bias` (zeros), of `normalized_shape`.
    pub struct LayerNorm<normalized_shape> {
        /// Added to the variance.
        eps = 1e-5,
        /// Whether there are `weight` and `bias`.
        elementwise_affine = true,
        /// Whether there is `bias`, if `elementwise_affine`.
        bias = true,
    }
}

crate::layer! {
    /// Root-mean-square normalisation over the last axes: `torch.nn.RMSNorm`.
    ///
    /// Parameters: `weight` (ones), of `normalized_shape`.
    pub struct RmsNorm<normalized_shape> {
        /// Added to the mean square; absent: the precision of the network's type, that is the
        /// distance from 1 to the next larger number.
        eps = Arg::ABSENT,
        /// Whether there is `weight`.
        elementwise_affine = true,
    }
}

impl LayerNorm {
    /// x: `[…, normalized_shape…]` → the same
    pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        let sizes = at.sizes(NAMES, self.normalized_shape);
        let affine = self.parameters(at);
        normalize(at, x, &sizes, at.number("eps", self.eps), false, affine)
    }

    /// `weight` and `bias`.
    pub(super) const fn parameters<'t>(&self, at: Scope<'t>) -> Affine<'t> {
        let sizes = at.sizes(NAMES, self.normalized_shape);
        let weighted = at.flag("elementwise_affine", self.elementwise_affine);
        Affine::new(at, dims(&sizes), weighted, at.flag("bias", self.bias))
    }
}

impl RmsNorm {
    /// x: `[…, normalized_shape…]` → the same
    pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        let sizes = at.sizes(NAMES, self.normalized_shape);
        let weighted = at.flag("elementwise_affine", self.elementwise_affine);
        let affine = Affine::new(at, dims(&sizes), weighted, false);
        let eps = if self.eps.is_absent() {
            at.trace().epsilon()
        } else {
            at.number("eps", self.eps)
        };
        normalize(at, x, &sizes, eps, true, affine)
    }
}

const NAMES: [&str; MAX_LIST] = [
    "normalized_shape[0]",
    "normalized_shape[1]",
    "normalized_shape[2]",
    "normalized_shape[3]",
    "normalized_shape[4]",
    "normalized_shape[5]",
    "normalized_shape[6]",
    "normalized_shape[7]",
];

const fn dims(sizes: &Sizes) -> &[Dim] {
    let (dims, _) = sizes.dims.split_at(sizes.count);
    dims
}

const fn normalize<'t>(
    at: Scope<'t>,
    x: Tensor<'t>,
    sizes: &Sizes,
    eps: f64,
    rms: bool,
    affine: Affine<'t>,
) -> Tensor<'t> {
    let (mut x, mut i) = (x, 0);
    while i < sizes.count {
        let size = Size {
            arg: sizes.written(i),
            ..Size::of(sizes.dims[i])
        };
        x = x.expect(i as i64 - sizes.count as i64, size, "features");
        i += 1;
    }
    let rank = x.shape().rank();
    if x.shape().open || rank < sizes.count {
        return at.unchanged(x);
    }
    let first = (rank - sizes.count) as u8;
    let statistics = Statistics {
        first: 0,
        end: first,
        eps,
        rms,
    };
    let (mut moments, mut i) = (Shape::new(&[Axis::new(Dim::Known(2))], false), 0);
    while i < first as usize {
        moments = moments.with_last(x.shape().axis(i));
        i += 1;
    }
    let moments = x.record(Op::Moments(statistics), moments);
    affine.normalize(x, moments, statistics)
}
