//! Batch normalisation: `torch.nn.BatchNorm1d`, `BatchNorm2d` and `BatchNorm3d`.
//!
//! y = (x − mean) / √(variance + eps) · weight + bias, each channel with the mean and the (biased)
//! variance of the batch in training, and with running ones in evaluation.
//!
//! x: `[batch, num_features, …]` → the same

use crate::engine::kernel::binary::Binary;
use crate::graph::op::{Op, Statistics};
use crate::graph::{Scope, Size, Tensor};
use crate::init::Init;
use crate::layer::affine::Affine;
use crate::shape::{Arg, Axis, Dim, FaultKind, Shape};

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
                    Some(Running::new(at, features, self.momentum))
                } else {
                    None
                };
                if !x.expect_rank($ranks, $wanted, "") {
                    return x;
                }
                let x = x.expect(1 - x.shape().rank() as i64, features, "channels");
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

/// The running statistics of a layer.
#[derive(Clone, Copy)]
struct Running<'t> {
    mean: Tensor<'t>,
    var: Tensor<'t>,
    batches: Tensor<'t>,
    momentum: Option<f64>,
}

impl<'t> Running<'t> {
    const fn new(at: Scope<'t>, features: Size, momentum: Arg) -> Self {
        Self {
            mean: at.buffer("running_mean", &[features.dim], Init::Zeros),
            var: at.buffer("running_var", &[features.dim], Init::Ones),
            batches: at.buffer("num_batches_tracked", &[], Init::Zeros),
            momentum: if momentum.is_absent() {
                None
            } else {
                Some(at.number("momentum", momentum))
            },
        }
    }

    /// Takes a batch's moments `[2, features]` of `count` elements in; the variance is made unbiased.
    const fn take(self, at: Scope<'t>, moments: Tensor<'t>, features: Dim, count: Option<usize>) {
        let axes = [Axis::new(features)];
        let mean = moments.sliced(0, 0, 1, 1).view_as(&axes, false);
        let var = moments.sliced(0, 1, 1, 1).view_as(&axes, false);
        let unbiased = match count {
            Some(count) if count > 1 => count as f64 / (count - 1) as f64,
            _ => 1.0,
        };
        let batches = self.batches.shift(1.0);
        at.update("num_batches_tracked", batches);
        if let Some(0) = count {
            return; // There is nothing to learn from nothing.
        }
        at.update("running_mean", self.blend(self.mean, mean, batches));
        at.update(
            "running_var",
            self.blend(self.var, var.scale(unbiased), batches),
        );
    }

    const fn blend(self, old: Tensor<'t>, new: Tensor<'t>, batches: Tensor<'t>) -> Tensor<'t> {
        match self.momentum {
            Some(momentum) => old
                .scale(1.0 - momentum)
                .pair(new.scale(momentum), Binary::Add, "+"),
            None => old.pair(
                new.pair(old, Binary::Sub, "-")
                    .pair(batches, Binary::Div, "/"),
                Binary::Add,
                "+",
            ),
        }
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
        Some(running) if !at.training() => {
            let both = [
                running
                    .mean
                    .view_as(&[Axis::new(Dim::Known(1)), Axis::new(features)], false),
                running
                    .var
                    .view_as(&[Axis::new(Dim::Known(1)), Axis::new(features)], false),
            ];
            both[0].record_with(Op::Concat(0), both[1], pair)
        }
        _ => {
            let count = elements_per_channel(at, x);
            if let (true, Some(1)) = (at.training(), count) {
                at.fault(FaultKind::Other {
                    message: "needs more than one value per channel in training\n  = help: train with batches of at least 2",
                });
            }
            let moments = x.record(Op::Moments(statistics), pair);
            if let (true, Some(running)) = (at.training(), running) {
                running.take(at, moments, features, count);
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
