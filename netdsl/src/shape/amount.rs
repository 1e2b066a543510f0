//! Sizes in words, known or not.

use crate::shape::Text;

/// A size as a mistake tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// A number.
    Known(usize),
    /// That number or a greater one.
    AtLeast(usize),
    /// A multiple of a number.
    MultipleOf(usize),
    /// What is made of a size that is not known.
    Made {
        /// The name of that size; empty where it has none.
        name: &'static str,
        /// How many times it is taken.
        factor: i64,
        /// What is added.
        offset: i64,
        /// There is more than that.
        more: bool,
    },
}

impl Amount {
    /// The number, if it is one.
    pub const fn known(&self) -> Option<usize> {
        match self {
            Self::Known(size) => Some(*size),
            _ => None,
        }
    }

    /// What one may write for it, other than `_`: a number or a name.
    pub(crate) const fn written(&self) -> Option<Text<80>> {
        match self {
            Self::Known(size) => Some(Text::EMPTY.number(*size)),
            Self::Made {
                name,
                factor: 1,
                offset: 0,
                more: false,
            } if !name.is_empty() => Some(Text::EMPTY.push_cut(name)),
            _ => None,
        }
    }

    /// Whether it is another size and so much more or less.
    pub(crate) const fn is_shifted(&self) -> bool {
        matches!(self, Self::Made { factor: 1, offset, more: false, .. } if *offset != 0)
    }

    pub(crate) const fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Known(a), Self::Known(b))
            | (Self::AtLeast(a), Self::AtLeast(b))
            | (Self::MultipleOf(a), Self::MultipleOf(b)) => *a == *b,
            _ => false,
        }
    }
}

impl<const N: usize> Text<N> {
    /// Appends what one may write for a size; `or_open`: `_` is one of that.
    pub(crate) const fn writable(self, amount: Amount, or_open: bool) -> Self {
        let text = match (amount.written(), amount) {
            (Some(written), _) => self.push("`").push(written.as_str()).push("`"),
            (None, Amount::Made { .. }) if or_open => return self.push("`_`"),
            (None, _) => self.amount(amount),
        };
        if or_open { text.push(" or `_`") } else { text }
    }

    /// Appends a size.
    pub const fn amount(self, amount: Amount) -> Self {
        match amount {
            Amount::Known(size) => self.number(size),
            Amount::AtLeast(size) => self.push("at least ").number(size),
            Amount::MultipleOf(factor) => self.push("a multiple of ").number(factor),
            Amount::Made {
                name,
                factor,
                offset,
                more,
            } => {
                let text = self.push(if more { "at least `" } else { "`" });
                let text = text.push(if name.is_empty() { "_" } else { name });
                let text = match factor {
                    1 => text,
                    _ => text.push(" * ").signed(factor),
                };
                let text = match offset {
                    0 => text,
                    1.. => text.push(" + ").signed(offset),
                    _ => text.push(" - ").number(offset.unsigned_abs() as usize),
                };
                text.push("`")
            }
        }
    }
}
