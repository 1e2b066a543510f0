//! What layers ask of a scope about their options: numbers, flags and words, or a mistake.

use super::{Divisor, Scope};
use crate::graph::trace::same_text;
use crate::shape::{Arg, Dim, FaultKind, Item, Value};

const POSITIVE: &str = "a whole number above 0";

impl<'t> Scope<'t> {
    /// An option that is a whole number, not negative.
    pub const fn count(self, name: &'static str, arg: Arg) -> usize {
        match arg.value {
            Value::Int(number) if number >= 0 => number as usize,
            Value::Size(Dim::Known(number)) => number,
            _ => {
                self.option_fault(name, "a whole number", arg);
                1
            }
        }
    }

    /// An option that is a whole number above 0.
    pub const fn positive(self, name: &'static str, arg: Arg) -> usize {
        match arg.value {
            Value::Int(number) if number > 0 => number as usize,
            Value::Size(Dim::Known(number)) if number > 0 => number,
            _ => {
                self.option_fault(name, POSITIVE, arg);
                1
            }
        }
    }

    /// An option above 0 that divides sizes: a number, or a size that follows from others.
    pub const fn divisor(self, name: &'static str, arg: Arg) -> Divisor {
        let dim = match arg.value {
            Value::Size(dim @ Dim::Unknown(_)) => {
                self.trace.name_size(self.id, name, dim, arg.at);
                if let Some(0) = self.trace.value(dim) {
                    self.wrong_option(name, POSITIVE, arg);
                    Dim::UNTRACKED
                } else {
                    dim
                }
            }
            _ => Dim::Known(self.positive(name, arg)),
        };
        Divisor {
            name,
            dim,
            arg,
            also: Dim::UNTRACKED,
        }
    }

    /// An option that may count from the end.
    pub const fn signed(self, name: &'static str, arg: Arg) -> i64 {
        match arg.value {
            Value::Int(number) => number,
            Value::Size(Dim::Known(number)) if number <= i64::MAX as usize => number as i64,
            _ => {
                self.option_fault(name, "a whole number", arg);
                0
            }
        }
    }

    /// An option that is a number.
    pub const fn number(self, name: &'static str, arg: Arg) -> f64 {
        match arg.value {
            Value::Float(number) => number,
            Value::Int(number) => number as f64,
            Value::Size(Dim::Known(number)) => number as f64,
            _ => {
                self.option_fault(name, "a number", arg);
                0.0
            }
        }
    }

    /// An option that is a probability.
    pub const fn probability(self, name: &'static str, arg: Arg) -> f64 {
        match arg.value {
            Value::Float(number) if number >= 0.0 && number <= 1.0 => number,
            Value::Int(number) if number == 0 || number == 1 => number as f64,
            _ => {
                self.option_fault(name, "a probability from 0 to 1", arg);
                0.0
            }
        }
    }

    /// An option that is `true` or `false`.
    pub const fn flag(self, name: &'static str, arg: Arg) -> bool {
        match arg.value {
            Value::Bool(flag) => flag,
            _ => {
                self.option_fault(name, "`true` or `false`", arg);
                false
            }
        }
    }

    /// An option with one number for each of `rank` axes, or one for all of them.
    pub const fn per_axis(self, name: &'static str, arg: Arg, rank: usize) -> [usize; 3] {
        let mut numbers = [1; 3];
        match arg.value {
            Value::List(items, count) if count == rank || count == 1 => {
                let mut i = 0;
                while i < rank {
                    match items[if count == 1 { 0 } else { i }] {
                        Item::Int(number) if number >= 0 => numbers[i] = number as usize,
                        Item::Size(Dim::Known(number)) => numbers[i] = number,
                        _ => self.option_fault(name, "whole numbers", arg),
                    }
                    i += 1;
                }
            }
            Value::List(..) => self.option_fault(name, "one number, or one for each axis", arg),
            _ => {
                let number = self.count(name, arg);
                let mut i = 0;
                while i < rank {
                    numbers[i] = number;
                    i += 1;
                }
            }
        }
        numbers
    }

    /// As [`Self::per_axis`], of numbers above 0.
    pub const fn positive_per_axis(self, name: &'static str, arg: Arg, rank: usize) -> [usize; 3] {
        let (mut numbers, mut i) = (self.per_axis(name, arg, rank), 0);
        while i < rank {
            if numbers[i] == 0 {
                let wanted = match arg.value {
                    Value::List(..) => "whole numbers above 0",
                    _ => POSITIVE,
                };
                self.option_fault(name, wanted, arg);
                numbers[i] = 1;
            }
            i += 1;
        }
        numbers
    }

    /// An option that is one of some words: its index among them; `wanted` lists them for a mistake.
    pub const fn choice(
        self,
        name: &'static str,
        arg: Arg,
        words: &[&str],
        wanted: &'static str,
    ) -> usize {
        if let Value::Word(word) = arg.value
            && let Some(i) = position(words, word)
        {
            return i;
        }
        // Whatever number a size will be, it is no word.
        match self.unquoted(arg, words) {
            Some(word) => {
                let fault = FaultKind::Unquoted { name, word };
                self.trace.fault_at(fault, arg.at);
                self.trace.leave_vague(self.trace.current());
            }
            None => self.wrong_option(name, wanted, arg),
        }
        0
    }

    /// The word whose name stands for a size, `reflect` for `"reflect"`. That of a parameter may be what is meant.
    pub(crate) const fn unquoted(self, arg: Arg, words: &[&str]) -> Option<&'static str> {
        let Value::Size(size) = arg.value else {
            return None;
        };
        let name = self.trace.name_around(self.trace.current(), size);
        match position(words, name) {
            Some(_) if !self.trace.is_of_parameters(size) => Some(name),
            _ => None,
        }
    }

    /// Reports an option with a value it cannot have, at the place where it was written.
    pub const fn option_fault(self, name: &'static str, wanted: &'static str, arg: Arg) {
        if arg.is_undecided() {
            self.trace.undecided(self.trace.current(), name, &arg);
        } else {
            self.wrong_option(name, wanted, arg);
        }
    }

    /// As [`Self::option_fault`], whatever else in the value may still be given. What the layer gives with such an option
    /// is not known.
    pub(crate) const fn wrong_option(self, name: &'static str, wanted: &'static str, arg: Arg) {
        let fault = match arg.value {
            Value::TooLong => FaultKind::TooLong { name },
            _ => FaultKind::Option {
                operation: "",
                name,
                wanted,
                given: arg.number(),
            },
        };
        self.trace.fault_at(fault, arg.at);
        self.trace.leave_vague(self.trace.current());
    }
}

const fn position(words: &[&str], word: &str) -> Option<usize> {
    let mut i = 0;
    while i < words.len() {
        if same_text(words[i], word) {
            return Some(i);
        }
        i += 1;
    }
    None
}
