//! Parts of a tensor along an axis.

use super::Tensor;
use crate::graph::op::Op;
use crate::graph::trace::Made;
use crate::shape::{Axis, Dim, FaultKind, Shape, rule};

impl<'t> Tensor<'t> {
    /// `length` elements along an axis, from `start`: for functions of one's own, which cannot write the ranges of a body
    /// that [`Self::slice`] takes.
    #[track_caller]
    pub const fn narrow(self, dim: i64, start: usize, length: usize) -> Self {
        self.pass();
        match self.axis("narrow", dim) {
            Some(axis) => self.sliced(axis, start, 1, length),
            None => self.unknown(),
        }
    }

    /// The element at `index` along an axis, which goes; a negative index counts from the end. The variable of a loop over
    /// `usize` is `i as i64` here.
    #[track_caller]
    pub const fn select_index(self, dim: i64, index: i64) -> Self {
        self.pass();
        let Some(axis) = self.axis("select_index", dim) else {
            return self.unknown();
        };
        let start = match self.trace().value(self.shape().axis(axis).dim) {
            Some(size) => match rule::axis_index(index, size) {
                Some(start) => start,
                None => {
                    self.too_short("select_index", axis, index, 1, size);
                    return self.unknown();
                }
            },
            None => 0,
        };
        let piece = self.sliced(axis, start, 1, 1);
        let (mut result, mut i) = (Shape::new(&[], self.batched()), 0);
        while i < self.shape().rank() {
            if i != axis {
                result = result.with_last(self.shape().axis(i));
            }
            i += 1;
        }
        piece.record(Op::Reshape, result)
    }

    /// `length` elements along an axis, from `start`, `step` apart.
    pub const fn sliced(self, axis: usize, start: usize, step: usize, length: usize) -> Self {
        let trace = self.trace();
        let old = self.shape().axis(axis);
        let end = match length.saturating_sub(1).checked_mul(step) {
            Some(reach) => start.saturating_add(reach),
            None => usize::MAX,
        };
        let part = match trace.value(old.dim) {
            Some(size) if length > 0 && end >= size => {
                let start = if start > i64::MAX as usize {
                    i64::MAX
                } else {
                    start as i64
                };
                self.too_short("narrow", axis, start, length, size);
                old.unknown()
            }
            _ => Axis {
                dim: Dim::Known(length),
                ..old
            },
        };
        let shape = self.shape().with_axis(axis, part);
        self.record(
            Op::Slice {
                axis: axis as u8,
                start,
                step,
            },
            shape,
        )
    }

    /// Reports elements asked for past the end of an axis.
    pub(super) const fn too_short(
        self,
        operation: &'static str,
        axis: usize,
        start: i64,
        length: usize,
        size: usize,
    ) {
        self.trace().fault(FaultKind::TooShort {
            operation,
            axis,
            start,
            length,
            size,
            origin: self.trace().origin(self.shape().axis(axis)),
        });
    }

    /// Equal parts along an axis: `let [q, k, v] = qkv.chunk(-1);`.
    #[track_caller]
    pub const fn chunk<const N: usize>(self, dim: i64) -> [Self; N] {
        self.pass();
        let mut parts = [self.unknown(); N];
        let Some(axis) = self.axis("chunk", dim) else {
            return parts;
        };
        let (trace, old) = (self.trace(), self.shape().axis(axis));
        let length = match trace.value(old.dim) {
            Some(size) if N > 0 && size % N == 0 => Some(size / N),
            Some(size) => {
                trace.fault(FaultKind::Chunks {
                    axis,
                    size,
                    parts: N,
                    origin: trace.origin(old),
                });
                None
            }
            None => None,
        };
        let dim = trace.derived(&[old.dim], length);
        trace.relate(&[dim], old.dim);
        trace.make(old.dim, Made::times(dim, N));
        let mut i = 0;
        while i < N {
            let start = match length {
                Some(length) => i * length,
                None => 0,
            };
            let shape = self.shape().with_axis(axis, Axis { dim, ..old });
            parts[i] = self.record(
                Op::Slice {
                    axis: axis as u8,
                    start,
                    step: 1,
                },
                shape,
            );
            i += 1;
        }
        parts
    }

    /// [`Self::part`] along the last axis. Where nothing is known of a shape, there need not be any.
    pub(crate) const fn last_part(self, start: Option<usize>, size: Dim) -> Self {
        match self.shape().rank() {
            0 => self.unknown(),
            rank => self.part(rank - 1, start, size),
        }
    }

    /// The elements from `start` on along an axis, as many as the size given says.
    pub(crate) const fn part(self, axis: usize, start: Option<usize>, size: Dim) -> Self {
        let start = match start {
            Some(start) => start,
            None => 0,
        };
        let shape = self.shape().with_axis(
            axis,
            Axis {
                dim: size,
                ..self.shape().axis(axis)
            },
        );
        self.record(
            Op::Slice {
                axis: axis as u8,
                start,
                step: 1,
            },
            shape,
        )
    }
}
