//! Sums, means, maxima and softmax along axes.

use super::{Listed, Tensor, select};
use crate::engine::kernel::unary::Unary;
use crate::graph::op::{AxisSet, Op, Reduction};
use crate::shape::{Axis, Dim, FaultKind, Shape};

/// Reductions along one axis, which goes; in a body along several as well: `x.mean([2, 3])`.
macro_rules! reductions {
    ($($(#[$doc:meta])* $name:ident => $reduced:ident($($how:expr)?);)*) => {
        impl<'t> Tensor<'t> {$(
            $(#[$doc])*
            ///
            #[doc = concat!("In a body several axes may be listed: `x.", stringify!($name), "([2, 3])`. PyTorch's `keepdim=True` is `x.", stringify!($name), "(2).unsqueeze(2)`.")]
            #[track_caller]
            pub const fn $name(self, dim: i64) -> Self {
                self.pass();
                match self.axis(stringify!($name), dim) {
                    Some(axis) => self.$reduced($($how,)? 1 << axis),
                    None => self.reduced_unknown(),
                }
            }
        )*}

        impl<'t> Listed<Tensor<'t>> {$(
            #[doc = concat!("[`Tensor::", stringify!($name), "`], along several axes.")]
            #[track_caller]
            pub const fn $name(self) -> Tensor<'t> {
                self.x.pass();
                match self.axes(stringify!($name)) {
                    Some(axes) => self.x.$reduced($($how,)? axes),
                    None => self.x.reduced_unknown(),
                }
            }
        )*}
    };
}

reductions! {
    /// The sum along an axis, which goes.
    sum => reduced(Reduction::Sum);
    /// The mean along an axis, which goes.
    mean => reduced(Reduction::Mean);
    /// The maximum along an axis, which goes.
    amax => reduced(Reduction::Max);
    /// The minimum along an axis, which goes.
    amin => reduced(Reduction::Min);
    /// The variance along an axis, which goes: squared distances from the mean, summed and divided by one less than
    /// there are, as `torch.var`.
    var => variance();
    /// The standard deviation along an axis, which goes: the root of [`Self::var`], with slope 0 at 0.
    std => deviation();
    /// The root of the sum of squares along an axis, which goes: `torch.linalg.vector_norm`, with slope 0 at 0.
    norm => root_of_squares();
    /// ln Σ eˣ along an axis, which goes, for numbers of any size: `torch.logsumexp`.
    logsumexp => log_of_sum();
}

impl<'t> Tensor<'t> {
    /// The maximum is [`Self::amax`]: PyTorch's `max` gives positions beside it.
    #[doc(hidden)]
    #[track_caller]
    pub const fn max(self, _dim: i64) -> Self {
        self.misnamed("`max` gives positions beside values in PyTorch, and is none here\n  = help: write `amax` for the greatest along an axis, `maximum` for the greater of two tensors")
    }

    /// The minimum is [`Self::amin`].
    #[doc(hidden)]
    #[track_caller]
    pub const fn min(self, _dim: i64) -> Self {
        self.misnamed("`min` gives positions beside values in PyTorch, and is none here\n  = help: write `amin` for the least along an axis, `minimum` for the lesser of two tensors")
    }

    #[track_caller]
    const fn misnamed(self, message: &'static str) -> Self {
        self.pass();
        self.trace().fault(FaultKind::Other { message });
        self.reduced_unknown()
    }

    const fn reduced_unknown(self) -> Self {
        self.record(
            Op::Reduce(Reduction::Sum, 0),
            Shape::unknown(self.batched()),
        )
    }

    const fn reduced(self, how: Reduction, axes: AxisSet) -> Self {
        self.reduce(how, axes, false)
    }

    const fn variance(self, axes: AxisSet) -> Self {
        let mean = self.reduce(Reduction::Mean, axes, true);
        let distances = self.sub(mean.broadcast_like(self));
        let squares = distances.map(Unary::Square).reduced(Reduction::Sum, axes);
        let degrees = match self.count(axes) {
            Some(count) => count - 1.0,
            // Nothing is computed before all sizes are known.
            None => 1.0,
        };
        squares.scale(1.0 / degrees)
    }

    /// How many elements there are along some axes.
    const fn count(self, axes: AxisSet) -> Option<f64> {
        let (mut count, mut i) = (1.0, 0);
        while i < self.shape().rank() {
            if axes >> i & 1 == 1 {
                match self.trace().value(self.shape().axis(i).dim) {
                    Some(size) => count *= size as f64,
                    None => return None,
                }
            }
            i += 1;
        }
        Some(count)
    }

    const fn deviation(self, axes: AxisSet) -> Self {
        self.variance(axes).root()
    }

    const fn root_of_squares(self, axes: AxisSet) -> Self {
        let squares = self.map(Unary::Square);
        squares.reduced(Reduction::Sum, axes).root()
    }

    const fn log_of_sum(self, axes: AxisSet) -> Self {
        let greatest = self.reduce(Reduction::Max, axes, true);
        let greatest = greatest.record(Op::Detach, *greatest.shape());
        // ∞ − ∞ is no number, and so not 0: what is infinite is not taken out of the sum.
        let is_infinite = greatest.sub(greatest);
        let taken = select(is_infinite, greatest.constant(0.0), greatest);
        let rest = self.sub(taken.broadcast_like(self)).map(Unary::Exp);
        let log = rest.reduced(Reduction::Sum, axes).map(Unary::Log);
        log.add(taken.reduced(Reduction::Sum, axes))
    }

    /// The root, with slope 0 where it is 0, as PyTorch has it of deviations and norms.
    const fn root(self) -> Self {
        let root = select(self, self, self.constant(1.0)).map(Unary::Sqrt);
        select(self, root, self.constant(0.0))
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
