//! Ranges along axes: the part of a tensor that one takes, and positions.

use super::Tensor;
use super::filled::{Fill, Filled};
use crate::graph::Scope;
use crate::graph::op::Op;
use crate::shape::{Arg, Axis, Dim, FaultKind, Item, Role, Shape, Value};
use crate::{Element, Output};

/// Where a range begins or ends.
#[derive(Clone, Copy)]
enum Bound {
    /// After as many elements.
    Start(Dim),
    /// Before the last ones, as many.
    End(usize),
}

const BOUNDS: &str =
    "a range of sizes such as `..t`, `1..` or `..-1`; what is counted from the end is a number";

impl<'t> Tensor<'t> {
    /// The elements of a range along an axis: `x.slice(2, 1..t)` is PyTorch's `x[:, :, 1:t]`.
    ///
    /// What begins or ends a range is a number, counted from the end if it is negative, or a size: each of the three
    /// sizes, that of the axis, of the part and of the bound, follows from the others.
    ///
    /// ```
    /// use netdsl::prelude::*;
    ///
    /// network! {
    ///     /// Looks at steps up to the present one only: what padding adds at the end is cut off.
    ///     struct Causal<channels> {
    ///         conv: Conv1d<_, channels, 3>(padding = 4, dilation = 2),
    ///     }
    ///
    ///     fn forward(x: [_, t]) -> [channels, t] {
    ///         conv(x).slice(2, ..t)
    ///     }
    ///
    ///     /// How each step differs from the one before.
    ///     struct Steps {}
    ///
    ///     fn forward(x: [t, n]) -> [t - 1, n] {
    ///         x.slice(1, 1..) - x.slice(1, ..-1)
    ///     }
    /// }
    ///
    /// let net = network!(Causal<8>)?;
    /// assert_eq!(net.forward(ndarray::Array3::<f32>::ones((2, 4, 10)))?.shape(), [2, 8, 10]);
    /// let steps = network!(Steps)?.forward(ndarray::array![[[1.0], [4.0], [9.0]]])?;
    /// assert_eq!(steps, ndarray::array![[[3.0], [5.0]]].into_dyn());
    /// # Ok::<(), netdsl::Error>(())
    /// ```
    #[track_caller]
    pub const fn slice(self, dim: i64, range: Arg) -> Self {
        self.pass();
        let Some(axis) = self.axis("slice", dim) else {
            return self.unknown();
        };
        let old = self.shape().axis(axis);
        let unknown = self.shape().with_axis(axis, old.unknown());
        let Some((start, end)) = self.bounds(&range) else {
            return self.reshaped_as(unknown);
        };
        let (first, length) = self.extent(old.dim, start, end);
        if self.reaches_past(axis, first, length) {
            return self.reshaped_as(unknown);
        }
        let shape = self.shape().with_axis(axis, Axis { dim: length, ..old });
        let (start, recorded) = match self.trace().value(first) {
            Some(first) => (first, shape),
            // There is no graph as long as it is not known where to begin.
            None => (0, unknown),
        };
        let op = Op::Slice {
            axis: axis as u8,
            start,
            step: 1,
        };
        self.record(op, recorded).reshaped_as(shape)
    }

    /// Where a range of an axis of this size begins, and how long it is.
    const fn extent(self, size: Dim, start: Bound, end: Bound) -> (Dim, Dim) {
        let first = self.place(size, start);
        let length = match (start, end) {
            (Bound::Start(Dim::Known(0)), _) => self.place(size, end),
            (Bound::End(first), Bound::End(last)) if first >= last => Dim::Known(first - last),
            _ => self.difference(self.place(size, end), first),
        };
        (first, length)
    }

    /// What a range begins and ends with.
    const fn bounds(self, range: &Arg) -> Option<(Bound, Bound)> {
        if let Value::List([start, end, ..], 2) = range.value
            && let (Some(start), Some(end)) = (
                bound(start, Bound::Start(Dim::Known(0))),
                bound(end, Bound::End(0)),
            )
        {
            return Some((start, end));
        }
        if !self.trace().may_be_given(range) {
            self.trace().fault(FaultKind::Option {
                operation: "slice",
                name: "range",
                wanted: BOUNDS,
                given: None,
            });
        }
        None
    }

    /// How many of `size` elements there are before a bound.
    const fn place(self, size: Dim, bound: Bound) -> Dim {
        match bound {
            Bound::Start(place) => place,
            Bound::End(0) => size,
            Bound::End(number) => self.difference(size, Dim::Known(number)),
        }
    }

    const fn difference(self, a: Dim, b: Dim) -> Dim {
        let here = Scope::new(self.trace(), self.trace().current());
        let (a, b) = (Arg::new(Value::Size(a)), Arg::new(Value::Size(b)));
        match here.size_difference(a, b).value {
            Value::Size(difference) => difference,
            _ => Dim::UNTRACKED,
        }
    }

    /// Whether there are fewer elements along an axis than a range takes: a mistake.
    const fn reaches_past(self, axis: usize, first: Dim, length: Dim) -> bool {
        let (trace, whole) = (self.trace(), self.shape().axis(axis).dim);
        let (Some(first), Some(length)) = (trace.value(first), trace.value(length)) else {
            return false;
        };
        match trace.value(whole) {
            Some(size) if first.saturating_add(length) > size => {
                self.too_short("slice", axis, first as i64, length, size);
                true
            }
            _ => false,
        }
    }

    /// The positions 0, 1, 2, … along an axis of this tensor, `[size]`: the same for all samples.
    ///
    /// ```
    /// use netdsl::prelude::*;
    ///
    /// network! {
    ///     /// Tokens and their places, for texts of any length up to the context.
    ///     struct Embedded<vocabulary, context, width> {
    ///         token: Embedding<vocabulary, width>,
    ///         position: Embedding<context, width>,
    ///     }
    ///
    ///     fn forward(tokens: [t]) -> [t, width] {
    ///         token(tokens) + position(tokens.arange(1))
    ///     }
    /// }
    ///
    /// let net = network!(Embedded<50, 16, 8>)?;
    /// assert_eq!(net.forward(ndarray::Array2::<f32>::zeros((2, 16)))?.shape(), [2, 16, 8]);
    /// assert_eq!(net.forward(ndarray::Array2::<f32>::zeros((3, 5)))?.shape(), [3, 5, 8]);
    /// assert!(net.forward(ndarray::Array2::<f32>::zeros((3, 17))).is_err());
    /// # Ok::<(), netdsl::Error>(())
    /// ```
    #[track_caller]
    pub const fn arange(self, dim: i64) -> Self {
        self.pass();
        let along = match self.axis("arange", dim) {
            Some(axis) => self.shape().axis(axis),
            None => Axis::new(self.size(dim)),
        };
        let along = Axis {
            role: Role::Any,
            ..along
        };
        let shape = Shape::new(&[along], false);
        self.constant(0.0).custom(&POSITIONS, &[], shape)
    }
}

const fn bound(item: Item, open: Bound) -> Option<Bound> {
    match item {
        Item::Open => Some(open),
        Item::Int(number) if number < 0 => Some(Bound::End(number.unsigned_abs() as usize)),
        Item::Int(number) => Some(Bound::Start(Dim::Known(number as usize))),
        Item::Size(Dim::Unknown(u32::MAX)) | Item::Float(_) => None,
        Item::Size(dim) => Some(Bound::Start(dim)),
    }
}

/// 0, 1, 2, …
pub(crate) struct Positions;

/// What gives positions along an axis.
pub(crate) static POSITIONS: Filled<Positions> = Filled(Positions);

impl Fill for Positions {
    fn fill<E: Element>(&self, y: Output<'_, E>) {
        for (position, value) in y.values.iter_mut().enumerate() {
            *value = E::from_f64(position as f64);
        }
    }
}
