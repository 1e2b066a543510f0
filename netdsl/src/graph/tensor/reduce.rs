//! Sums, means, maxima and softmax along axes.

use super::Tensor;
use crate::graph::op::{AxisSet, Op, Reduction};
use crate::shape::{Axis, Dim, Shape};

impl<'t> Tensor<'t> {
    /// The sum along an axis, which goes.
    #[track_caller]
    pub const fn sum(self, dim: i64) -> Self {
        self.pass();
        self.reduce_axis("sum", Reduction::Sum, dim)
    }

    /// The mean along an axis, which goes.
    #[track_caller]
    pub const fn mean(self, dim: i64) -> Self {
        self.pass();
        self.reduce_axis("mean", Reduction::Mean, dim)
    }

    /// The maximum along an axis, which goes.
    #[track_caller]
    pub const fn amax(self, dim: i64) -> Self {
        self.pass();
        self.reduce_axis("amax", Reduction::Max, dim)
    }

    /// The minimum along an axis, which goes.
    #[track_caller]
    pub const fn amin(self, dim: i64) -> Self {
        self.pass();
        self.reduce_axis("amin", Reduction::Min, dim)
    }

    const fn reduce_axis(self, operation: &'static str, how: Reduction, dim: i64) -> Self {
        match self.axis(operation, dim) {
            Some(axis) => self.reduce(how, 1 << axis, false),
            None => self.record(Op::Reduce(how, 0), Shape::unknown(self.batched())),
        }
    }

    /// The sum of all elements: of a sample in a network, of the batch in a loss.
    #[track_caller]
    pub const fn sum_all(self) -> Self {
        self.pass();
        self.over_all(Reduction::Sum)
    }

    /// The mean of all elements: of a sample in a network, of the batch in a loss.
    #[track_caller]
    pub const fn mean_all(self) -> Self {
        self.pass();
        self.over_all(Reduction::Mean)
    }

    /// A reduction over all axes but that of samples which stay apart.
    const fn over_all(self, how: Reduction) -> Self {
        let Some(rank) = self.rank() else {
            return self.record(Op::Reduce(how, 0), Shape::unknown(self.batched()));
        };
        let kept = self.batched() as usize;
        if rank <= kept {
            return self;
        }
        self.reduce(how, self.all_axes() & !(kept as AxisSet), false)
    }

    /// A reduction over a set of axes, which go or stay as size 1. The batch may be among them.
    pub const fn reduce(self, how: Reduction, axes: AxisSet, keep: bool) -> Self {
        let batched = self.shape().batched && (keep || axes & 1 == 0);
        let (mut shape, mut i) = (Shape::new(&[], batched), 0);
        while i < self.shape().rank() {
            if axes >> i & 1 == 0 {
                shape = shape.with_last(self.shape().axis(i));
            } else if keep {
                shape = shape.with_last(Axis {
                    dim: Dim::Known(1),
                    ..self.shape().axis(i)
                });
            }
            i += 1;
        }
        self.record(Op::Reduce(how, axes), shape)
    }

    /// A reduction over all axes to a single number, the batch's included.
    pub const fn reduce_all(self, how: Reduction) -> Self {
        self.reduce(how, self.all_axes(), false)
    }

    /// The set of all axes.
    pub const fn all_axes(self) -> AxisSet {
        ((1u16 << self.shape().rank()) - 1) as AxisSet
    }

    /// e^x / Σ e^x along an axis.
    #[track_caller]
    pub const fn softmax(self, dim: i64) -> Self {
        self.pass();
        match self.axis("softmax", dim) {
            Some(axis) => self.record(Op::Softmax(axis as u8), *self.shape()),
            None => self.record(Op::Softmax(0), *self.shape()),
        }
    }

    /// x − ln Σ e^x along an axis.
    #[track_caller]
    pub const fn log_softmax(self, dim: i64) -> Self {
        self.pass();
        match self.axis("log_softmax", dim) {
            Some(axis) => self.record(Op::LogSoftmax(axis as u8), *self.shape()),
            None => self.record(Op::LogSoftmax(0), *self.shape()),
        }
    }
}
