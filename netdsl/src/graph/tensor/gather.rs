//! Elements by indices that other tensors hold.

use super::Tensor;
use crate::graph::op::Op;
use crate::shape::{Axis, Shape};

impl<'t> Tensor<'t> {
    /// The rows of this table `[n, d]` at `indices`: `[…, d]`.
    pub const fn gather(self, indices: Self) -> Self {
        self.gather_with(indices, None, false)
    }

    /// As [`Self::gather`], with a row that gets no gradient, and with gradients of rows divided by
    /// how often they were looked up, if so wished.
    pub const fn gather_with(self, indices: Self, skip: Option<usize>, by_frequency: bool) -> Self {
        let row = Axis {
            from: self.trace().current(),
            ..self.shape().axis(1)
        };
        let mut shape = indices.shape().with_last(row);
        shape.input = None;
        self.record_with(Op::Gather { skip, by_frequency }, indices, shape)
    }

    /// The element at the index that `indices` has for it, along an axis that goes; 0 where the
    /// index is `ignore`.
    pub const fn pick(self, indices: Self, axis: usize, ignore: Option<i64>) -> Self {
        let (mut shape, mut i) = (Shape::new(&[], self.batched()), 0);
        while i < self.shape().rank() {
            if i != axis {
                shape = shape.with_last(self.shape().axis(i));
            }
            i += 1;
        }
        self.record_with(
            Op::Pick {
                axis: axis as u8,
                ignore,
            },
            indices,
            shape,
        )
    }
}
