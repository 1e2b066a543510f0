//! What layers ask of a scope: their sizes, and what follows from them.

use super::Scope;
use crate::graph::trace::Made;
use crate::shape::{Arg, Dim, FaultKind, Item, MAX_LIST, Value};

/// A size of a layer: what was written for it and what is known of it.
#[derive(Clone, Copy)]
pub struct Size {
    /// The size.
    pub dim: Dim,
    /// What was written.
    pub arg: Arg,
    /// What has to divide it, if anything.
    pub divisor: Option<Divisor>,
}

impl Size {
    /// A size that nobody wrote: it follows from something else.
    pub const fn of(dim: Dim) -> Self {
        Self {
            dim,
            arg: Arg::OPEN,
            divisor: None,
        }
    }

    /// A size that has to be divided.
    pub const fn divided_by(self, divisor: Divisor) -> Self {
        Self {
            divisor: Some(divisor),
            ..self
        }
    }
}

/// What sizes are divided by: an option that may be a size itself, `groups`.
#[derive(Clone, Copy)]
pub struct Divisor {
    /// What it is called.
    pub name: &'static str,
    /// The size.
    pub dim: Dim,
    /// What was written for the option.
    pub arg: Arg,
    /// Another size that it divides as well.
    pub also: Dim,
}

impl Divisor {
    /// The same for sizes that it divides beside this one.
    pub const fn also(self, also: Size) -> Self {
        Self {
            also: also.dim,
            ..self
        }
    }

    /// A number that an option gives.
    pub const fn of(name: &'static str, number: usize, arg: Arg) -> Self {
        let dim = Dim::Known(number);
        Self {
            name,
            dim,
            arg,
            also: Dim::UNTRACKED,
        }
    }
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

impl Sizes {
    /// What was written for one of them.
    pub const fn written(&self, index: usize) -> Arg {
        let value = match self.arg.value {
            Value::List(items, _) => match items[index] {
                Item::Int(size) => Value::Int(size),
                Item::Size(size) => Value::Size(size),
                _ => Value::Open,
            },
            value => value,
        };
        Arg { value, ..self.arg }
    }
}

/// What a size of a layer may be.
const SIZE: &str = "a size of 1 or more, or `_`";

impl<'t> Scope<'t> {
    /// A size of this layer, by its PyTorch name: a number, a name's unknown, or open.
    pub const fn size(self, name: &'static str, arg: Arg) -> Size {
        let dim = match arg.value {
            Value::Open => self.trace.named_size(self.id, name, arg.at),
            Value::Size(dim) if !matches!(dim, Dim::Known(0)) => {
                self.trace.name_size(self.id, name, dim, arg.at);
                dim
            }
            Value::Int(size) if size > 0 => Dim::Known(size as usize),
            _ => {
                self.option_fault(name, SIZE, arg);
                self.trace.named_size(self.id, name, arg.at)
            }
        };
        Size {
            arg,
            ..Size::of(dim)
        }
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
                        Item::Int(size) if size > 0 => Dim::Known(size as usize),
                        Item::Int(_) | Item::Float(_) => {
                            self.wrong_option(names[i], SIZE, arg);
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
                        self.trace.fault(FaultKind::Overflow { operation: "*" });
                        None
                    }
                },
                _ => None,
            };
            i += 1;
        }
        self.derived(from, product)
    }

    /// A size divided by another; a remainder is a mistake of this layer. Each of the three follows from the others.
    pub const fn divided(self, what: &'static str, whole: Size, by: Divisor) -> Dim {
        if let Dim::Known(1) = by.dim {
            return whole.dim;
        }
        let quotient = match (self.trace.value(whole.dim), self.trace.value(by.dim)) {
            (Some(whole), Some(divisor)) if divisor > 0 && whole % divisor == 0 => {
                Some(whole / divisor)
            }
            (Some(size), Some(divisor)) => {
                self.indivisible(what, (whole, size), by, divisor);
                None
            }
            // Whatever it is, as in a depthwise convolution.
            _ if self.trace.are_one(whole.dim, by.dim) => Some(1),
            _ => None,
        };
        let part = self.derived(&[whole.dim, by.dim], quotient);
        self.learn_divided(what, whole, by, part);
        part
    }

    /// What follows from the part of a size that was [`Self::divided`]: to be called again once that is a parameter's.
    pub const fn learn_divided(self, what: &'static str, whole: Size, by: Divisor, part: Dim) {
        let (size, number) = (self.trace.value(whole.dim), self.trace.value(by.dim));
        match (size, number, self.trace.value(part)) {
            (None, Some(number), Some(part)) => {
                if let Some(size) = part.checked_mul(number) {
                    self.trace.unify(whole.dim, Dim::Known(size));
                }
            }
            (Some(size), None, Some(part)) if part > 0 && size % part == 0 => {
                self.trace.unify(by.dim, Dim::Known(size / part));
            }
            (Some(size), None, Some(part)) if part > 0 => {
                let of_a_group = Divisor::of("those of a group", part, Arg::OPEN);
                self.indivisible(what, (whole, size), of_a_group, part);
            }
            _ => {}
        }
        if !self.trace.are_one(whole.dim, by.dim) {
            self.trace.relate(&[part, by.dim], whole.dim);
        }
    }

    const fn indivisible(
        self,
        what: &'static str,
        (whole, size): (Size, usize),
        by: Divisor,
        divisor: usize,
    ) {
        let written = by.arg;
        // A divisor of several sizes is wrong once.
        if self.trace.is_blamed(written.at) {
            return;
        }
        let common = match self.trace.value(by.also) {
            Some(also) => gcd(size, also),
            None => size,
        };
        let kind = FaultKind::Indivisible {
            what,
            size,
            by: by.name,
            divisor,
            common: match written.known() {
                Some(number) if number == divisor => Some(common),
                _ => None,
            },
        };
        // A size that follows from something else is not what to edit.
        let at = match whole.arg.value {
            Value::Open if written.at.is_some() => written.at,
            _ => whole.arg.at,
        };
        self.trace.fault_at(kind, at);
    }

    /// The number that an operation is to have for a size. The graph is made once all sizes are known: what stands for
    /// it before is never run.
    pub const fn number_of(self, size: Dim) -> usize {
        match self.trace.value(size) {
            Some(size) => size,
            None => 1,
        }
    }

    /// A size times a number. Known from either side.
    pub const fn multiplied(self, size: Dim, factor: usize) -> Dim {
        if factor == 1 {
            return size;
        }
        let product = self.product(&[size, Dim::Known(factor)]);
        self.trace.relate(&[size], product);
        self.trace.make(product, Made::times(size, factor));
        product
    }
}

/// The greatest number that divides both (Euclid).
const fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}
