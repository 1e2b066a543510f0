//! What a network says of itself with numbers that may not be given yet: conditions on sizes, layers
//! that may be absent, numbers of constant parameters within a body.

use super::Scope;
use crate::graph::Tensor;
use crate::graph::trace::{Presence, Run, ScopeCell};
use crate::shape::{Arg, Dim, FaultKind, Value};

/// The most members that a stack can have.
const MAX_MEMBERS: usize = 65_536;

/// Conditions as written in definitions: `Option<…>(when = stride != 1)`.
///
/// A condition on a number that is not given is neither true nor false, but that number.
impl<'t> Scope<'t> {
    /// a == b.
    pub const fn size_equal(self, a: Arg, b: Arg) -> Arg {
        match difference(a, b) {
            Some(difference) => Arg::flag(difference == 0.0),
            None => self.missing_for_both(a, b),
        }
    }

    /// a < b.
    pub const fn size_less(self, a: Arg, b: Arg) -> Arg {
        match difference(a, b) {
            Some(difference) => Arg::flag(difference < 0.0),
            None => self.missing_for_both(a, b),
        }
    }

    /// !a.
    pub const fn not(self, a: Arg) -> Arg {
        match a.value {
            Value::Bool(a) => Arg::flag(!a),
            _ => a,
        }
    }

    /// a && b.
    pub const fn both(self, a: Arg, b: Arg) -> Arg {
        match (a.value, b.value) {
            (Value::Bool(false), _) | (_, Value::Bool(true)) => a,
            (Value::Bool(true), _) | (_, Value::Bool(false)) => b,
            _ => self.missing_for_either(a, b),
        }
    }

    /// a || b.
    pub const fn either(self, a: Arg, b: Arg) -> Arg {
        match (a.value, b.value) {
            (Value::Bool(true), _) | (_, Value::Bool(false)) => a,
            (Value::Bool(false), _) | (_, Value::Bool(true)) => b,
            _ => self.missing_for_either(a, b),
        }
    }

    /// Of two values both of which must be known, the one that is not; rather the one that nobody can give.
    const fn missing_for_both(self, a: Arg, b: Arg) -> Arg {
        let missing = match number(a) {
            Some(_) => b,
            None if number(b).is_none() && self.trace.may_be_given(&a) => b,
            None => a,
        };
        Arg::new(match missing.value {
            Value::Size(size) => Value::Size(size),
            _ => Value::Size(Dim::UNTRACKED),
        })
    }

    /// Of two conditions one of which may do, the one to wait for: rather the one that a parameter decides.
    const fn missing_for_either(self, a: Arg, b: Arg) -> Arg {
        if self.trace.may_be_given(&a) { a } else { b }
    }

    /// A layer of a network that is there under a condition; otherwise calls of it change nothing.
    #[track_caller]
    pub const fn optional(
        self,
        name: &'static str,
        kind: &'static str,
        faults: usize,
        when: Arg,
    ) -> Self {
        let layer = self.layer(name, kind, faults);
        layer.set_presence(match when.value {
            Value::Bool(true) => Presence::Present,
            Value::Bool(false) => Presence::Absent,
            _ if self.trace.may_be_given(&when) => Presence::Undecided,
            _ => {
                layer.own_option_fault("when", "a condition: `when = stride != 1`", when);
                Presence::Present
            }
        });
        layer
    }

    const fn set_presence(self, presence: Presence) {
        let cell = self.trace.scope(self.id);
        self.trace
            .set_scope(self.id, ScopeCell { presence, ..cell });
    }

    /// How many members this stack has. Where that is not given yet, one of them shows what it has.
    pub const fn stack_length(self, count: Arg) -> usize {
        match count.value {
            Value::Int(0) | Value::Size(Dim::Known(0)) => {
                self.set_presence(Presence::Empty);
                0
            }
            Value::Int(count) if count >= 0 && count as usize <= MAX_MEMBERS => count as usize,
            Value::Size(Dim::Known(count)) if count <= MAX_MEMBERS => count,
            _ if self.trace.may_be_given(&count) => {
                self.set_presence(Presence::Undecided);
                1
            }
            _ => {
                self.own_option_fault("length", "a whole number of at most 65536", count);
                1
            }
        }
    }

    /// One member of this stack of `length`, which is entered.
    #[track_caller]
    pub const fn one_member(self, index: usize, length: usize) -> Self {
        let undecided = matches!(self.trace.scope(self.id).presence, Presence::Undecided);
        if index >= length && !undecided {
            let (name, current) = (self.trace.scope(self.id).name, self.trace.current());
            self.trace.set_current(self.trace.scope(self.id).parent);
            self.trace.pass(std::panic::Location::caller());
            self.trace.fault(FaultKind::NoMember {
                name,
                index,
                length,
            });
            self.trace.set_current(current);
            // Which member was meant is not known, and so neither which ones are not called.
            let mut stack = self.trace.scope(self.id);
            stack.silent = true;
            self.trace.set_scope(self.id, stack);
        }
        let chosen = if index < length || length == 0 {
            index
        } else {
            length - 1
        };
        self.members(length).member(chosen)
    }

    /// Declares the members of this stack, in order: they may be called in any other one, and not all of them.
    pub const fn members(self, length: usize) -> Self {
        self.trace.note_single();
        let mut cell = self.trace.scope(self.id);
        if (cell.members as usize) < length || cell.foreseen > 0 {
            let mut i = 0;
            while i < length {
                self.member(i);
                i += 1;
            }
            cell = self.trace.scope(self.id);
        }
        cell.later = cell.later || self.trace.is_vague();
        self.trace.set_scope(self.id, cell);
        self
    }

    /// Reports an option of this layer while the body of its network is being run.
    const fn own_option_fault(self, name: &'static str, wanted: &'static str, arg: Arg) {
        let around = self.trace.current();
        self.trace.set_current(self.id);
        self.option_fault(name, wanted, arg);
        self.trace.set_current(around);
    }

    /// Calls the layer where it is absent, which changes nothing: gives whether it is.
    pub const fn is_absent(self) -> bool {
        let mut cell = self.trace.scope(self.id);
        let absent = matches!(cell.presence, Presence::Absent);
        if absent {
            cell.calls += 1;
            self.trace.set_scope(self.id, cell);
        }
        absent
    }

    /// Has this layer called once constant functions are through, and gives what stands for its result.
    pub(crate) const fn call_later(self, run: Run, x: Tensor<'t>) -> Tensor<'t> {
        self.trace.call_later(run, self.id, x)
    }

    /// The number of a `const` parameter within a body, which any code may go by: where it is not given
    /// yet, the rest of the body is left vague.
    pub const fn constant(self, name: &'static str, given: Arg) -> usize {
        match given.value {
            Value::Int(number) if number >= 0 => number as usize,
            _ => {
                self.trace.undecided(self.id, name, &given);
                1
            }
        }
    }

    /// As [`Self::constant`], for one that is `true` or `false`.
    pub const fn constant_flag(self, name: &'static str, given: Arg) -> bool {
        match given.value {
            Value::Bool(flag) => flag,
            _ => {
                self.trace.undecided(self.id, name, &given);
                false
            }
        }
    }
}

/// a − b, where both are given. Sizes up to 2^53 are told apart.
const fn difference(a: Arg, b: Arg) -> Option<f64> {
    match (number(a), number(b)) {
        (Some(a), Some(b)) => Some(a - b),
        _ => None,
    }
}

const fn number(arg: Arg) -> Option<f64> {
    match arg.value {
        Value::Int(number) => Some(number as f64),
        Value::Size(Dim::Known(size)) => Some(size as f64),
        Value::Float(number) => Some(number),
        Value::Bool(flag) => Some(flag as u8 as f64),
        _ => None,
    }
}
