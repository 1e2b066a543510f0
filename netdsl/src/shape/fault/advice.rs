//! Numbers that would do in the place of one that does not, and how axes and numbers are named.

use super::Origin;
use crate::shape::{Amount, Text};

/// The multiples of `divisor` next to `size`.
pub(super) const fn multiples(size: usize, divisor: usize) -> (Option<usize>, Option<usize>) {
    let below = size / divisor * divisor;
    let below = if below > 0 { Some(below) } else { None };
    (below, (size / divisor + 1).checked_mul(divisor))
}

/// What divides `size`, next to `divisor`; far above it is not looked for.
pub(super) const fn divisors(size: usize, divisor: usize) -> (Option<usize>, Option<usize>) {
    let mut below = if divisor < size { divisor } else { size };
    while below > 1 && !size.is_multiple_of(below) {
        below -= 1;
    }
    let (mut above, last) = (divisor, divisor.saturating_mul(4));
    while above < size && above < last && !size.is_multiple_of(above) {
        above += 1;
    }
    let is_one = above <= size && size.is_multiple_of(above);
    (Some(below), if is_one { Some(above) } else { None })
}

impl Text {
    /// That what comes from there is to have a size.
    pub(super) const fn produced(self, origin: &Origin, size: Amount) -> Self {
        let text = match origin.producer() {
            Some(layer) => self.push("have ").push(layer).push(" produce "),
            None => self.push("give it "),
        };
        text.amount(size)
    }
}

impl<const N: usize> Text<N> {
    /// An axis that the user has not named.
    pub(super) const fn axis(self, axis: i64) -> Self {
        let text = self.push("axis ").signed(axis);
        text.push(match axis {
            -1 => " (the last)",
            ..0 => " (-1 is the last)",
            _ => " (0 is the batch)",
        })
    }

    /// `-1`
    pub(in crate::shape) const fn signed(self, number: i64) -> Self {
        let text = self.push(if number < 0 { "-" } else { "" });
        text.number(number.unsigned_abs() as usize)
    }

    /// `2 or 5`
    pub(super) const fn either(self, numbers: (Option<usize>, Option<usize>)) -> Self {
        match numbers {
            (Some(a), Some(b)) => self.number(a).push(" or ").number(b),
            (Some(one), None) | (None, Some(one)) => self.number(one),
            (None, None) => self,
        }
    }

    pub(super) const fn push_if(self, wanted: bool, number: usize) -> Self {
        if wanted { self.number(number) } else { self }
    }
}
