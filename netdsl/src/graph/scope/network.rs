//! What the code that `network!` writes asks of a scope: layers and names of sizes.

use super::{Scope, Written};
use crate::graph::Tensor;
use crate::graph::trace::{NONE, Presence, ScopeCell, TieCell};
use crate::shape::{Arg, FaultKind, Value};
use std::panic::Location;

impl<'t> Scope<'t> {
    /// A layer of a network, under its name. `faults` says how many mistakes it has by itself, which
    /// are told where it is defined.
    #[track_caller]
    pub const fn layer(self, name: &'static str, kind: &'static str, faults: usize) -> Self {
        self.child(ScopeCell {
            name,
            kind,
            at: Some(Location::caller()),
            silent: faults > 0,
            ..ScopeCell::NEW
        })
    }

    /// Reports a layer written with another number of sizes than it takes.
    #[track_caller]
    pub const fn count_sizes(
        self,
        kind: &'static str,
        names: &'static [&'static str],
        written: Written,
    ) {
        let found = written.sizes.len();
        let is_wrong = match written.first_size(names) {
            // Those that are missing stand among the options, which is told there.
            Some(_) => found > names.len(),
            None => found != names.len(),
        };
        if is_wrong && self.id == 0 {
            self.trace.fault_at(
                FaultKind::Sizes { kind, names, found },
                Some(Location::caller()),
            );
        }
    }

    /// Reports what is written as an option and is a size, the first one of a layer.
    #[track_caller]
    pub const fn is_option(
        self,
        kind: &'static str,
        sizes: &'static [&'static str],
        written: Written,
        option: usize,
    ) {
        if self.id == 0 && matches!(written.first_size(sizes), Some(first) if first == option) {
            let fault = FaultKind::SizeAsOption {
                kind,
                name: written.options[option].0,
                sizes: written.in_place(sizes),
            };
            self.trace.fault_at(fault, Some(Location::caller()));
        }
    }

    /// A member of a stack.
    pub const fn member(self, index: usize) -> Self {
        let above = self.trace.scope(self.id);
        self.child(ScopeCell {
            index: Some(index as u32),
            kind: above.kind,
            at: above.at,
            ..ScopeCell::NEW
        })
    }

    /// Says that a parameter of a layer of this network is one of another layer's: as it is, or transposed.
    #[track_caller]
    pub const fn tie(
        self,
        (layer, name): (Self, &'static str),
        (owner, owned): (Self, &'static str),
        transposed: bool,
    ) {
        self.trace.tie(TieCell {
            scope: layer.id,
            name,
            owner: owner.id,
            owned,
            transposed,
            at: self.pointed_at(Location::caller()),
            got: NONE,
        });
    }

    /// The layer within another one that a tie of this network leads to, which may be declared later.
    #[track_caller]
    pub const fn foresee(self, within: Self, name: &'static str) -> Self {
        within.foreseen(ScopeCell {
            name,
            at: self.pointed_at(Location::caller()),
            ..ScopeCell::NEW
        })
    }

    /// As [`Self::foresee`], for a member of a stack.
    #[track_caller]
    pub const fn foresee_member(self, stack: Self, index: usize) -> Self {
        stack.foreseen(ScopeCell {
            index: Some(index as u32),
            at: self.pointed_at(Location::caller()),
            ..ScopeCell::NEW
        })
    }

    const fn foreseen(self, child: ScopeCell) -> Self {
        Self {
            trace: self.trace,
            id: self.trace.foresee(self.id, child),
        }
    }

    /// Only what stands in the network that is being checked can be pointed at.
    const fn pointed_at(
        self,
        at: &'static Location<'static>,
    ) -> Option<&'static Location<'static>> {
        if self.id == 0 && !self.trace.is_held() {
            Some(at)
        } else {
            None
        }
    }

    /// Enters the layer: what is recorded until [`Self::leave`] is its own.
    pub const fn enter(self) -> Self {
        self.trace.set_current(self.id);
        if matches!(self.trace.scope(self.id).presence, Presence::Undecided) {
            self.trace.leave_vague(self.id);
        }
        self
    }

    /// As [`Self::enter`], for a call that stands where this is called.
    #[track_caller]
    pub const fn enter_here(self) -> Self {
        self.trace.pass(Location::caller());
        self.enter()
    }

    /// Leaves the layer for the one around it.
    pub const fn leave(self) {
        let mut cell = self.trace.scope(self.id);
        cell.calls += 1;
        cell.rewind();
        if cell.output == NONE
            && let Some((node, batched)) = self.trace.last_node()
        {
            (cell.output, cell.output_batched) = (node, batched);
        }
        self.trace.set_scope(self.id, cell);
        self.trace.end_vague(self.id);
        self.trace.set_current(self.trace.around(self.id));
    }

    /// Says which of several results tables show as what the layer gives; if it does not say, that is the last tensor
    /// it made.
    pub const fn shows(self, result: Tensor<'t>) {
        let mut cell = self.trace.scope(self.id);
        if cell.output == NONE {
            (cell.output, cell.output_batched) = (result.node(), result.batched());
            self.trace.set_scope(self.id, cell);
        }
    }

    /// What arrives, which the layer gives as it is: no operation of its own is there for tables to show.
    pub const fn unchanged(self, x: Tensor<'t>) -> Tensor<'t> {
        self.shows(x);
        self.trace.note_made(self.id, true);
        x
    }

    /// Says that the layer is a network: its body is the user's own code, or it is `listed`. In one that is `eager`
    /// nothing may wait.
    pub const fn network(self, listed: bool, eager: bool) -> Self {
        let mut cell = self.trace.scope(self.id);
        cell.network = true;
        cell.listed = listed;
        cell.eager = eager;
        self.trace.set_scope(self.id, cell);
        self
    }

    /// A size or an option as written at the caller's place.
    #[track_caller]
    pub const fn written(self, arg: Arg) -> Arg {
        if arg.at.is_some() {
            return arg;
        }
        Arg {
            at: self.pointed_at(Location::caller()),
            ..arg
        }
    }

    /// The body calls a function of the user's from here.
    #[track_caller]
    pub const fn hold(self) {
        self.trace.hold();
    }

    /// That function is through.
    pub const fn release(self) {
        self.trace.release();
    }

    /// The unknown with a name: the same one for everybody in this network who says the name.
    pub const fn unknown(self, name: &'static str) -> Arg {
        Arg::new(Value::Size(self.trace.named_size(self.id, name, None)))
    }
}
