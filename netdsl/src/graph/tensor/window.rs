//! Convolutions, pools and other operations over the spatial axes of images and signals.
//!
//! Images are `[batch, channels, height, width]`, signals `[batch, channels, length]`, volumes
//! `[batch, channels, depth, height, width]`.

use super::Tensor;
use crate::engine::kernel::binary::Binary;
use crate::graph::Size;
use crate::graph::op::{Convolution, Op, Pooling, Resampling};
use crate::shape::rule::Window;
use crate::shape::{Axis, Dim, FaultKind, Role, Shape};

/// What the spatial axes of 1-, 2- and 3-dimensional data are called.
pub(crate) const fn spatial_name(rank: usize, axis: usize) -> &'static str {
    match (rank, axis) {
        (1, _) => "length",
        (2, 0) | (3, 1) => "height",
        (3, 0) => "depth",
        _ => "width",
    }
}

/// PyTorch's names of an operation over 1, 2 and 3 axes.
type Names = [&'static str; 3];

const MAX_POOL: Names = ["max_pool1d", "max_pool2d", "max_pool3d"];
const AVG_POOL: Names = ["avg_pool1d", "avg_pool2d", "avg_pool3d"];
const CONV: Names = ["conv1d", "conv2d", "conv3d"];

const NO_WINDOW: Window = Window {
    kernel: 1,
    stride: 1,
    low: 0,
    high: 0,
    dilation: 1,
};

/// A pool with equal kernel and stride.
const fn simple(rank: u8, kernel: [usize; 3]) -> Pooling {
    let (mut windows, mut i) = ([NO_WINDOW; 3], 0);
    while i < rank as usize {
        windows[i] = Window {
            kernel: kernel[i],
            stride: kernel[i],
            low: 0,
            high: 0,
            dilation: 1,
        };
        i += 1;
    }
    Pooling {
        rank,
        windows,
        count_include_pad: true,
        divisor: None,
    }
}

impl<'t> Tensor<'t> {
    /// The maxima of windows of `kernel` × `kernel` elements that lie side by side.
    #[track_caller]
    pub const fn max_pool2d(self, kernel: usize) -> Self {
        self.pass();
        self.max_pool(simple(2, [kernel; 3]), false)
    }

    /// The means of windows of `kernel` × `kernel` elements that lie side by side.
    #[track_caller]
    pub const fn avg_pool2d(self, kernel: usize) -> Self {
        self.pass();
        self.avg_pool(simple(2, [kernel; 3]), false)
    }

    /// The means of `output` × `output` parts of an image of any size.
    #[track_caller]
    pub const fn adaptive_avg_pool2d(self, output: usize) -> Self {
        self.pass();
        self.adaptive_pool(
            2,
            [Some(output), Some(output), None],
            Op::AdaptiveAvgPool(2),
        )
    }

    /// The maximum of each window.
    pub const fn max_pool(self, pooling: Pooling, ceil_mode: bool) -> Self {
        let shape = self.pooled(&MAX_POOL, &pooling, ceil_mode);
        self.record(Op::MaxPool(pooling), shape)
    }

    /// The mean of each window.
    pub const fn avg_pool(self, pooling: Pooling, ceil_mode: bool) -> Self {
        let shape = self.pooled(&AVG_POOL, &pooling, ceil_mode);
        self.record(Op::AvgPool(pooling), shape)
    }

    /// The flat index within its plane of the maximum of each window.
    pub const fn max_pool_indices(self, pooling: Pooling, ceil_mode: bool) -> Self {
        let shape = self.pooled(&MAX_POOL, &pooling, ceil_mode);
        self.record(Op::MaxPoolIndices(pooling), shape)
    }

    const fn pooled(self, names: &Names, pooling: &Pooling, ceil_mode: bool) -> Shape {
        let rank = pooling.rank as usize;
        if !self.expect_spatial(rank) {
            return Shape::unknown(self.batched());
        }
        let (mut shape, mut i) = (*self.shape(), 0);
        while i < rank {
            let at = shape.rank() - rank + i;
            let slid = self.slid(names, rank, i, pooling.windows[i], ceil_mode);
            shape = shape.with_axis(at, slid);
            i += 1;
        }
        shape
    }

    /// Requires channels and `rank` spatial axes, with a batch or without.
    pub const fn expect_spatial(self, rank: usize) -> bool {
        let wanted = match rank {
            1 => "signals [channels, length]",
            2 => "images [channels, height, width]",
            _ => "volumes [channels, depth, height, width]",
        };
        let help = self.help_spatial(rank);
        // Without a known batch axis, PyTorch's unbatched form counts too.
        if self.batched() {
            self.expect_rank(&[rank + 2], wanted, help)
        } else {
            self.expect_rank(&[rank + 2, rank + 1], wanted, help)
        }
    }

    /// The axis that a window makes of spatial axis `i` of `rank`.
    const fn slid(
        self,
        names: &Names,
        rank: usize,
        i: usize,
        window: Window,
        ceil_mode: bool,
    ) -> Axis {
        let trace = self.trace();
        let axis = self.shape().axis(self.shape().rank() - rank + i);
        let output = match trace.value(axis.dim) {
            Some(size) => {
                let output = if ceil_mode {
                    window.output_ceil(size)
                } else {
                    window.output(size)
                };
                if output.is_none() {
                    trace.fault(FaultKind::Window {
                        operation: names[rank - 1],
                        what: spatial_name(rank, i),
                        size,
                        span: match window.span() {
                            Some(span) => span,
                            None => 0,
                        },
                        padding: window.low.saturating_add(window.high),
                        origin: trace.origin(axis),
                    });
                }
                output
            }
            None => None,
        };
        let dim = match window.change() {
            Some(0) => axis.dim,
            _ => trace.derived(&[axis.dim], output),
        };
        if let (None, Some(output)) = (trace.value(axis.dim), trace.value(dim))
            && let Some(input) = window.input(output)
        {
            trace.unify(axis.dim, Dim::Known(input));
        }
        if let (Some(change), Some(span)) = (window.change(), window.span())
            && change != 0
        {
            trace.relate(&[axis.dim], dim);
            if !trace.keep_apart(dim, axis.dim) {
                trace.fault(FaultKind::Resized {
                    operation: names[rank - 1],
                    what: spatial_name(rank, i),
                    change,
                    span,
                });
            }
        }
        Axis {
            dim,
            role: Role::Space,
            from: trace.current(),
        }
    }

    /// The convolution of `torch.nn.functional.conv2d` and its kin.
    pub const fn convolve(
        self,
        weight: Self,
        bias: Option<Self>,
        convolution: Convolution,
    ) -> Self {
        let rank = convolution.rank as usize;
        if !self.shape().open && !self.batched() && self.shape().rank() == rank + 1 {
            // One image: a batch of one, for the kernels.
            let batch = self.with_first_axis();
            return batch
                .convolve(weight, bias, convolution)
                .without_first_axis();
        }
        let channels = Axis {
            dim: weight.shape().axis(0).dim,
            role: Role::Channel,
            from: self.trace().current(),
        };
        let shape = if self.expect_spatial(rank) {
            let (mut shape, mut i) = (*self.shape(), 0);
            shape = shape.with_axis(shape.rank() - rank - 1, channels);
            while i < rank {
                shape = shape.with_axis(
                    shape.rank() - rank + i,
                    self.slid(&CONV, rank, i, convolution.windows[i], false),
                );
                i += 1;
            }
            shape
        } else {
            Shape::unknown(self.batched())
        };
        self.record_biased(Op::Conv(convolution), weight, bias, shape)
    }

    /// The same elements below one more axis, of size 1.
    pub(crate) const fn with_first_axis(self) -> Self {
        let one = Axis::new(Dim::Known(1));
        let (mut shape, mut i) = (Shape::new(&[one], false), 0);
        while i < self.shape().rank() {
            shape = shape.with_last(self.shape().axis(i));
            i += 1;
        }
        self.record(Op::Reshape, shape)
    }

    /// The same elements without their first axis, of size 1.
    pub(crate) const fn without_first_axis(self) -> Self {
        let (mut shape, mut i) = (Shape::new(&[], false), 1);
        while i < self.shape().rank() {
            shape = shape.with_last(self.shape().axis(i));
            i += 1;
        }
        self.record(Op::Reshape, shape)
    }

    /// The transposed convolution of `torch.nn.functional.conv_transpose2d` and its kin. Its `weight`
    /// is `[in, out / groups, …]`, `channels` how many come out.
    pub const fn convolve_transposed(
        self,
        weight: Self,
        channels: Dim,
        convolution: Convolution,
        output_padding: [usize; 3],
    ) -> Self {
        let (trace, rank) = (self.trace(), convolution.rank as usize);
        if !self.expect_spatial(rank) {
            return self.record_with(
                Op::ConvInputGradient(convolution),
                weight,
                Shape::unknown(self.batched()),
            );
        }
        let (mut shape, mut i) = (*self.shape(), 0);
        let at = shape.rank() - rank - 1;
        shape = shape.with_axis(
            at,
            Axis {
                dim: channels,
                role: Role::Channel,
                from: trace.current(),
            },
        );
        while i < rank {
            let axis = self.shape().axis(self.shape().rank() - rank + i);
            let output = match trace.value(axis.dim) {
                Some(size) => {
                    let output = convolution.windows[i].transposed_output(size, output_padding[i]);
                    if output.is_none() {
                        trace.fault(FaultKind::Overflow {
                            operation: "transposed convolution",
                        });
                    }
                    output
                }
                None => None,
            };
            let dim = trace.derived(&[axis.dim], output);
            if let (None, Some(output)) = (trace.value(axis.dim), trace.value(dim))
                && let Some(input) =
                    convolution.windows[i].transposed_input(output, output_padding[i])
            {
                trace.unify(axis.dim, Dim::Known(input));
            }
            trace.relate(&[axis.dim], dim);
            let axis = Axis {
                dim,
                role: Role::Space,
                from: trace.current(),
            };
            shape = shape.with_axis(shape.rank() - rank + i, axis);
            i += 1;
        }
        self.record_with(Op::ConvInputGradient(convolution), weight, shape)
    }

    const fn record_biased(self, op: Op, weight: Self, bias: Option<Self>, shape: Shape) -> Self {
        match bias {
            Some(bias) => self
                .trace()
                .push(op, &[self.node(), weight.node(), bias.node()], shape),
            None => self.record_with(op, weight, shape),
        }
    }

    /// Parts of each of the last `rank` axes reduced to one position each; `None` keeps a size.
    pub const fn adaptive_pool(self, rank: usize, output: [Option<usize>; 3], op: Op) -> Self {
        if !self.expect_spatial(rank) {
            return self.record(op, Shape::unknown(self.batched()));
        }
        let (mut shape, mut i) = (*self.shape(), 0);
        while i < rank {
            if let Some(size) = output[i] {
                let axis = Axis {
                    dim: Dim::Known(size),
                    role: Role::Space,
                    from: self.trace().current(),
                };
                shape = shape.with_axis(shape.rank() - rank + i, axis);
            }
            i += 1;
        }
        self.record(op, shape)
    }

    /// Another resolution over the axes after batch and channels: to `sizes`, or by `scales`.
    pub const fn resample(self, sizes: [Option<usize>; 3], resampling: Resampling) -> Self {
        let (trace, rank) = (self.trace(), resampling.rank as usize);
        let (mut shape, mut i) = (*self.shape(), 0);
        while i < rank {
            let at = shape.rank() - rank + i;
            let axis = shape.axis(at);
            let size = match (sizes[i], resampling.scales[i], trace.value(axis.dim)) {
                (Some(size), ..) => Some(size),
                (None, Some(scale), Some(size)) => Some((size as f64 * scale) as usize),
                _ => None,
            };
            let from: &[Dim] = if sizes[i].is_some() { &[] } else { &[axis.dim] };
            let dim = trace.derived(from, size);
            shape = shape.with_axis(
                at,
                Axis {
                    dim,
                    role: Role::Space,
                    from: trace.current(),
                },
            );
            i += 1;
        }
        self.record(Op::Resample(resampling), shape)
    }
}

impl<'t> Tensor<'t> {
    /// Requires a number of channels before `rank` spatial axes, and marks them as what they are. An
    /// image whose channels seem to come last is a mistake.
    pub const fn expect_channels(self, rank: usize, channels: Size) -> Self {
        if !self.expect_spatial(rank) {
            return self;
        }
        if self.refuses_channels_last(rank, channels) {
            return self.unknown();
        }
        let total = self.shape().rank();
        let at = total - rank - 1;
        let x = self.expect(at as i64 - total as i64, channels, "channels");
        let (mut shape, mut i) = (*x.shape(), 0);
        while i <= rank {
            let role = if i == 0 { Role::Channel } else { Role::Space };
            shape = shape.with_axis(
                at + i,
                Axis {
                    role,
                    ..shape.axis(at + i)
                },
            );
            i += 1;
        }
        x.reshaped_as(shape)
    }

    /// Whether an input of `rank` spatial axes seems to have its channels last, which is reported.
    pub(crate) const fn refuses_channels_last(self, rank: usize, channels: Size) -> bool {
        let (trace, shape) = (self.trace(), self.shape());
        let first = shape.axis(shape.rank() - rank - 1);
        let refused = first.is_of_input() && self.has_channels_last(rank, channels);
        if refused {
            trace.fault(FaultKind::ChannelsLast {
                rank,
                channels: trace.value(channels.dim),
                first: trace.value(first.dim),
                found: trace.sample(shape),
                origin: trace.origin_of(shape),
            });
        }
        refused
    }

    /// Whether the last axis, not the first, has the number of channels; of an image of which that is
    /// not known, whether it looks so.
    const fn has_channels_last(self, rank: usize, channels: Size) -> bool {
        let (trace, shape, total) = (self.trace(), self.shape(), self.shape().rank());
        let first = trace.value(shape.axis(total - rank - 1).dim);
        let before_last = trace.value(shape.axis(total - 2).dim);
        let Some(last) = trace.value(shape.axis(total - 1).dim) else {
            return false;
        };
        match (first, trace.value(channels.dim), before_last) {
            (Some(first), Some(channels), _) => last == channels && first != channels,
            (Some(first), None, Some(width)) if rank == 2 && channels.arg.is_open() => {
                matches!(last, 1 | 3 | 4) && are_sides(first, width)
            }
            // A side may be as long as there are channels, but hardly one alone, nor one that a layer gives.
            (None, Some(channels), None) => {
                last == channels && (rank > 1 || !shape.axis(total - 1).is_of_input())
            }
            (None, Some(channels), Some(width)) => last == channels && rank > 1 && width != last,
            _ => false,
        }
    }

    /// Requires a number of features along the last axis. An image is a mistake here: flattening it
    /// was forgotten.
    pub const fn expect_features(self, features: Size) -> Self {
        if self.is_image() {
            let trace = self.trace();
            let origin = trace.origin_of(self.shape());
            trace.fault(FaultKind::Unflattened {
                found: trace.sample(self.shape()),
                origin,
                listed: trace.is_listed(trace.current()),
            });
            return self.unknown();
        }
        if self.shape().rank() == self.shape().batch_axes() && !self.shape().open {
            let help = "write `.unsqueeze(1)` before it, where that number is one feature";
            self.expect_rank(&[], "features along a last axis", help);
            return self.unknown();
        }
        self.expect(-1, features, "input features")
    }

    /// x · factor, one factor for each channel (axis 1).
    pub const fn mul_channels(self, factor: Self) -> Self {
        self.pair(factor.along_channels(&self), Binary::Mul, "*")
    }

    /// x + term, one term for each channel (axis 1).
    pub const fn add_channels(self, term: Self) -> Self {
        self.pair(term.along_channels(&self), Binary::Add, "+")
    }

    /// This vector of channels with axes of size 1 after it, so that it is broadcast along the
    /// channels of x.
    pub(crate) const fn along_channels(self, x: &Self) -> Self {
        let (mut shape, mut i) = (*self.shape(), 2);
        while i < x.shape().rank() {
            shape = shape.with_last(Axis::new(Dim::Known(1)));
            i += 1;
        }
        if i > 2 {
            self.record(Op::Reshape, shape)
        } else {
            self
        }
    }
}

/// Whether two sizes may well be the height and the width of an image, and not channels and a height.
const fn are_sides(height: usize, width: usize) -> bool {
    height >= 8 && width >= 8 && height / width < 4 && width / height < 4
}
