//! What layers ask of a scope: their sizes, and what follows from them.

use super::Scope;
use crate::shape::{Arg, Dim, FaultKind, Item, MAX_LIST, Value};

/// A size of a layer: what was written for it and what is known of it.
#[derive(Clone, Copy)]
pub struct Size {
    /// The size.
    pub dim: Dim,
    /// What was written.
    pub arg: Arg,
}

impl Size {
    /// A size that nobody wrote: it follows from something else.
    pub const fn of(dim: Dim) -> Self {
        Self {
            dim,
            arg: Arg::OPEN,
        }
    }
}

/// What a size is divided by, which follows from an option: `groups`.
#[derive(Clone, Copy)]
pub struct Divisor {
    /// What it is called.
    pub name: &'static str,
    /// The number.
    pub number: usize,
    /// What was written for the option.
    pub arg: Arg,
}

/// A list of sizes, such as `normalized_shape`.
#[derive(Clone, Copy)]
pub struct Sizes {
    /// The sizes.
    pub dims: [Dim; MAX_LIST],
    /// How many there are.
    pub count: usize,
    /// What was written.
    pub arg: Arg,
}

impl<'t> Scope<'t> {
    /// A size of this layer, by its PyTorch name: a number, a name's unknown, or open.
    pub const fn size(self, name: &'static str, arg: Arg) -> Size {
        let dim = match arg.value {
            Value::Open => self.trace.named_size(self.id, name, arg.at),
            Value::Size(dim) => {
                self.trace.name_size(self.id, name, dim, arg.at);
                dim
            }
            Value::Int(size) if size >= 0 => Dim::Known(size as usize),
            _ => {
                self.option_fault(name, "a size or `_`", arg);
                self.trace.named_size(self.id, name, arg.at)
            }
        };
        Size { dim, arg }
    }

    /// A list of sizes of this layer; a single one counts as a list.
    pub const fn sizes(self, names: [&'static str; MAX_LIST], arg: Arg) -> Sizes {
        let mut dims = [Dim::UNTRACKED; MAX_LIST];
        let count = match arg.value {
            Value::List(items, count) => {
                let mut i = 0;
                while i < count {
                    dims[i] = match items[i] {
                        Item::Open => self.trace.named_size(self.id, names[i], arg.at),
                        Item::Size(dim) => dim,
                        Item::Int(size) if size >= 0 => Dim::Known(size as usize),
                        Item::Int(_) | Item::Float(_) => {
                            self.wrong_option(names[i], "a size or `_`", arg);
                            self.trace.named_size(self.id, names[i], arg.at)
                        }
                    };
                    i += 1;
                }
                count
            }
            Value::TooLong => {
                self.option_fault(names[0], "", arg);
                dims[0] = self.trace.fresh_from_something();
                1
            }
            _ => {
                dims[0] = self.size(names[0], arg).dim;
                1
            }
        };
        Sizes { dims, count, arg }
    }

    pub(in crate::graph) const fn dim_of(self, arg: &Arg) -> Dim {
        match arg.value {
            Value::Size(dim) => dim,
            Value::Int(size) if size >= 0 => Dim::Known(size as usize),
            Value::Open => self.trace.fresh_from_something(),
            _ => {
                self.option_fault(
                    "a size of the signature",
                    "a whole number, a name or `_`",
                    *arg,
                );
                self.trace.fresh_from_something()
            }
        }
    }

    /// The value of a size, where it is known.
    pub const fn known(self, dim: Dim) -> Option<usize> {
        self.trace.value(dim)
    }

    /// A new size that follows from others by arithmetic: their known values and the result.
    pub const fn derived(self, from: &[Dim], size: Option<usize>) -> Dim {
        self.trace.derived(from, size)
    }

    /// The product of sizes, as far as it is known; an overflow is a mistake of this layer.
    pub const fn product(self, from: &[Dim]) -> Dim {
        let (mut product, mut i) = (Some(1usize), 0);
        while i < from.len() {
            product = match (product, self.trace.value(from[i])) {
                (Some(product), Some(size)) => match product.checked_mul(size) {
                    Some(product) => Some(product),
                    None => {
                        self.trace.fault(FaultKind::Overflow {
                            operation: "product of sizes",
                        });
                        None
                    }
                },
                _ => None,
            };
            i += 1;
        }
        self.derived(from, product)
    }

    /// An option that is a whole number above 0 and divides sizes.
    pub const fn divisor(self, name: &'static str, arg: Arg) -> Divisor {
        let number = self.positive(name, arg);
        Divisor { name, number, arg }
    }

    /// A size divided by a number; a remainder is a mistake of this layer. Known from either side.
    pub const fn divided(self, what: &'static str, size: Size, by: Divisor) -> Dim {
        let divisor = by.number;
        if divisor == 1 {
            return size.dim;
        }
        let quotient = match self.trace.value(size.dim) {
            Some(whole) if divisor > 0 && whole % divisor == 0 => Some(whole / divisor),
            Some(whole) => {
                self.trace.fault_at(
                    FaultKind::Indivisible {
                        what,
                        size: whole,
                        by: by.name,
                        divisor,
                        free: matches!(by.arg.known(), Some(written) if written == divisor),
                    },
                    // A size that follows from something else is not what to edit.
                    match size.arg.value {
                        Value::Open if by.arg.at.is_some() => by.arg.at,
                        _ => size.arg.at,
                    },
                );
                None
            }
            None => None,
        };
        let part = self.derived(&[size.dim], quotient);
        self.learn_whole(size, part, divisor);
        part
    }

    /// A size that was [`Self::divided`] follows from its part: to be called again once the part is a parameter's.
    pub const fn learn_whole(self, size: Size, part: Dim, divisor: usize) {
        if let (Some(part), None) = (self.trace.value(part), self.trace.value(size.dim))
            && let Some(whole) = part.checked_mul(divisor)
        {
            self.trace.unify(size.dim, Dim::Known(whole));
        }
        self.trace.relate(&[size.dim], part);
    }

    /// A size times a number. Known from either side.
    pub const fn multiplied(self, size: Dim, factor: usize) -> Dim {
        if factor == 1 {
            return size;
        }
        let product = self.product(&[size, Dim::Known(factor)]);
        if let (Some(whole), None) = (self.trace.value(product), self.trace.value(size))
            && factor > 0
            && whole % factor == 0
        {
            self.trace.unify(size, Dim::Known(whole / factor));
        }
        self.trace.relate(&[size], product);
        product
    }
}
