//! Instance normalisation: `torch.nn.InstanceNorm1d`, `InstanceNorm2d` and `InstanceNorm3d`.
//!
//! y = (x − mean) / √(variance + eps) · weight + bias, with the mean and the (biased) variance of
//! each channel of each sample, or, if they are tracked, running ones in evaluation.
//!
//! x: `[batch, num_features, …]` → the same
//!
//! ```
//! use ndarray::array;
//! use netdsl::prelude::*;
//!
//! network! {
//!     struct Net {
//!         norm: InstanceNorm1d<1>(eps = 0.0),
//!     }
//! }
//!
//! let net = network!(Net)?;
//! assert_eq!(net.forward(array![[[1.0, 3.0]]])?, array![[[-1.0, 1.0]]].into_dyn());
//! # Ok::<(), netdsl::Error>(())
//! ```

use crate::graph::op::{Op, Reduction, Statistics};
use crate::graph::{Scope, Tensor};
use crate::layer::affine::Affine;
use crate::layer::running::Running;
use crate::shape::{Axis, Dim, FaultKind, Shape};

macro_rules! instance_norm {
    ($(#[$meta:meta])* $name:ident, $rank:literal) => {
        crate::layer! {
            $(#[$meta])*
            ///
            /// Parameters, if `affine`: `weight` (ones) and `bias` (zeros) `[num_features]`.
            /// Buffers, if `track_running_stats`: `running_mean`, `running_var` `[num_features]`,
            /// `num_batches_tracked`, which is always 0.
            pub struct $name<num_features> {
                /// Added to the variance.
                eps = 1e-5,
                /// How much of a batch's statistics enters the running ones; absent: nothing.
                momentum = 0.1,
                /// Whether there are `weight` and `bias`.
                affine = false,
                /// Whether there are running statistics.
                track_running_stats = false,
                /// Whether there is `bias`, if `affine`.
                bias = true,
            }
        }

        impl $name {
            /// x: `[batch, num_features, …]` → the same
            pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
                let features = at.size("num_features", self.num_features);
                let (weighted, bias) = (at.flag("affine", self.affine), at.flag("bias", self.bias));
                let affine = Affine::new(at, &[features.dim], weighted, bias);
                let running = if at.flag("track_running_stats", self.track_running_stats) {
                    Some(Running::new(at, features.dim, self.momentum, false))
                } else {
                    None
                };
                if !x.expect_spatial($rank) {
                    return at.unchanged(x);
                }
                let single = x.shape().rank() == $rank + 1;
                let x = x.expect(-1 - $rank as i64, features, "channels");
                let batch = if single { with_batch(x) } else { x };
                let eps = at.number("eps", self.eps);
                let y = normalize(at, batch, eps, running, affine.along_channels(batch));
                if single { y.record(Op::Reshape, *x.shape()) } else { y }
            }
        }
    };
}

instance_norm! {
    /// Normalisation of each channel of each signal: `torch.nn.InstanceNorm1d`.
    InstanceNorm1d, 1
}
instance_norm! {
    /// Normalisation of each channel of each image: `torch.nn.InstanceNorm2d`.
    InstanceNorm2d, 2
}
instance_norm! {
    /// Normalisation of each channel of each volume: `torch.nn.InstanceNorm3d`.
    InstanceNorm3d, 3
}

/// x: `[batch, features, …]`
const fn normalize<'t>(
    at: Scope<'t>,
    x: Tensor<'t>,
    eps: f64,
    running: Option<Running<'t>>,
    affine: Affine<'t>,
) -> Tensor<'t> {
    let (batch, features) = (x.shape().axis(0), Axis::new(x.shape().axis(1).dim));
    if let (Some(running), false) = (running, at.training()) {
        let statistics = Statistics {
            first: 1,
            end: 2,
            eps,
            rms: false,
        };
        return affine.normalize(x, running.moments(features), statistics);
    }
    let count = elements_of_instance(at, x);
    if let (true, Some(1)) = (at.training(), count) {
        at.fault(FaultKind::Other {
            message: "needs more than one position per channel in training",
        });
    }
    let statistics = Statistics {
        first: 0,
        end: 2,
        eps,
        rms: false,
    };
    let pair = Shape::new(&[Axis::new(Dim::Known(2)), batch, features], false);
    let moments = x.record(Op::Moments(statistics), pair);
    if let (Some(running), true) = (running, at.training()) {
        // The means of the instances' moments over the batch.
        let means = moments.reduce(Reduction::Mean, 1 << 1, false);
        running.take(at, means, features, count);
    }
    affine.normalize(x, moments, statistics)
}

/// The elements that share one mean, where all sizes are known.
const fn elements_of_instance(at: Scope<'_>, x: Tensor<'_>) -> Option<usize> {
    let (mut count, mut i) = (1usize, 2);
    while i < x.shape().rank() {
        match at.known(x.shape().axis(i).dim) {
            Some(size) => count = count.saturating_mul(size),
            None => return None,
        }
        i += 1;
    }
    Some(count)
}

/// One sample as a batch.
const fn with_batch(x: Tensor<'_>) -> Tensor<'_> {
    let (mut shape, mut i) = (Shape::new(&[Axis::new(Dim::Known(1))], false), 0);
    while i < x.shape().rank() {
        shape = shape.with_last(x.shape().axis(i));
        i += 1;
    }
    x.record(Op::Reshape, shape)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::Definition;
    use crate::layer::tests::{Given, at_compile_time, run};
    use crate::shape::Arg;

    #[test]
    fn shapes_stay() {
        let (shape, faults) = at_compile_time!([[-1, 6, 2, -1]], |at, x| {
            InstanceNorm2d {
                affine: Arg::flag(true),
                ..InstanceNorm2d::BLANK
            }
            .forward(at, x)
        });
        assert_eq!((shape, faults), (vec![-1, 6, 2, -1], 0));
        let tracked = InstanceNorm2d {
            track_running_stats: Arg::flag(true),
            affine: Arg::flag(true),
            bias: Arg::flag(false),
            ..InstanceNorm2d::BLANK
        };
        for training in [true, false] {
            for sizes in [vec![3, 6, 5], vec![4, 3, 6, 5]] {
                let outcome = run(training, &[Given::Raw(&sizes)], |at, x| {
                    vec![tracked.forward(at, x[0])]
                });
                assert_eq!(outcome.outputs[0], sizes);
                let wanted = [
                    "weight [3]",
                    "running_mean [3]",
                    "running_var [3]",
                    "num_batches_tracked []",
                ];
                assert_eq!(outcome.listing(), wanted);
                assert!(outcome.faults.is_empty() && outcome.graph.is_some());
            }
        }
    }

    #[test]
    fn one_position_has_no_variance() {
        for (training, mistakes) in [(true, 1), (false, 0)] {
            let outcome = run(training, &[Given::Batched(&[4, 3, 1])], |at, x| {
                vec![InstanceNorm1d::BLANK.forward(at, x[0])]
            });
            assert_eq!(outcome.faults.len(), mistakes);
        }
    }
}
