//! The mistakes that a trace collects, and the places to blame for them.

use super::*;
use crate::shape::{Axis, Dim, Fault, FaultKind, Origin, Shape, Text};
use std::panic::Location;

impl<'t> Trace<'t> {
    /// Notes that the network's own body is at a place of its source.
    pub(crate) const fn pass(&self, site: Site) {
        if self.current.get() == 0 && !self.is_held() {
            self.site.replace(Some(site));
        }
    }

    /// Whether what runs is a function that the body calls.
    pub(crate) const fn is_held(&self) -> bool {
        self.held.get() > 0
    }

    /// Where the network's own body is.
    pub(crate) const fn site(&self) -> Option<Site> {
        self.site.get()
    }

    /// Notes that the network's own body calls a function from here, which is to blame for whatever
    /// is wrong until [`Self::release`].
    #[track_caller]
    pub(crate) const fn hold(&self) {
        if self.current.get() == 0 {
            self.pass(Location::caller());
            self.held.replace(self.held.get() + 1);
        }
    }

    /// What follows is no code of the user's: nothing in it can be pointed at until [`Self::release`].
    pub(crate) const fn hold_nowhere(&self) {
        if self.current.get() == 0 {
            self.site.replace(None);
            self.held.replace(self.held.get() + 1);
        }
    }

    /// Ends [`Self::hold`].
    pub(crate) const fn release(&self) {
        if self.current.get() == 0 {
            self.held.replace(self.held.get().saturating_sub(1));
        }
    }

    /// Reports a mistake in the current layer.
    pub(crate) const fn fault(&self, kind: FaultKind) {
        self.fault_at(kind, None);
    }

    /// Reports a mistake in the current layer, to be mended at `at`.
    pub(crate) const fn fault_at(&self, kind: FaultKind, at: Option<Site>) {
        let current = self.current.get();
        if self.is_vague() || self.is_silent(current) {
            return;
        }
        let at = match at {
            Some(at) => Some(at),
            None if current == 0 => self.site.get(),
            None => self.scope(self.outermost(current)).at,
        };
        let fault = Fault {
            kind,
            layer: self.path(current),
            scope: current,
            at,
            exchanged: false,
        };
        let count = self.fault_count.get();
        if self.is_blamed(at) || self.is_told(&fault) || self.is_other_side(&fault.kind) {
            return;
        }
        if count == MAX_FAULTS {
            self.more_faults.replace(true);
        } else {
            let mut faults = self.faults.get();
            faults[count] = Some(fault);
            self.faults.replace(faults);
            self.fault_count.replace(count + 1);
        }
    }

    /// What is wrong so far comes of something that is told instead.
    pub(crate) const fn forget_faults(&self) {
        self.fault_count.replace(0);
        self.more_faults.replace(false);
    }

    /// The layer of the network itself that a scope belongs to: the one its user can edit.
    pub(crate) const fn outermost(&self, mut scope: u32) -> u32 {
        while self.scope(scope).parent != 0 && self.scope(scope).parent != NONE {
            scope = self.scope(scope).parent;
        }
        scope
    }

    /// A mistake at this place is known already: a layer that is called twice is wrong once.
    pub(crate) const fn is_blamed(&self, at: Option<Site>) -> bool {
        let Some(at) = at else { return false };
        let (faults, mut i) = (self.faults.get(), 0);
        while i < self.fault_count.get() {
            if let Some(fault) = &faults[i]
                && let Some(other) = fault.at
                && same_site(&at, other)
            {
                return true;
            }
            i += 1;
        }
        false
    }

    /// A mistake says already that one layer's size is not another one: it may be wrong in several places for that.
    /// So it is with what is wrong within a network: that stands in all of its kind.
    const fn is_told(&self, fault: &Fault) -> bool {
        let (faults, mut i) = (self.faults.get(), 0);
        while i < self.fault_count.get() {
            if let Some(other) = &faults[i]
                && (other.kind.is_of_same_sizes(&fault.kind) || self.is_within_same(other, fault))
            {
                return true;
            }
            i += 1;
        }
        false
    }

    /// Whether two mistakes are one in two networks of a kind: neither is about what arrives there.
    const fn is_within_same(&self, a: &Fault, b: &Fault) -> bool {
        let (one, two) = (self.single(a.scope), self.single(b.scope));
        if one == two || !same_text(self.scope(one).kind, self.scope(two).kind) {
            return false;
        }
        let (one, two) = (self.path(one), self.path(two));
        same_text(
            rest(a.layer.as_str(), one.as_str()),
            rest(b.layer.as_str(), two.as_str()),
        ) && a.kind.is_within(one.as_str())
            && b.kind.is_within(two.as_str())
    }

    /// As [`Self::outermost`], or a single member of a stack that is that.
    const fn single(&self, mut scope: u32) -> u32 {
        let outermost = self.outermost(scope);
        while scope != outermost && self.scope(scope).parent != outermost {
            scope = self.scope(scope).parent;
        }
        match self.scope(scope).index {
            Some(_) => scope,
            None => outermost,
        }
    }

    /// Whether a mistake is the other side of one that is known already, two results that are exchanged; noted there.
    const fn is_other_side(&self, kind: &FaultKind) -> bool {
        let (mut faults, mut i) = (self.faults.get(), 0);
        while i < self.fault_count.get() {
            if let Some(fault) = &mut faults[i]
                && fault.kind.is_exchanged_with(kind)
            {
                fault.exchanged = true;
                self.faults.replace(faults);
                return true;
            }
            i += 1;
        }
        false
    }

    pub(super) const fn is_silent(&self, mut scope: u32) -> bool {
        while scope != NONE {
            let cell = self.scope(scope);
            if cell.silent {
                return true;
            }
            scope = cell.parent;
        }
        false
    }

    /// The mistakes of the last run, in the order in which they were met.
    pub const fn faults(&self) -> ([Option<Fault>; MAX_FAULTS], usize) {
        (self.faults.get(), self.fault_count.get())
    }

    /// Whether there are more mistakes than [`Self::faults`] tells.
    pub(crate) const fn has_more_faults(&self) -> bool {
        self.more_faults.get()
    }

    /// Where the size of an axis came from, in words that a number can follow.
    pub(crate) const fn origin(&self, axis: Axis) -> Origin {
        if axis.from == NONE {
            return Origin::EMPTY.push("the input has");
        }
        if let Some(index) = input_of(axis.from) {
            return self.origin_of_input(index, axis.dim);
        }
        let text = Origin::EMPTY.push("`");
        let text = match axis.from {
            CAT => text.push("cat"),
            STACK => text.push("stack"),
            RESHAPE => text.push("reshape"),
            from => text.push(self.path(from).as_str()),
        };
        text.push("` produces")
    }

    /// As [`Self::origin`], of a size of an input, of several by its name: a layer may have told it.
    const fn origin_of_input(&self, input: u32, dim: Dim) -> Origin {
        let (index, by) = match dim {
            Dim::Unknown(index) if index != NONE => (index, self.root(index).1.by),
            _ => (NONE, 0),
        };
        let name = self.name_of_input(input);
        if by == 0 || by == self.current.get() {
            return match name.is_empty() {
                true => Origin::EMPTY.push("the input has"),
                false => Origin::EMPTY.push("`").push(name).push("` has"),
            };
        }
        let text = Origin::EMPTY
            .push("`")
            .push(self.path(by).as_str())
            .push("` needs ");
        match self.name_for(index) {
            size if !size.is_empty() => text.push("`").push(size).push("` to be"),
            _ if name.is_empty() => text.push("the input to have"),
            _ => text.push("`").push(name).push("` to have"),
        }
    }

    /// What the signature calls one of several inputs, or empty.
    const fn name_of_input(&self, index: u32) -> &'static str {
        match (self.input(index), self.input(1)) {
            (Some(input), Some(second)) if !second.name.is_empty() => input.name,
            _ => "",
        }
    }

    /// Where a whole shape comes from: the last of the layers that any of its sizes is from, or what the body
    /// made of the input.
    pub(crate) const fn origin_of(&self, shape: &Shape) -> Origin {
        if shape.rank() == shape.batch_axes() && !shape.open {
            return Origin::EMPTY.push("there is one number a sample,");
        }
        let (mut last, mut i) = (Axis::ANY, 0);
        while i < shape.rank() {
            let axis = shape.axis(i);
            let later = match (is_layer(axis.from), is_layer(last.from)) {
                (true, true) => axis.from > last.from,
                (true, false) => axis.from > 0,
                (false, _) => axis.from != NONE && last.from == 0,
            };
            if later {
                last = axis;
            }
            i += 1;
        }
        self.origin(last)
    }

    /// The shape of a sample in words: `[3, _, _]`.
    pub(crate) const fn sample(&self, shape: &Shape) -> Text<80> {
        let mut text = Text::<80>::EMPTY.push(if shape.open { "[.." } else { "[" });
        let mut i = if shape.open { 0 } else { shape.batch_axes() };
        let first = i;
        while i < shape.rank() {
            if i > first || shape.open {
                text = text.push(", ");
            }
            text = text.size(self.value(shape.axis(i).dim));
            i += 1;
        }
        text.push("]")
    }
}

/// What follows the beginning of a text.
const fn rest<'a>(text: &'a str, start: &str) -> &'a str {
    let (_, rest) = text.split_at(start.len());
    rest
}
