//! A layer over an axis, `conv.over(1)(frames)`: what lies along the axis are samples of their own to it.

use super::Tensor;
use crate::graph::Scope;
use crate::graph::op::Op;
use crate::graph::trace::Site;
use crate::shape::{Axis, Dim, MAX_RANK, OVER, OVER_OR_BATCH, Role, SAME_SIZE, Shape};
use std::panic::Location;

const NO_BATCH: &str = "these values are the same for all samples";
const NOWHERE: &str =
    "all arguments have the axis, and all results have it in the same place again";

/// An axis that is put into the batch for one call, and back out of what that gives.
#[derive(Clone, Copy)]
pub struct Over {
    /// Which; `None` where that cannot be told.
    axis: Option<usize>,
    batch: Axis,
    along: Axis,
    /// The product of both.
    whole: Dim,
    /// Where it is written.
    at: Site,
}

/// What a call over an axis has given.
pub struct Apart<T>(pub T, pub Over);

impl Over {
    /// Over an axis of the first argument.
    #[track_caller]
    pub const fn new(x: Tensor<'_>, dim: i64) -> Self {
        x.pass();
        let none = Self {
            axis: None,
            batch: Axis::ANY,
            along: Axis::ANY,
            whole: Dim::UNTRACKED,
            at: Location::caller(),
        };
        if !x.batched() {
            x.report_axis("over", dim, NO_BATCH);
            return none;
        }
        let Some(axis) = x.axis("over", dim) else {
            return none;
        };
        let (batch, along) = (x.shape().axis(0), x.shape().axis(axis));
        let here = Scope::new(x.trace(), x.trace().current());
        Self {
            axis: Some(axis),
            batch,
            along,
            whole: here.product(&[batch.dim, along.dim]),
            ..none
        }
    }

    /// An argument with the axis in its batch: `[batch, …, size, …]` → `[batch · size, …]`.
    pub const fn folded<'t>(self, x: Tensor<'t>) -> Tensor<'t> {
        let Some(axis) = self.axis else {
            return x.unknown();
        };
        if !x.has_axis(axis, x.shape().rank()) || !self.agrees(x, axis) {
            return x.unknown();
        }
        let first = x.with_axis_at(axis, 1);
        let batch = Axis {
            dim: self.whole,
            role: Role::Batch,
            from: 0,
        };
        let (mut shape, mut i) = (Shape::new(&[batch], true), 2);
        while i < first.shape().rank() {
            shape = shape.with_last(first.shape().axis(i));
            i += 1;
        }
        first.record(Op::Reshape, shape)
    }

    /// Whether an argument is as long as the others along the axis.
    const fn agrees(self, x: Tensor<'_>, axis: usize) -> bool {
        let (trace, own) = (x.trace(), x.shape().axis(axis));
        trace.unify(self.batch.dim, x.shape().axis(0).dim);
        if trace.unify(self.along.dim, own.dim) {
            return true;
        }
        x.operands("over", (axis as i64, ""), self.along, own, SAME_SIZE);
        false
    }

    /// A result with the axis where it was: `[batch · size, …]` → `[batch, …, size, …]`.
    const fn apart<'t>(self, y: Tensor<'t>) -> Tensor<'t> {
        let Some(axis) = self.axis else {
            return y.unknown();
        };
        y.trace().pass(self.at);
        if !y.has_axis(axis, y.shape().rank() + 1) {
            return y.unknown();
        }
        y.trace().unify(self.whole, y.shape().axis(0).dim);
        let (mut shape, mut i) = (Shape::new(&[self.batch, self.along], true), 1);
        while i < y.shape().rank() {
            shape = shape.with_last(y.shape().axis(i));
            i += 1;
        }
        y.record(Op::Reshape, shape).with_axis_at(1, axis)
    }
}

const FEATURES: &str = "features have no positions to go over: put it before what flattens them, or write `.reshape([…])` before it, in a \
     list of layers `Unflatten<1, […]>`";
const SIGNAL: &str = "what takes signals has a name that ends in `1d`";
const SIGNAL_OR_IMAGE: &str = "write `.unsqueeze(1)` before it if this is an image of one channel; what takes signals has a name that ends in `1d`";
const IMAGE: &str = "what takes images has a name that ends in `2d`";
const IMAGE_OR_SIGNALS: &str = "what takes images has a name that ends in `2d`; if axis 1 lists signals, write `.over(1)`, as in `conv.over(1)(x)`";

impl<'t> Tensor<'t> {
    /// What to write where a layer takes at most so many axes: of more, the first may list what it takes.
    pub(crate) const fn help_over(self, most: usize, otherwise: &'static str) -> &'static str {
        if !self.batched() || self.shape().rank() <= most {
            otherwise
        } else if self.shape().axis(1).is_of_input() && self.trace().is_blind() {
            OVER_OR_BATCH
        } else {
            OVER
        }
    }

    /// What to write where a layer slides over `rank` axes, and this has others.
    pub(crate) const fn help_spatial(self, rank: usize) -> &'static str {
        let axes = (self.shape().rank()).saturating_sub(self.shape().batch_axes());
        match (axes, rank) {
            (1, _) => FEATURES,
            (2, 2) if !self.is_image() => SIGNAL_OR_IMAGE,
            (2, _) => SIGNAL,
            (3, 1) if self.is_image() => IMAGE,
            (3, 1) => IMAGE_OR_SIGNALS,
            (3, _) => IMAGE,
            _ => self.help_over(rank + 2, ""),
        }
    }

    /// Whether this has a batch, and its axes, `rank` with the one that a layer goes over, have a place for that one.
    const fn has_axis(self, axis: usize, rank: usize) -> bool {
        if self.shape().open {
            return false;
        }
        let fits = self.batched() && axis < rank;
        if !fits {
            self.report_axis(
                "over",
                axis as i64,
                if self.batched() { NOWHERE } else { NO_BATCH },
            );
        }
        fits
    }

    /// An axis moved to another place.
    const fn with_axis_at(self, from: usize, to: usize) -> Self {
        if from == to {
            return self;
        }
        self.permuted(moved(from, to))
    }
}

/// The order of axes in which axis `from` comes to stand at `to`, the others as they were.
const fn moved(from: usize, to: usize) -> [u8; MAX_RANK] {
    let (mut order, mut next, mut i) = ([0; MAX_RANK], 0, 0);
    while i < MAX_RANK {
        if next == from {
            next += 1;
        }
        order[i] = if i == to { from } else { next } as u8;
        next += (i != to) as usize;
        i += 1;
    }
    order
}

impl<'t> Apart<Tensor<'t>> {
    /// With the axis where it was.
    pub const fn tensors(self) -> Tensor<'t> {
        self.1.apart(self.0)
    }
}

impl<'t> Apart<(Tensor<'t>, Tensor<'t>)> {
    /// Each with the axis where it was.
    pub const fn tensors(self) -> (Tensor<'t>, Tensor<'t>) {
        let (a, b) = self.0;
        (self.1.apart(a), self.1.apart(b))
    }
}

impl<'t> Apart<(Tensor<'t>, Tensor<'t>, Tensor<'t>)> {
    /// Each with the axis where it was.
    pub const fn tensors(self) -> (Tensor<'t>, Tensor<'t>, Tensor<'t>) {
        let (a, b, c) = self.0;
        (self.1.apart(a), self.1.apart(b), self.1.apart(c))
    }
}

impl<'t> Apart<(Tensor<'t>, (Tensor<'t>, Tensor<'t>))> {
    /// Each with the axis where it was.
    pub const fn tensors(self) -> (Tensor<'t>, (Tensor<'t>, Tensor<'t>)) {
        let (y, (h, c)) = self.0;
        (self.1.apart(y), (self.1.apart(h), self.1.apart(c)))
    }
}

#[cfg(test)]
mod tests {
    use super::moved;

    #[test]
    fn an_axis_is_moved() {
        assert_eq!(moved(1, 1), [0, 1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(moved(3, 1), [0, 3, 1, 2, 4, 5, 6, 7]);
        assert_eq!(moved(1, 3), [0, 2, 3, 1, 4, 5, 6, 7]);
        assert_eq!(moved(2, 0), [2, 0, 1, 3, 4, 5, 6, 7]);
    }
}
