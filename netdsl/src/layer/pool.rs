//! Pooling: `torch.nn.MaxPool2d`, `AvgPool2d`, their kin over 1 and 3 axes, and the adaptive ones.
//!
//! x: `[batch, channels, …]` → the same with fewer positions
//!
//! ```
//! use ndarray::array;
//! use netdsl::prelude::*;
//!
//! network! {
//!     struct Net {
//!         pool: MaxPool1d<2>,
//!     }
//! }
//!
//! let net = network!(Net)?;
//! assert_eq!(net.forward(array![[[1.0, 3.0, 2.0, 0.0]]])?, array![[[3.0, 2.0]]].into_dyn());
//! # Ok::<(), netdsl::Error>(())
//! ```

use crate::graph::op::{Op, Pooling};
use crate::graph::{Scope, Tensor};
use crate::shape::rule::Window;
use crate::shape::{Arg, Dim, Item, Value};

macro_rules! pools {
    ($rank:literal, $what:literal, $max:ident, $avg:ident, $adaptive_avg:ident, $adaptive_max:ident) => {
        crate::layer! {
            #[doc = concat!("The greatest element of each window over ", $what, ": `torch.nn.", stringify!($max), "`.")]
            pub struct $max<kernel_size> {
                /// Distance between windows; absent: `kernel_size`.
                stride = Arg::ABSENT,
                /// Positions added on both sides, which never win.
                padding = 0usize,
                /// Distance between the elements of a window.
                dilation = 1usize,
                /// Also windows that lie partly outside.
                ceil_mode = false,
            }
        }

        impl $max {
            /// x: `[batch, channels, …]` → the same with fewer positions
            pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
                x.max_pool(self.pooling(at), at.flag("ceil_mode", self.ceil_mode))
            }

            /// As [`Self::forward`], with the flat index of each maximum within its plane:
            /// `return_indices` of PyTorch.
            pub const fn with_indices<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> (Tensor<'t>, Tensor<'t>) {
                let (pooling, ceil) = (self.pooling(at), at.flag("ceil_mode", self.ceil_mode));
                (x.max_pool(pooling, ceil), x.max_pool_indices(pooling, ceil))
            }

            const fn pooling(&self, at: Scope<'_>) -> Pooling {
                let windows = windows(at, $rank, self.kernel_size, self.stride, self.padding, self.dilation);
                Pooling { rank: $rank, windows, count_include_pad: true, divisor: None }
            }
        }

        crate::layer! {
            #[doc = concat!("The mean of each window over ", $what, ": `torch.nn.", stringify!($avg), "`.")]
            pub struct $avg<kernel_size> {
                /// Distance between windows; absent: `kernel_size`.
                stride = Arg::ABSENT,
                /// Zeros added on both sides.
                padding = 0usize,
                /// Also windows that lie partly outside.
                ceil_mode = false,
                /// Zeros added count as elements.
                count_include_pad = true,
                /// Divide by this instead of the number of elements.
                divisor_override = Arg::ABSENT,
            }
        }

        impl $avg {
            /// x: `[batch, channels, …]` → the same with fewer positions
            pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
                let windows = windows(at, $rank, self.kernel_size, self.stride, self.padding, Arg::int(1));
                let divisor = match self.divisor_override.value {
                    Value::Absent => None,
                    _ => Some(at.positive("divisor_override", self.divisor_override)),
                };
                let count_include_pad = at.flag("count_include_pad", self.count_include_pad);
                let pooling = Pooling { rank: $rank, windows, count_include_pad, divisor };
                x.avg_pool(pooling, at.flag("ceil_mode", self.ceil_mode))
            }
        }

        crate::layer! {
            #[doc = concat!("The means of as many parts as `output_size` says, over ", $what, " of any size: `torch.nn.", stringify!($adaptive_avg), "`.")]
            pub struct $adaptive_avg<output_size>;
        }

        impl $adaptive_avg {
            /// x: `[batch, channels, …]` → `[batch, channels, …output_size]`
            pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
                x.adaptive_pool($rank, outputs(at, $rank, self.output_size), Op::AdaptiveAvgPool($rank))
            }
        }

        crate::layer! {
            #[doc = concat!("The maxima of as many parts as `output_size` says, over ", $what, " of any size: `torch.nn.", stringify!($adaptive_max), "`.")]
            pub struct $adaptive_max<output_size>;
        }

        impl $adaptive_max {
            /// x: `[batch, channels, …]` → `[batch, channels, …output_size]`
            pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
                x.adaptive_pool($rank, outputs(at, $rank, self.output_size), Op::AdaptiveMaxPool($rank))
            }

            /// As [`Self::forward`], with the flat index of each maximum within its plane.
            pub const fn with_indices<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> (Tensor<'t>, Tensor<'t>) {
                let indices = Op::AdaptiveMaxPoolIndices($rank);
                (self.forward(at, x), x.adaptive_pool($rank, outputs(at, $rank, self.output_size), indices))
            }
        }
    };
}

pools!(
    1,
    "signals",
    MaxPool1d,
    AvgPool1d,
    AdaptiveAvgPool1d,
    AdaptiveMaxPool1d
);
pools!(
    2,
    "images",
    MaxPool2d,
    AvgPool2d,
    AdaptiveAvgPool2d,
    AdaptiveMaxPool2d
);
pools!(
    3,
    "volumes",
    MaxPool3d,
    AvgPool3d,
    AdaptiveAvgPool3d,
    AdaptiveMaxPool3d
);

const fn windows(
    at: Scope<'_>,
    rank: usize,
    kernel: Arg,
    stride: Arg,
    padding: Arg,
    dilation: Arg,
) -> [Window; 3] {
    let sizes = at.positive_per_axis("kernel_size", kernel, rank);
    let strides = if stride.is_absent() {
        sizes
    } else {
        at.positive_per_axis("stride", stride, rank)
    };
    let paddings = at.per_axis("padding", padding, rank);
    let dilations = at.positive_per_axis("dilation", dilation, rank);
    let (mut windows, mut i) = (
        [Window {
            kernel: 1,
            stride: 1,
            low: 0,
            high: 0,
            dilation: 1,
        }; 3],
        0,
    );
    while i < rank {
        if paddings[i] > sizes[i] / 2 {
            at.option_fault("padding", "at most half of `kernel_size`", padding);
        }
        windows[i] = Window {
            kernel: sizes[i],
            stride: strides[i],
            low: paddings[i],
            high: paddings[i],
            dilation: dilations[i],
        };
        i += 1;
    }
    windows
}

const WANTED: &str = "whole numbers, or `_` for a size that stays";

/// The positions asked for along each axis; `_` keeps what there is (PyTorch's `None`).
const fn outputs(at: Scope<'_>, rank: usize, size: Arg) -> [Option<usize>; 3] {
    let mut outputs = [None; 3];
    match size.value {
        Value::List(items, count) if count == rank => {
            let mut i = 0;
            while i < rank {
                match items[i] {
                    Item::Open => {}
                    Item::Int(size) if size >= 0 => outputs[i] = Some(size as usize),
                    Item::Size(Dim::Known(size)) => outputs[i] = Some(size),
                    Item::Size(Dim::Unknown(_)) => at.option_fault("output_size", WANTED, size),
                    _ => at.wrong_option("output_size", WANTED, size),
                }
                i += 1;
            }
        }
        _ => {
            let size = at.count("output_size", size);
            let mut i = 0;
            while i < rank {
                outputs[i] = Some(size);
                i += 1;
            }
        }
    }
    outputs
}
