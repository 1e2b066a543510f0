//! Numbers that a definition depends on and that are not given yet.
//!
//! The stride of a convolution, the length of a stack, whether a layer is there: no input can tell
//! them. A definition by itself has them from its parameters, which come later. The layer that needs
//! such a number is then left vague: nothing is learned in it, nothing in it is a mistake, and of what
//! it gives no shape is known. So is what is done for each member of a stack of unknown length: there may
//! be none. All that is learned elsewhere holds whatever the number will be.

use super::{NONE, Presence, Trace};
use crate::shape::{Arg, Dim, FaultKind, Item, Value};

impl Trace<'_> {
    /// Whether all numbers that parameters are to give are there; if not, they are missed without a mistake.
    pub const fn whole(self, whole: bool) -> Self {
        self.provisional.replace(!whole);
        self
    }

    /// Something in a layer, from here on, depends on a number that nobody has given.
    pub(crate) const fn undecided(&self, scope: u32, name: &'static str, arg: &Arg) {
        if !self.may_be_given(arg) {
            let size = self.name_of_missing(arg);
            self.fault_at(FaultKind::Undecided { name, size }, arg.at);
        }
        self.leave_vague(scope);
    }

    /// The name of the first size that stands for a number, or empty.
    const fn name_of_missing(&self, arg: &Arg) -> &'static str {
        match arg.value {
            Value::Size(dim) => self.name_around(self.current.get(), dim),
            Value::List(items, count) => {
                let mut i = 0;
                while i < count {
                    if let Item::Size(dim) = items[i] {
                        let name = self.name_around(self.current.get(), dim);
                        if !name.is_empty() {
                            return name;
                        }
                    }
                    i += 1;
                }
                ""
            }
            _ => "",
        }
    }

    /// Whether a number is one that parameters are still to give.
    pub(crate) const fn may_be_given(&self, arg: &Arg) -> bool {
        if !self.provisional.get() {
            return false;
        }
        match arg.value {
            Value::Size(dim) => self.is_of_parameters(dim),
            Value::List(items, count) => {
                let mut i = 0;
                while i < count {
                    if let Item::Size(dim) = items[i]
                        && !self.is_of_parameters(dim)
                    {
                        return false;
                    }
                    i += 1;
                }
                true
            }
            _ => false,
        }
    }

    /// Whether a size is a parameter's, computed from such, or known otherwise: then it may be a parameter's as well.
    pub(crate) const fn is_of_parameters(&self, dim: Dim) -> bool {
        match self.follows(dim) {
            Some(follows) => follows.has_parameters() || matches!(dim, Dim::Unknown(NONE)),
            None => true,
        }
    }

    /// The name that one of the networks around a layer has for an unknown; empty where none has.
    pub(crate) const fn name_around(&self, mut scope: u32, dim: Dim) -> &'static str {
        while scope != 0 && scope != NONE {
            scope = self.scope(scope).parent;
            let name = self.name_of(scope, dim);
            if !name.is_empty() {
                return name;
            }
        }
        ""
    }

    /// Leaves a layer vague until it is left.
    pub(crate) const fn leave_vague(&self, scope: u32) {
        if !self.is_vague() || self.is_within(self.vague.get(), scope) {
            self.vague.replace(scope);
            self.note_made(scope, true);
            // What flows through it may tell any size around it.
            let around = self.scope(scope).parent;
            self.look_again(if around == NONE { scope } else { around });
        }
    }

    /// Whether a layer is in one of which nobody has said yet whether it is there, or how often.
    pub(super) const fn is_undecided(&self, mut scope: u32) -> bool {
        while scope != NONE {
            let cell = self.scope(scope);
            if matches!(cell.presence, Presence::Undecided) {
                return true;
            }
            scope = cell.parent;
        }
        false
    }

    /// Whether a scope is in another one.
    pub(crate) const fn is_within(&self, mut scope: u32, around: u32) -> bool {
        while scope != NONE && scope != around {
            scope = self.scope(scope).parent;
        }
        scope == around
    }

    /// Whether a vague layer is being run.
    pub(crate) const fn is_vague(&self) -> bool {
        self.vague.get() != NONE
    }

    /// A layer is left, which ends its own vagueness.
    pub(crate) const fn end_vague(&self, scope: u32) {
        if self.vague.get() == scope {
            self.vague.replace(NONE);
        }
    }
}
