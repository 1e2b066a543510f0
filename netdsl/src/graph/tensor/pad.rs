//! Elements around the last axes: `torch.nn.functional.pad`.

use super::Tensor;
use crate::graph::op::{Op, PadMode, Padding};
use crate::graph::trace::Made;
use crate::shape::{Arg, Axis, Dim, FaultKind, Item, Value};

const PAIRS: &str = "two whole numbers for each axis, the last one's first: `[1, 1]`, `[left, right, top, bottom]`, at most three pairs";
const NEGATIVE: &str = "no negative numbers: only `pad` and `pad_constant` cut";
const TOO_FEW: &str = "no more pairs than a sample has axes";

/// How many elements to add before and after each of the last axes, the last one first; fewer than none to cut.
#[derive(Clone, Copy)]
pub(crate) struct Amounts {
    pub(crate) pairs: [(i64, i64); 3],
    pub(crate) rank: usize,
}

impl Amounts {
    /// Those of a list, `[left, right, top, bottom]`.
    pub(crate) const fn listed(list: Arg) -> Option<Self> {
        let Value::List(items, count) = list.value else {
            return None;
        };
        if count == 0 || count % 2 == 1 || count > 6 {
            return None;
        }
        let (mut pairs, mut i) = ([(0, 0); 3], 0);
        while i < count {
            let (Some(before), Some(after)) = (number(items[i]), number(items[i + 1])) else {
                return None;
            };
            pairs[i / 2] = (before, after);
            i += 2;
        }
        Some(Self {
            pairs,
            rank: count / 2,
        })
    }

    /// The same number on all sides of the last `rank` axes.
    pub(crate) const fn even(amount: Arg, rank: usize) -> Option<Self> {
        let amount = match amount.value {
            Value::Int(amount) => number(Item::Int(amount)),
            Value::Size(size) => number(Item::Size(size)),
            _ => None,
        };
        match amount {
            Some(amount) => Some(Self {
                pairs: [(amount, amount); 3],
                rank,
            }),
            None => None,
        }
    }

    const fn cuts(&self) -> bool {
        let mut i = 0;
        while i < self.rank {
            if self.pairs[i].0 < 0 || self.pairs[i].1 < 0 {
                return true;
            }
            i += 1;
        }
        false
    }
}

/// A number within reach of all arithmetic on sizes.
const fn number(item: Item) -> Option<i64> {
    let number = match item {
        Item::Int(number) => number,
        Item::Size(Dim::Known(number)) if number < 1 << 40 => number as i64,
        _ => return None,
    };
    if number.unsigned_abs() < 1 << 40 {
        Some(number)
    } else {
        None
    }
}

impl<'t> Tensor<'t> {
    /// Zeros around the last axes, as many as listed: `[left, right]`, `[left, right, top, bottom]`, the last axis first, as
    /// `torch.nn.functional.pad`. A negative number cuts elements off: `x.pad([0, -2])` is all but the last two.
    #[track_caller]
    pub const fn pad(self, amounts: Arg) -> Self {
        self.pass();
        self.padded_by("pad", amounts, PadMode::Constant(0.0))
    }

    /// As [`Self::pad`], with another number than 0.
    #[track_caller]
    pub const fn pad_constant(self, amounts: Arg, value: f64) -> Self {
        self.pass();
        self.padded_by("pad_constant", amounts, PadMode::Constant(value))
    }

    /// As [`Self::pad`], with what is there mirrored at the edge, which is not repeated.
    #[track_caller]
    pub const fn pad_reflect(self, amounts: Arg) -> Self {
        self.pass();
        self.padded_by("pad_reflect", amounts, PadMode::Reflect)
    }

    /// As [`Self::pad`], with the element at the edge.
    #[track_caller]
    pub const fn pad_replicate(self, amounts: Arg) -> Self {
        self.pass();
        self.padded_by("pad_replicate", amounts, PadMode::Replicate)
    }

    /// As [`Self::pad`], with what is there from the other end.
    #[track_caller]
    pub const fn pad_circular(self, amounts: Arg) -> Self {
        self.pass();
        self.padded_by("pad_circular", amounts, PadMode::Circular)
    }

    const fn padded_by(self, operation: &'static str, list: Arg, mode: PadMode) -> Self {
        match Amounts::listed(list) {
            Some(amounts) => self.with_amounts(operation, amounts, mode),
            None if list.is_undecided() => {
                let trace = self.trace();
                trace.undecided(trace.current(), operation, &list);
                self.unknown()
            }
            None => self.no_padding(operation, PAIRS),
        }
    }

    const fn no_padding(self, operation: &'static str, wanted: &'static str) -> Self {
        self.trace().fault(FaultKind::Option {
            operation,
            name: "amounts",
            wanted,
            given: None,
        });
        self.unknown()
    }

    /// Padded, then cut where amounts are negative.
    pub(crate) const fn with_amounts(
        self,
        operation: &'static str,
        amounts: Amounts,
        mode: PadMode,
    ) -> Self {
        if amounts.cuts() && !matches!(mode, PadMode::Constant(_)) {
            return self.no_padding(operation, NEGATIVE);
        }
        let rank = amounts.rank;
        if self.shape().open {
            self.trace().look_again(self.trace().current());
            return self.unknown();
        }
        if self.shape().rank() - self.shape().batch_axes() < rank {
            return self.no_padding(operation, TOO_FEW);
        }
        let (mut low, mut high, mut i) = ([0; 3], [0; 3], 0);
        while i < rank {
            let (before, after) = amounts.pairs[rank - 1 - i];
            low[i] = positive(before);
            high[i] = positive(after);
            i += 1;
        }
        let grows = low[0] + low[1] + low[2] + high[0] + high[1] + high[2] > 0;
        let (mut y, mut i) = (self, 0);
        if grows {
            y = y.padded(rank, low, high, mode);
        }
        // Where layers run an unknown number of times, nothing is known of what is padded.
        while i < rank && !y.shape().open {
            let (before, after) = amounts.pairs[i];
            y = y.cut(
                operation,
                y.shape().rank() - 1 - i,
                positive(-before),
                positive(-after),
            );
            i += 1;
        }
        y
    }

    /// Without so many elements at the ends of an axis.
    const fn cut(self, operation: &'static str, axis: usize, before: usize, after: usize) -> Self {
        let old = self.shape().axis(axis);
        if before + after == 0 {
            return self;
        }
        let part = self.shifted(old.dim, 0, before + after);
        if let Some(size) = self.trace().value(old.dim)
            && size < before + after
        {
            self.too_short(operation, axis, 0, before + after, size);
            return self.unknown();
        }
        self.part(axis, Some(before), part)
    }

    /// More elements around the last `rank` axes.
    pub(crate) const fn padded(
        self,
        rank: usize,
        low: [usize; 3],
        high: [usize; 3],
        mode: PadMode,
    ) -> Self {
        let (mut shape, mut i) = (*self.shape(), 0);
        while i < rank && shape.rank() >= rank {
            let at = shape.rank() - rank + i;
            let axis = shape.axis(at);
            let dim = self.shifted(axis.dim, low[i].saturating_add(high[i]), 0);
            let shown = self.has_elements(at, low[i], mode) && self.has_elements(at, high[i], mode);
            let axis = Axis { dim, ..axis };
            shape = shape.with_axis(at, if shown { axis } else { axis.unknown() });
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

    /// Whether an axis is long enough for what a padding shows of it, which is reported where it is not.
    const fn has_elements(self, axis: usize, amount: usize, mode: PadMode) -> bool {
        let (axis_at, trace) = (self.shape().axis(axis), self.trace());
        let Some(size) = trace.value(axis_at.dim) else {
            return true;
        };
        let (least, most) = match mode {
            PadMode::Constant(_) => return true,
            PadMode::Reflect => (amount.saturating_add(1), size.saturating_sub(1)),
            PadMode::Circular => (amount, size),
            PadMode::Replicate => (1, 0),
        };
        if amount == 0 || size >= least {
            return true;
        }
        trace.fault(FaultKind::TooNarrow {
            axis,
            amount,
            least,
            most,
            size,
            origin: trace.origin(axis_at),
        });
        false
    }

    /// A size and so many more, then so many less. Known from either side.
    const fn shifted(self, size: Dim, more: usize, less: usize) -> Dim {
        let trace = self.trace();
        if more == 0 && less == 0 {
            return size;
        }
        let result = match trace.value(size) {
            Some(size) => match size.checked_add(more) {
                Some(sum) => sum.checked_sub(less),
                None => None,
            },
            None => None,
        };
        let dim = trace.derived(&[size], result);
        trace.relate(&[size], dim);
        trace.make(dim, Made::shifted(size, more as i64 - less as i64));
        dim
    }
}

const fn positive(amount: i64) -> usize {
    if amount > 0 { amount as usize } else { 0 }
}
