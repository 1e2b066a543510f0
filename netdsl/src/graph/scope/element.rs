//! Elements of arrays in a body, and the numbers of their places: what there is not is told where it is asked for.

use super::Scope;
use crate::graph::Tensor;
use crate::shape::FaultKind;
use std::panic::Location;

/// What a body takes an element of: `skips` in `skips[i]`.
pub struct Indexed<'a, T: ?Sized>(pub &'a T);

impl<T, const N: usize> Indexed<'_, [T; N]> {
    /// How many elements it has.
    pub const fn length(self) -> usize {
        N
    }
}

impl<T, const N: usize> Indexed<'_, &[T; N]> {
    /// How many elements it has.
    pub const fn length(self) -> usize {
        N
    }
}

impl<T, const N: usize> Indexed<'_, &mut [T; N]> {
    /// How many elements it has.
    pub const fn length(self) -> usize {
        N
    }
}

impl<T> Indexed<'_, &[T]> {
    /// How many elements it has.
    pub const fn length(self) -> usize {
        self.0.len()
    }
}

impl Indexed<'_, Tensor<'_>> {
    /// It has none that could be taken so, which rustc tells.
    pub const fn length(self) -> usize {
        usize::MAX
    }
}

/// What a loop goes through that is neither a stack nor a range: `skips` in `for skip in skips`.
pub struct Each<T>(pub T);

impl<T: Copy, const N: usize> Each<[T; N]> {
    /// Its elements. Nothing comes with it: that is what has words where there are none.
    pub const fn elements(self, _nothing: ()) -> [T; N] {
        self.0
    }
}

impl<'a, T: Copy, const N: usize> Each<&'a [T; N]> {
    /// Its elements.
    pub const fn elements(self, _nothing: ()) -> &'a [T; N] {
        self.0
    }
}

impl<'a, T: Copy> Each<&'a [T]> {
    /// Its elements.
    pub const fn elements(self, _nothing: ()) -> &'a [T] {
        self.0
    }
}

/// Implemented by nothing: the bound that tells of a tensor that a loop is to go through.
#[diagnostic::on_unimplemented(
    message = "a tensor is no array that a loop goes through",
    label = "a tensor",
    note = "layers and operations take all places along an axis at once: `layer(x)`",
    note = "one place is `x.select_index(1, i)`, in a loop `for i in 0..3`; parts of equal size are an array: `for part in x.chunk::<3>(1)`"
)]
pub trait Places {}

impl<'t> Each<Tensor<'t>> {
    /// What there is not.
    pub const fn elements<W: Places + Copy>(self, _words: W) -> [Tensor<'t>; 0] {
        []
    }
}

impl<'t> Each<&Tensor<'t>> {
    /// What there is not.
    pub const fn elements<W: Places + Copy>(self, _words: W) -> [Tensor<'t>; 0] {
        []
    }
}

/// Implemented by nothing: the bound that tells of what has no elements.
#[diagnostic::on_unimplemented(
    message = "a loop goes through a stack, an array or a range, and `{T}` is none of them",
    label = "neither a stack nor an array"
)]
pub trait Elements<T> {
    /// What would be gone through.
    type List;
}

impl<'t, T: Copy> Each<(Tensor<'t>, T)> {
    /// What several results have not.
    pub const fn elements<W: Elements<(Tensor<'t>, T)> + Copy>(self, _words: W) -> [Tensor<'t>; 0] {
        []
    }
}

/// What a loop comes upon through what is no array.
pub trait NoElements<T>: Sized {
    /// What there is not.
    fn elements<W: Elements<T>>(self, _words: W) -> W::List {
        unreachable!()
    }
}

impl<T> NoElements<T> for Each<T> {}

impl Scope<'_> {
    /// Tells that an operation on two whole numbers gives none; what is built on it is not looked at.
    #[track_caller]
    pub(crate) const fn no_count(
        self,
        operation: &'static str,
        left: usize,
        right: usize,
    ) -> usize {
        self.no_number(
            Location::caller(),
            FaultKind::NoCount {
                operation,
                left,
                right,
            },
        );
        0
    }

    /// As [`Self::no_count`], for numbers that may be below 0.
    #[track_caller]
    pub(crate) const fn no_integer(self, operation: &'static str, left: i64, right: i64) -> i64 {
        self.no_number(
            Location::caller(),
            FaultKind::NoInteger {
                operation,
                left,
                right,
            },
        );
        0
    }

    const fn no_number(self, place: &'static Location<'static>, fault: FaultKind) {
        self.trace.pass(place);
        self.trace.fault(fault);
        self.trace.leave_vague(self.id);
    }

    /// Which element of an array is taken: the one that is asked for, or if it is not there any other one, of which
    /// nothing is told.
    #[track_caller]
    pub const fn element(self, name: &'static str, count: usize, index: usize) -> usize {
        if index < count {
            return index;
        }
        self.no_number(
            Location::caller(),
            FaultKind::NoElement { name, index, count },
        );
        0
    }
}
