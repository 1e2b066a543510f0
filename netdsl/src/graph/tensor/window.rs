//! Convolutions, pools and other operations over the spatial axes of images and signals.
//!
//! Images are `[batch, channels, height, width]`, signals `[batch, channels, length]`, volumes
//! `[batch, channels, depth, height, width]`.

use super::Tensor;
use crate::engine::kernel::binary::Binary;
use crate::graph::op::{Convolution, Op, Pooling, Resampling};
use crate::graph::trace::Made;
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
                    let operation = names[rank - 1];
                    trace.fault(match (window.span(), window.padded(size)) {
                        (Some(span), Some(_)) => FaultKind::Window {
                            operation,
                            what: spatial_name(rank, i),
                            size,
                            span,
                            padding: window.low.saturating_add(window.high),
                            origin: trace.origin(axis),
                        },
                        _ => FaultKind::Overflow { operation },
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
        if let Some(change) = window.change()
            && change != 0
        {
            trace.relate(&[axis.dim], dim);
            trace.make(dim, Made::shifted(axis.dim, change));
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
            trace.relate(&[axis.dim], dim);
            let window = convolution.windows[i];
            if let Some(change) = window.transposed_change(output_padding[i]) {
                trace.make(dim, Made::times(axis.dim, window.stride).plus(change));
            }
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
