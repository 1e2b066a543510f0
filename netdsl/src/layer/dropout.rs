//! Random zeros in training: `torch.nn.Dropout`, `Dropout1d` to `Dropout3d`, `AlphaDropout`.
//!
//! Each element (or each channel) is 0 with probability p and x / (1 − p) otherwise; in evaluation, x.
//!
//! x: any shape → the same
//!
//! ```
//! use ndarray::array;
//! use netdsl::prelude::*;
//!
//! network! {
//!     struct Net {
//!         drop: Dropout(p = 1.0),
//!     }
//! }
//!
//! let net = network!(Net)?;
//! let x = array![[1.0, 2.0]].into_dyn();
//! assert_eq!(net.run(&[x.view()])?, [x.clone()]);
//! assert_eq!(net.run_in_training(&[x.view()])?, [array![[0.0, 0.0]].into_dyn()]);
//! # Ok::<(), netdsl::Error>(())
//! ```

use crate::engine::kernel::binary::Binary;
use crate::engine::kernel::random::Law;
use crate::graph::{Op, Scope, Tensor};
use crate::shape::rule::sqrt;
use crate::shape::{Axis, Dim};

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
        let y = x.dropout(at.probability("p", self.p));
        // In evaluation it is what arrives, and no operation of its own.
        at.shows(y);
        y
    }
}

macro_rules! of_channels {
    ($($(#[$meta:meta])* $name:ident, $single:literal;)*) => {$(
        crate::layer! {
            $(#[$meta])*
            pub struct $name {
                /// The probability of a zero.
                p = 0.5,
            }
        }

        impl $name {
            /// x: `[batch, channels, …]` → the same
            pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
                drop_channels(at, x, at.probability("p", self.p), $single)
            }
        }
    )*};
}

of_channels! {
    /// Random channels of signals all zero in training: `torch.nn.Dropout1d`.
    Dropout1d, 2;
    /// Random channels of images all zero in training: `torch.nn.Dropout2d`.
    Dropout2d, 0;
    /// Random channels of volumes all zero in training: `torch.nn.Dropout3d`.
    Dropout3d, 4;
}

/// One draw for each channel (axis 1) of each sample. Without a batch, x of `single` axes is one
/// sample, as PyTorch has it (which takes 3 axes in `Dropout2d` for a batch of signals).
const fn drop_channels<'t>(at: Scope<'t>, x: Tensor<'t>, p: f64, single: usize) -> Tensor<'t> {
    if !at.training() || p <= 0.0 || x.shape().open {
        return at.unchanged(x);
    }
    let one = !x.batched() && x.shape().rank() == single;
    let (mut shape, mut i) = (*x.shape(), if one { 1 } else { 2 });
    while i < shape.rank() {
        shape = shape.with_axis(i, Axis::new(Dim::Known(1)));
        i += 1;
    }
    let mask = x.trace().random(Law::Mask { p }, shape);
    x.record_with(Op::Binary(Binary::Mul), mask, *x.shape())
}

crate::layer! {
    /// Random elements at the lower end of `Selu` in training, all scaled and shifted so that mean 0
    /// and variance 1 stay: `torch.nn.AlphaDropout`.
    pub struct AlphaDropout {
        /// The probability that an element is dropped.
        p = 0.5,
    }
}

/// −lim SELU(x) for x → −∞, as PyTorch has it.
const ALPHA: f64 = 1.758_099_340_847_376_6;

impl AlphaDropout {
    /// x: any shape → the same
    pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        let p = at.probability("p", self.p);
        if !at.training() || p <= 0.0 {
            return at.unchanged(x);
        }
        if p >= 1.0 {
            return x.scale(0.0);
        }
        // y = a·(x·m − α·(1 − m)) + a·α·p, where m is 1 with probability 1 − p and else 0
        let a = 1.0 / sqrt((ALPHA * ALPHA * p + 1.0) * (1.0 - p));
        let kept = x.trace().random(Law::Mask { p }, *x.shape());
        let kept = kept.scale((1.0 - p) * a);
        let shift = kept.shift(-a).scale(ALPHA).shift(a * ALPHA * p);
        let scaled = x.record_with(Op::Binary(Binary::Mul), kept, *x.shape());
        scaled.record_with(Op::Binary(Binary::Add), shift, *x.shape())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::Definition;
    use crate::layer::tests::{Given, run};

    #[test]
    fn only_training_drops() {
        for training in [true, false] {
            let outcome = run(training, &[Given::Raw(&[2, 3, 4, 5])], |at, x| {
                vec![
                    Dropout::BLANK.forward(at, x[0]),
                    Dropout2d::BLANK.forward(at, x[0]),
                    AlphaDropout::BLANK.forward(at, x[0]),
                    Dropout3d::BLANK.forward(at, x[0]),
                ]
            });
            assert_eq!(outcome.outputs, [[2, 3, 4, 5]; 4]);
            let graph = outcome.graph.unwrap();
            let masks = graph
                .nodes
                .iter()
                .filter(|node| matches!(node.op, Op::Random { .. }));
            let masks: Vec<Vec<usize>> = masks.map(|node| node.extent.to_vec()).collect();
            if training {
                assert_eq!(
                    masks,
                    [[2, 3, 4, 5], [2, 3, 1, 1], [2, 3, 4, 5], [2, 1, 1, 1]]
                );
            } else {
                assert!(masks.is_empty());
            }
        }
    }
}
