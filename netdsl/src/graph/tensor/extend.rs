//! More elements: around a tensor, along axes of size 1, or the same number everywhere.

use super::Tensor;
use crate::graph::op::{Op, PadMode, Padding};
use crate::shape::{Axis, Shape};

impl<'t> Tensor<'t> {
    /// More elements around the last `rank` axes.
    pub const fn padded(
        self,
        rank: usize,
        low: [usize; 3],
        high: [usize; 3],
        mode: PadMode,
    ) -> Self {
        let (trace, mut shape, mut i) = (self.trace(), *self.shape(), 0);
        while i < rank && shape.rank() >= rank {
            let at = shape.rank() - rank + i;
            let axis = shape.axis(at);
            let size = match trace.value(axis.dim) {
                Some(size) => size.checked_add(low[i].saturating_add(high[i])),
                None => None,
            };
            let dim = trace.derived(&[axis.dim], size);
            shape = shape.with_axis(at, Axis { dim, ..axis });
            i += 1;
        }
        self.record(
            Op::Pad(Padding {
                rank: rank as u8,
                low,
                high,
                mode,
            }),
            shape,
        )
    }

    /// The same number everywhere, in a shape of these axes.
    pub(crate) const fn filled(self, value: f64, axes: &[Axis]) -> Self {
        self.trace()
            .push(Op::Constant(value), &[], Shape::new(axes, false))
    }

    /// Repeated along axes of size 1 and new leading ones, to the shape of `other`.
    pub const fn broadcast_like(self, other: Self) -> Self {
        self.record(Op::Broadcast, *other.shape())
    }
}
