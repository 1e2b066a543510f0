//! Batch normalisation: `torch.nn.BatchNorm1d`, `BatchNorm2d` and `BatchNorm3d`.
//!
//! y = (x − mean) / √(variance + eps) · weight + bias, each channel with the mean and the (biased)
//! variance of the batch in training, and with running ones in evaluation.
//!
//! x: `[batch, num_features, …]` → the same
//!
//! ```
//! use ndarray::array;
//! use netdsl::prelude::*;
//!
//! network! {
//!     struct Net {
//!         norm: BatchNorm1d<1>(eps = 0.0),
//!     }
//! }
//!
//! let net = network!(Net)?;
//! let x = array![[1.0], [3.0]].into_dyn();
//! assert_eq!(net.run_in_training(&[x.view()])?, [array![[-1.0], [1.0]].into_dyn()]);
//! # Ok::<(), netdsl::Error>(())
//! ```

use crate::graph::op::{Op, Statistics};
use crate::graph::{Scope, Tensor};
use crate::layer::affine::Affine;
use crate::layer::running::Running;
use crate::shape::{Axis, Dim, FaultKind, Shape};

macro_rules! batch_norm {
    ($(#[$meta:meta])* $name:ident, $ranks:expr, $wanted:literal) => {
        crate::layer! {
            $(#[$meta])*
            ///
            /// Parameters: `weight` (ones) and `bias` (zeros) `[num_features]`. Buffers:
            /// `running_mean`, `running_var` `[num_features]`, `num_batches_tracked`.
            pub struct $name<num_features> {
                /// Added to the variance.
                eps = 1e-5,
                /// How much of a batch's statistics enters the running ones; absent: their plain mean.
                momentum = 0.1,
                /// Whether there are `weight` and `bias`.
                affine = true,
                /// Whether there are running statistics.
                track_running_stats = true,
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
                    Some(Running::new(at, features.dim, self.momentum, true))
                } else {
                    None
                };
                if !x.expect_rank($ranks, $wanted, other_kind(x)) {
                    return at.unchanged(x);
                }
                let rank = x.shape().rank();
                if rank > 2 && x.refuses_channels_last(rank - 2, features) {
                    return x.unknown();
                }
                let x = x.expect(1 - rank as i64, features, "channels");
                let eps = at.number("eps", self.eps);
                normalize(at, x, eps, running, affine.along_channels(x))
            }
        }
    };
}

batch_norm! {
    /// Batch normalisation of features or signals: `torch.nn.BatchNorm1d`.
    BatchNorm1d, &[2, 3], "features [features] or signals [channels, length]"
}
batch_norm! {
    /// Batch normalisation of images: `torch.nn.BatchNorm2d`.
    BatchNorm2d, &[4], "images [channels, height, width]"
}
batch_norm! {
    /// Batch normalisation of volumes: `torch.nn.BatchNorm3d`.
    BatchNorm3d, &[5], "volumes [channels, depth, height, width]"
}

/// What to write where there is another number of axes.
const fn other_kind(x: Tensor<'_>) -> &'static str {
    match x.shape().rank() {
        2 | 3 => "write `BatchNorm1d`, for features and signals",
        4 => "write `BatchNorm2d`, for images",
        5 => "write `BatchNorm3d`, for volumes",
        _ => "",
    }
}

const fn normalize<'t>(
    at: Scope<'t>,
    x: Tensor<'t>,
    eps: f64,
    running: Option<Running<'t>>,
    affine: Affine<'t>,
) -> Tensor<'t> {
    let statistics = Statistics {
        first: 1,
        end: 2,
        eps,
        rms: false,
    };
    let features = x.shape().axis(1).dim;
    let pair = Shape::new(&[Axis::new(Dim::Known(2)), Axis::new(features)], false);
    let moments = match running {
        Some(running) if !at.training() => running.moments(Axis::new(features)),
        _ => {
            let count = elements_per_channel(at, x);
            if let (true, Some(1)) = (at.training(), count) {
                at.fault(FaultKind::Other {
                    message: "needs more than one value per channel in training\n  = help: train with batches of at least 2",
                });
            }
            let moments = x.record(Op::Moments(statistics), pair);
            if let (true, Some(running)) = (at.training(), running) {
                running.take(at, moments, Axis::new(features), count);
            }
            moments
        }
    };
    affine.normalize(x, moments, statistics)
}

/// The elements that share one mean, where all sizes are known.
const fn elements_per_channel(at: Scope<'_>, x: Tensor<'_>) -> Option<usize> {
    let (mut count, mut i) = (1usize, 0);
    while i < x.shape().rank() {
        if i != 1 {
            match at.known(x.shape().axis(i).dim) {
                Some(size) => count = count.saturating_mul(size),
                None => return None,
            }
        }
        i += 1;
    }
    Some(count)
}
