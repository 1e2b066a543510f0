//! Channels as pixels and back: `torch.nn.PixelShuffle`, `torch.nn.PixelUnshuffle`.
//!
//! x: `[…, c·r², h, w]` → `[…, c, h·r, w·r]`: channel c·r² + i·r + j becomes pixel (i, j) of each r × r block of channel c.
//!
//! ```
//! use ndarray::array;
//! use netdsl::prelude::*;
//!
//! network! {
//!     struct Net {
//!         shuffle: PixelShuffle<2>,
//!     }
//! }
//!
//! let net = network!(Net)?;
//! assert_eq!(net.forward(array![[[[1.0]], [[2.0]], [[3.0]], [[4.0]]]])?, array![[[[1.0, 2.0], [3.0, 4.0]]]].into_dyn());
//! # Ok::<(), netdsl::Error>(())
//! ```

use crate::graph::{Divisor, Op, Scope, Size, Tensor};
use crate::shape::{Axis, Dim, FaultKind, MAX_RANK, Role, Shape};

crate::layer! {
    /// Larger images from groups of channels: `torch.nn.PixelShuffle`.
    pub struct PixelShuffle<upscale_factor>;
}

crate::layer! {
    /// More channels from blocks of pixels: `torch.nn.PixelUnshuffle`.
    pub struct PixelUnshuffle<downscale_factor>;
}

impl PixelShuffle {
    /// x: `[…, channels·r², height, width]` → `[…, channels, height·r, width·r]`
    pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        let factor = at.positive("upscale_factor", self.upscale_factor);
        let Some((lead, [channels, height, width])) = image(x) else {
            return x.unknown();
        };
        let square = factor.saturating_mul(factor);
        let square = Divisor::of("upscale_factor²", square, self.upscale_factor);
        let c = at.divided("channels", Size::of(channels), square);
        let (tall, wide) = (at.multiplied(height, factor), at.multiplied(width, factor));
        let r = Dim::Known(factor);
        let split = x.record(Op::Reshape, shape(x, lead, [c, r, r, height, width]));
        let moved = shape(x, lead, [c, height, r, width, r]);
        let moved = split.record(Op::Permute(order(lead, [0, 3, 1, 4, 2])), moved);
        moved.record(Op::Reshape, image_of(at, x, lead, [c, tall, wide]))
    }
}

impl PixelUnshuffle {
    /// x: `[…, channels, height·r, width·r]` → `[…, channels·r², height, width]`
    pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        let factor = at.positive("downscale_factor", self.downscale_factor);
        let Some((lead, [c, height, width])) = image(x) else {
            return x.unknown();
        };
        let r = Dim::Known(factor);
        let by = Divisor::of("downscale_factor", factor, self.downscale_factor);
        let low = at.divided("height", Size::of(height), by);
        let narrow = at.divided("width", Size::of(width), by);
        let channels = at.multiplied(c, factor.saturating_mul(factor));
        let split = x.record(Op::Reshape, shape(x, lead, [c, low, r, narrow, r]));
        let moved = shape(x, lead, [c, r, r, low, narrow]);
        let moved = split.record(Op::Permute(order(lead, [0, 2, 4, 1, 3])), moved);
        moved.record(Op::Reshape, image_of(at, x, lead, [channels, low, narrow]))
    }
}

/// How many axes come before an image's, and the sizes of those.
const fn image(x: Tensor<'_>) -> Option<(usize, [Dim; 3])> {
    if x.shape().open {
        x.expect_spatial(2);
        return None;
    }
    let rank = x.shape().rank();
    // PyTorch takes any number of leading axes.
    if rank + 2 > MAX_RANK {
        x.trace().fault(FaultKind::TooManyAxes);
        return None;
    }
    if rank < 3 + x.shape().batch_axes() {
        x.expect_spatial(2);
        return None;
    }
    let axes = x.shape();
    Some((
        rank - 3,
        [
            axes.axis(rank - 3).dim,
            axes.axis(rank - 2).dim,
            axes.axis(rank - 1).dim,
        ],
    ))
}

/// The leading axes of x, then five others.
const fn shape(x: Tensor<'_>, lead: usize, dims: [Dim; 5]) -> Shape {
    let (mut shape, mut i) = (leading(x, lead), 0);
    while i < dims.len() {
        shape = shape.with_last(Axis::new(dims[i]));
        i += 1;
    }
    shape
}

const fn leading(x: Tensor<'_>, lead: usize) -> Shape {
    let (mut shape, mut i) = (Shape::new(&[], x.batched()), 0);
    while i < lead {
        shape = shape.with_last(x.shape().axis(i));
        i += 1;
    }
    shape
}

const fn image_of(
    at: Scope<'_>,
    x: Tensor<'_>,
    lead: usize,
    [channels, height, width]: [Dim; 3],
) -> Shape {
    let from = at.trace().current();
    leading(x, lead)
        .with_last(Axis {
            dim: channels,
            role: Role::Channel,
            from,
        })
        .with_last(Axis {
            dim: height,
            role: Role::Space,
            from,
        })
        .with_last(Axis {
            dim: width,
            role: Role::Space,
            from,
        })
}

const fn order(lead: usize, last: [u8; 5]) -> [u8; MAX_RANK] {
    let (mut order, mut i) = ([0; MAX_RANK], 0);
    while i < MAX_RANK {
        order[i] = if i < lead || i >= lead + 5 {
            i as u8
        } else {
            lead as u8 + last[i - lead]
        };
        i += 1;
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::Definition;
    use crate::layer::tests::{Given, at_compile_time, run};
    use crate::shape::Arg;

    #[test]
    fn channels_become_pixels() {
        let (shape, faults) = at_compile_time!([[-1, 18, 2, -1]], |at, x| {
            PixelShuffle::BLANK.sizes(Arg::int(3)).forward(at, x)
        });
        assert_eq!((shape, faults), (vec![-1, 2, 6, -1], 0));
        let outcome = run(true, &[Given::Raw(&[4, 5, 12, 3, 2])], |at, x| {
            let big = PixelShuffle::BLANK.sizes(Arg::int(2)).forward(at, x[0]);
            vec![
                big,
                PixelUnshuffle::BLANK.sizes(Arg::int(2)).forward(at, big),
            ]
        });
        assert_eq!(outcome.outputs, [[4, 5, 3, 6, 4], [4, 5, 12, 3, 2]]);
        assert!(outcome.graph.is_some());
    }

    #[test]
    fn sizes_flow_back() {
        let outcome = run(true, &[Given::Batched(&[2, -1, -1, -1])], |at, x| {
            let mut y = PixelShuffle::BLANK.sizes(Arg::int(2)).forward(at, x[0]);
            for (dim, size) in [(-1, 8), (-2, 6), (-3, 5)] {
                y = y.expect(dim, Size::of(Dim::Known(size)), "size");
            }
            vec![y]
        });
        assert_eq!(outcome.inputs, [[2, 20, 3, 4]]);
    }
}
