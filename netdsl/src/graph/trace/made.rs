//! What sizes that are not known are made of: `2 · n + 1` is odd whatever `n` will be, and tells `n`.

use super::*;
use crate::shape::{Amount, Dim, FaultKind};

/// factor · base + offset, or more than that.
#[derive(Clone, Copy)]
pub(crate) struct Made {
    /// None is a size that nothing else is made of.
    base: Option<Dim>,
    factor: usize,
    offset: i64,
    more: bool,
}

impl Made {
    /// A size that is so much larger than another, or smaller.
    pub(crate) const fn shifted(base: Dim, offset: i64) -> Self {
        Self {
            base: Some(base),
            factor: 1,
            offset,
            more: false,
        }
    }

    /// Some multiple of a number.
    pub(crate) const fn multiple_of(factor: usize) -> Self {
        Self {
            base: None,
            factor,
            offset: 0,
            more: false,
        }
    }

    /// A multiple of a size.
    pub(crate) const fn times(base: Dim, factor: usize) -> Self {
        Self {
            factor,
            ..Self::shifted(base, 0)
        }
    }

    /// The same and so much more.
    pub(crate) const fn plus(self, offset: i64) -> Self {
        Self { offset, ..self }
    }

    const fn is_of_untracked(&self) -> bool {
        matches!(self.base, Some(base) if base.is_untracked())
    }

    /// That much, or more.
    pub(crate) const fn or_more(self) -> Self {
        Self { more: true, ..self }
    }
}

/// As [`Made`], in a table: `base` is an unknown, or `NONE` for one that nothing else is made of.
#[derive(Clone, Copy)]
pub(super) struct Form {
    base: u32,
    factor: i64,
    offset: i64,
    more: bool,
}

impl Form {
    /// It may be any size.
    pub(super) const ANY: Self = Self::of(NONE);

    const fn of(base: u32) -> Self {
        Self {
            base,
            factor: 1,
            offset: 0,
            more: false,
        }
    }

    /// A number.
    const fn constant(size: usize) -> Self {
        Self {
            factor: 0,
            offset: size as i64,
            ..Self::ANY
        }
    }

    /// The size that it is, if it is a number.
    const fn number(&self) -> Option<usize> {
        if self.factor == 0 && !self.more && self.offset >= 0 {
            Some(self.offset as usize)
        } else {
            None
        }
    }

    /// How much it tells, so that of two the better one is kept.
    const fn rank(&self) -> u8 {
        if self.base == NONE && self.factor == 1 && self.offset == 0 {
            0
        } else if self.more {
            1
        } else {
            2
        }
    }

    /// The one of two that tells more.
    pub(super) const fn or(self, other: Self) -> Self {
        if other.improves(&self) { other } else { self }
    }

    const fn improves(&self, other: &Self) -> bool {
        let bounds = self.rank() == 1 && other.rank() == 1;
        self.rank() > other.rank() || bounds && self.offset > other.offset
    }

    /// What this is, whose base is what `inner` is; nothing is known where it is too large to count with.
    const fn applied_to(self, inner: Self) -> Self {
        match (
            self.factor.checked_mul(inner.factor),
            self.factor.checked_mul(inner.offset),
        ) {
            (Some(factor), Some(offset)) => match offset.checked_add(self.offset) {
                Some(offset) => Self {
                    base: inner.base,
                    factor,
                    offset,
                    more: self.more || inner.more,
                },
                None => Self::ANY,
            },
            _ => Self::ANY,
        }
    }

    /// Whether it may be this size.
    pub(super) const fn can_be(&self, size: usize) -> bool {
        if size > i64::MAX as usize {
            return true;
        }
        let Some(rest) = (size as i64).checked_sub(self.offset) else {
            return true;
        };
        match self.factor {
            _ if self.more => rest >= 0,
            0 => rest == 0,
            factor => rest >= 0 && rest % factor == 0,
        }
    }

    /// Whether both may be one size. No axis has a size of 0 for its being made of another one so.
    const fn can_equal(&self, other: &Self) -> bool {
        if let Some(size) = self.number() {
            return other.can_be(size);
        }
        if let Some(size) = other.number() {
            return self.can_be(size);
        }
        if self.base == NONE || self.base != other.base {
            return true;
        }
        let (small, large) = if self.factor <= other.factor {
            (self, other)
        } else {
            (other, self)
        };
        // (large.factor − small.factor) · base is what they differ by beside.
        let (Some(factor), Some(rest)) = (
            large.factor.checked_sub(small.factor),
            small.offset.checked_sub(large.offset),
        ) else {
            return true;
        };
        match (small.more, large.more) {
            (true, true) => true,
            (true, false) => factor > 0 || rest <= 0,
            (false, true) => rest >= factor,
            (false, false) if factor == 0 => rest == 0,
            (false, false) => rest >= factor && rest % factor == 0,
        }
    }
}

impl Trace<'_> {
    /// Notes what a size is made of, which tells the one of the other; where that cannot be, it is a mistake of what
    /// is run.
    pub(crate) const fn make(&self, dim: Dim, made: Made) {
        let countable = made.factor > 0 && made.factor <= i64::MAX as usize;
        let Dim::Unknown(index) = dim else { return };
        if dim.is_untracked() || made.is_of_untracked() || !countable || self.is_vague() {
            return;
        }
        let (root, cell) = self.root(index);
        let form = Form {
            base: match made.base {
                Some(Dim::Unknown(base)) => self.root_of(base),
                _ => NONE,
            },
            factor: made.factor as i64,
            offset: made.offset,
            more: made.more,
        };
        let whole = match made.base {
            Some(base) => {
                // Should it be learned later, this is run again.
                self.value(base);
                form.applied_to(self.form_of(base))
            }
            None => form,
        };
        let own = self.form(root);
        if !whole.can_equal(&own) {
            self.fault(FaultKind::Computed {
                size: self.amount_beside(whole, own.number()),
                settled: self.amount_beside(own, whole.number()),
            });
        } else if let Some(size) = cell.value {
            self.settle_base(form, size);
        } else if let Some(size) = whole.number() {
            self.settle(root, size);
        } else if form.base != root && form.improves(&cell.form) {
            self.tables.dims[root as usize].replace(DimCell { form, ..cell });
        }
    }

    /// The base of what has this size is known by that.
    pub(super) const fn settle_base(&self, form: Form, size: usize) {
        if form.base != NONE && !form.more && form.factor > 0 && size <= i64::MAX as usize {
            let rest = size as i64 - form.offset;
            if rest % form.factor == 0 && rest >= 0 {
                self.unify(
                    Dim::Unknown(form.base),
                    Dim::Known((rest / form.factor) as usize),
                );
            }
        }
    }

    /// Of what an unknown is made in the end.
    pub(super) const fn form(&self, root: u32) -> Form {
        self.reduced(Form::of(root))
    }

    const fn reduced(&self, mut form: Form) -> Form {
        let mut steps = 0;
        while form.base != NONE && steps < 64 {
            let (root, cell) = self.root(form.base);
            let inner = match cell.value {
                Some(size) => Form::constant(size),
                None if cell.form.rank() == 0 => Form::of(root),
                None => cell.form,
            };
            form = form.applied_to(inner);
            if inner.base == root {
                return form;
            }
            steps += 1;
        }
        form
    }

    /// Whether two sizes may be equal.
    pub(crate) const fn can_equal(&self, a: Dim, b: Dim) -> bool {
        self.form_of(a).can_equal(&self.form_of(b))
    }

    /// Two sizes that are not equal, in words for each.
    pub(crate) const fn amounts(&self, a: Dim, b: Dim) -> (Amount, Amount) {
        let (x, y) = (self.number_of(a), self.number_of(b));
        (self.amount_of(a, y), self.amount_of(b, x))
    }

    /// Whether the network has a name for a size.
    pub(crate) const fn has_name(&self, dim: Dim) -> bool {
        match dim {
            Dim::Unknown(index) => index != NONE && !self.name_for(index).is_empty(),
            Dim::Known(_) => false,
        }
    }

    /// The name that the network has for an unknown, or for one that equals it; empty where it has none.
    pub(super) const fn name_for(&self, root: u32) -> &'static str {
        let mut index = self.scope(0).last_size;
        while index != NONE {
            let cell = self.tables.sizes[index as usize].get();
            if self.are_one(cell.dim, Dim::Unknown(root)) {
                return cell.name;
            }
            index = cell.previous;
        }
        ""
    }

    /// The number that a size is, also one too large for a form.
    const fn number_of(&self, dim: Dim) -> Option<usize> {
        match dim {
            Dim::Known(size) => Some(size),
            Dim::Unknown(NONE) => None,
            Dim::Unknown(index) => match self.root(index).1.value {
                Some(size) => Some(size),
                None => self.form(index).number(),
            },
        }
    }

    const fn form_of(&self, dim: Dim) -> Form {
        match dim {
            Dim::Known(size) => Form::constant(size),
            Dim::Unknown(NONE) => Form::ANY,
            Dim::Unknown(index) => self.form(index),
        }
    }

    /// A size in words, as [`Self::amount_beside`].
    const fn amount_of(&self, dim: Dim, number: Option<usize>) -> Amount {
        match self.number_of(dim) {
            Some(size) => Amount::Known(size),
            None => self.amount_beside(self.form_of(dim), number),
        }
    }

    /// A size in words; beside a number that it cannot be, why it cannot.
    const fn amount_beside(&self, form: Form, number: Option<usize>) -> Amount {
        if let Some(size) = form.number() {
            return Amount::Known(size);
        }
        match number {
            Some(size) if (size as i64) < form.offset => Amount::AtLeast(form.offset as usize),
            Some(_) if form.offset == 0 => Amount::MultipleOf(form.factor as usize),
            _ => Amount::Made {
                name: self.name_for(form.base),
                factor: form.factor,
                offset: form.offset,
                more: form.more,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms() -> Vec<Form> {
        let mut forms = Vec::new();
        for factor in 1..4 {
            for offset in -3..4 {
                for more in [false, true] {
                    forms.push(Form {
                        base: 0,
                        factor,
                        offset,
                        more,
                    });
                }
            }
        }
        forms
    }

    #[test]
    fn a_size_can_be_what_one_of_its_bases_gives() {
        for form in forms() {
            for size in 0..60 {
                let gives = (0..80).any(|base| {
                    let made = form.factor * base + form.offset;
                    size == made || form.more && size > made
                });
                let words = (form.factor, form.offset, form.more);
                assert_eq!(form.can_be(size as usize), gives, "{size}, {words:?}");
            }
        }
    }

    #[test]
    fn two_sizes_can_be_one_where_a_base_makes_them_one() {
        for a in forms() {
            for b in forms() {
                let equal = (1..80).any(|base| {
                    let (x, y) = (a.factor * base + a.offset, b.factor * base + b.offset);
                    x == y || b.more && x > y || a.more && y > x
                });
                let words = [a, b].map(|form| (form.factor, form.offset, form.more));
                assert_eq!(a.can_equal(&b), equal, "{words:?}");
            }
        }
    }
}
