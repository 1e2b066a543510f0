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
        if self.is_told(&fault) {
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

    /// Whether something is wrong.
    pub(crate) const fn has_faults(&self) -> bool {
        self.fault_count.get() > 0
    }

    /// Whether a call was one of no function.
    pub(crate) const fn calls_nothing(&self) -> bool {
        let (faults, mut i) = (self.faults.get(), 0);
        while i < self.fault_count.get() {
            if let Some(Fault {
                kind: FaultKind::NoFunction { .. },
                ..
            }) = &faults[i]
            {
                return true;
            }
            i += 1;
        }
        false
    }

    /// Whether there are more mistakes than [`Self::faults`] tells.
    pub(crate) const fn has_more_faults(&self) -> bool {
        self.more_faults.get()
    }

    /// Where the size of an axis came from.
    pub(crate) const fn origin(&self, axis: Axis) -> Origin {
        if let Some(index) = input_of(axis.from) {
            return self.origin_of_input(index, axis.dim);
        }
        match axis.from {
            NONE => Origin::new("the input has"),
            CAT => Origin::new("`cat` produces"),
            STACK => Origin::new("`stack` produces"),
            RESHAPE => Origin::new("`reshape` produces"),
            UNSQUEEZE => Origin::new("`unsqueeze` produces"),
            EXPAND => Origin::new("`expand` asks for"),
            layer => {
                let text = Origin::new("`").push(self.path(layer).as_str());
                let text = match self.is_bound_size(layer, axis.dim) {
                    true => text.push("` was bound to").bound(),
                    false => text.push("` produces"),
                };
                text.of_layer(layer)
            }
        }
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
                true => Origin::new("the input has"),
                false => Origin::new("`").push(name).push("` has"),
            };
        }
        let text = Origin::new("`")
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
            return Origin::new("there is one number a sample,");
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
