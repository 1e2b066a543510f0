//! Local response normalisation: `torch.nn.LocalResponseNorm`, as in AlexNet.
//!
//! y = x / (k + alpha · mean of x² over `size` neighbouring channels)^beta, where channels past the first and the last
//! count as 0.
//!
//! x: `[batch, channels, …]` → the same
//!
//! ```
//! use ndarray::array;
//! use netdsl::prelude::*;
//!
//! network! {
//!     struct Net {
//!         norm: LocalResponseNorm<2>(alpha = 2.0, beta = 1.0),
//!     }
//! }
//!
//! // 1 + 2 · (0 + 1²) / 2 = 2, and 1 + 2 · (1² + 3²) / 2 = 11
//! let net = network!(Net, dtype = f64)?;
//! let y = net.forward(array![[[1.0], [3.0]]])?;
//! assert_eq!(y, array![[[1.0 / 2.0], [3.0 / 11.0]]].into_dyn());
//! # Ok::<(), netdsl::Error>(())
//! ```

use crate::engine::kernel::unary::Unary;
use crate::graph::op::{Op, Pooling};
use crate::graph::{Scope, Tensor};
use crate::shape::rule::Window;
use crate::shape::{Axis, Dim, FaultKind, Shape};

crate::layer! {
    /// Each element by what is in the same place of the channels around its own: `torch.nn.LocalResponseNorm`.
    pub struct LocalResponseNorm<size> {
        /// What the mean of the squares is multiplied by.
        alpha = 1e-4,
        /// The power of what is divided by.
        beta = 0.75,
        /// What is added to the mean.
        k = 1.0,
    }
}

impl LocalResponseNorm {
    /// x: `[batch, channels, …]` → the same
    pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        let size = at.positive("size", self.size);
        let (alpha, beta) = (at.number("alpha", self.alpha), at.number("beta", self.beta));
        let k = at.number("k", self.k);
        let Some(rank) = x.rank() else { return x };
        if rank < 3 {
            at.fault(FaultKind::Other {
                message: "takes a batch of samples with channels and positions, `[channels, …]`",
            });
            return x;
        }
        let means = means_over_channels(x.map(Unary::Square), size);
        x.div(means.scale(alpha).shift(k).powf(beta))
    }
}

/// The means over channels `size / 2` before to `(size − 1) / 2` after each.
const fn means_over_channels(x: Tensor<'_>, size: usize) -> Tensor<'_> {
    // [batch, channels, positions] → [batch, 1, channels, positions], an image
    let flat = x.flatten_axes(2, -1);
    let (batch, channels, positions) = (
        flat.shape().axis(0),
        flat.shape().axis(1),
        flat.shape().axis(2),
    );
    let one = Axis::new(Dim::Known(1));
    let image = Shape::new(&[batch, one, channels, positions], x.batched());
    let single = Window {
        kernel: 1,
        stride: 1,
        low: 0,
        high: 0,
        dilation: 1,
    };
    let around = Window {
        kernel: size,
        low: size / 2,
        high: (size - 1) / 2,
        ..single
    };
    let pooling = Pooling {
        rank: 2,
        windows: [around, single, single],
        count_include_pad: true,
        divisor: None,
    };
    let means = flat.record(Op::Reshape, image).avg_pool(pooling, false);
    means.record(Op::Reshape, *x.shape())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::Definition;
    use crate::layer::tests::{Given, at_compile_time, run};
    use crate::shape::Arg;

    #[test]
    fn shapes_stay() {
        let (shape, faults) = at_compile_time!([[-1, -1, 2, -1]], |at, x| {
            LocalResponseNorm::BLANK.sizes(Arg::int(5)).forward(at, x)
        });
        assert_eq!((shape, faults), (vec![-1, -1, 2, -1], 0));
        for sizes in [vec![4, 6, 3], vec![4, 1, 2, 3], vec![2, 3, 2, 2, 2, 2]] {
            let outcome = run(true, &[Given::Raw(&sizes)], |at, x| {
                vec![
                    LocalResponseNorm::BLANK
                        .sizes(Arg::int(4))
                        .forward(at, x[0]),
                ]
            });
            assert_eq!(outcome.outputs[0], sizes);
            assert!(outcome.faults.is_empty() && outcome.graph.is_some());
        }
    }

    #[test]
    fn positions_are_needed_and_a_size() {
        for (sizes, size) in [(vec![4, 6], 5), (vec![4, 6, 2], 0)] {
            let outcome = run(true, &[Given::Raw(&sizes)], |at, x| {
                vec![
                    LocalResponseNorm::BLANK
                        .sizes(Arg::int(size))
                        .forward(at, x[0]),
                ]
            });
            assert_eq!(outcome.faults.len(), 1, "{:?}", outcome.faults);
        }
    }
}
