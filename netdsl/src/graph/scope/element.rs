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
