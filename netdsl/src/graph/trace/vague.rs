//! Numbers that a definition depends on and that are not given yet.
//!
//! The stride of a convolution, the length of a stack, whether a layer is there: no input can tell
//! them. A definition by itself has them from its parameters, which come later. The layer that needs
//! such a number is then left vague: nothing is learned in it, nothing in it is a mistake, and of what
//! it gives no shape is known. So is what is done for each member of a stack of unknown length: there may
//! be none. All that is learned elsewhere holds whatever the number will be.

use super::{NONE, Trace};
use crate::shape::{Arg, FaultKind, Value};

impl Trace<'_> {
    /// Has numbers that parameters are to give be missed without a mistake.
    pub const fn provisional(self) -> Self {
        self.provisional.replace(true);
        self
    }

    /// Something in a layer, from here on, depends on a number that nobody has given.
    pub(crate) const fn undecided(&self, scope: u32, name: &'static str, arg: &Arg) {
        if self.may_be_given(arg) {
            self.leave_vague(scope);
        } else {
            self.fault_at(FaultKind::Undecided { name }, arg.at);
        }
    }

    /// Whether a number is one that a parameter is still to give.
    pub(crate) const fn may_be_given(&self, arg: &Arg) -> bool {
        self.provisional.get() && matches!(arg.value, Value::Size(_) | Value::List(..))
    }

    /// Leaves a layer vague until it is left.
    pub(crate) const fn leave_vague(&self, scope: u32) {
        if !self.is_vague() || self.is_within(self.vague.get(), scope) {
            self.vague.replace(scope);
            // What flows through it may tell any size around it.
            let around = self.scope(scope).parent;
            self.look_again(if around == NONE { scope } else { around });
        }
    }

    /// Whether a scope is in another one.
    const fn is_within(&self, mut scope: u32, around: u32) -> bool {
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
