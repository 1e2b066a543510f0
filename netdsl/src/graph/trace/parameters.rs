//! Named sizes, parameters and buffers of a trace.

use super::*;
use crate::graph::Tensor;
use crate::shape::{Arg, Cause, Dim, FaultKind, Shape};

impl<'t> Trace<'t> {
    /// The size of a scope with a name, found or made. `at` is where it was left open.
    pub(crate) const fn named_size(&self, scope: u32, name: &'static str, at: Option<Site>) -> Dim {
        let above = self.scope(scope);
        match self.find_size(&above, name) {
            Some(dim) => dim,
            None => {
                let dim = self.fresh();
                self.push_size(scope, above, name, dim, at);
                dim
            }
        }
    }

    /// Notes the name that a scope has for an unknown of the network around it.
    pub(crate) const fn name_size(
        &self,
        scope: u32,
        name: &'static str,
        dim: Dim,
        at: Option<Site>,
    ) {
        let above = self.scope(scope);
        if matches!(dim, Dim::Unknown(_)) && self.find_size(&above, name).is_none() {
            self.push_size(scope, above, name, dim, at);
        }
    }

    /// Notes the number that a network within the network has for one of its dimension parameters.
    pub(crate) const fn note_size(&self, scope: u32, name: &'static str, size: usize) {
        let above = self.scope(scope);
        if self.find_size(&above, name).is_none() {
            self.push_size(scope, above, name, Dim::Known(size), None);
        }
    }

    /// The sizes of a scope that were written as numbers: those that follow from something else may change when the
    /// network is bound anew.
    pub(crate) fn written_sizes(&self, scope: u32) -> Vec<(&'static str, usize)> {
        let written = self.sizes_of(scope).filter_map(|cell| match cell.dim {
            Dim::Known(size) => Some((cell.name, size)),
            Dim::Unknown(_) => None,
        });
        written.collect()
    }

    /// The sizes of a scope that have a name and are not known, in the order of their naming.
    pub(crate) fn untold_sizes(&self, scope: u32) -> Vec<&'static str> {
        let untold = self
            .sizes_of(scope)
            .filter(|cell| self.value(cell.dim).is_none());
        let mut names: Vec<_> = untold
            .map(|cell| cell.name)
            .filter(|name| !name.is_empty())
            .collect();
        names.reverse();
        names
    }

    /// The sizes that a scope has named, the last first.
    fn sizes_of(&self, scope: u32) -> impl Iterator<Item = SizeCell> {
        let at = |index: u32| self.tables.sizes.get(index as usize).map(Cell::get);
        let last = at(self.scope(scope).last_size);
        std::iter::successors(last, move |cell| at(cell.previous))
    }

    /// The size that a parameter of a network is to give.
    pub(crate) const fn parameter_size(
        &self,
        scope: u32,
        name: &'static str,
        at: Option<Site>,
    ) -> Dim {
        let index = self.counters.sizes.get();
        let dim = self.named_size(scope, name, at);
        if scope == 0 {
            self.follow(dim, Follows::parameter(index));
        }
        dim
    }

    /// The name that a scope has for an unknown; empty where it has none.
    pub(crate) const fn name_of(&self, scope: u32, dim: Dim) -> &'static str {
        let mut index = self.scope(scope).last_size;
        while index != NONE {
            let cell = self.tables.sizes[index as usize].get();
            if let (Dim::Unknown(a), Dim::Unknown(b)) = (cell.dim, dim)
                && a == b
            {
                return cell.name;
            }
            index = cell.previous;
        }
        ""
    }

    const fn find_size(&self, above: &ScopeCell, name: &'static str) -> Option<Dim> {
        let mut index = above.last_size;
        while index != NONE {
            let cell = self.tables.sizes[index as usize].get();
            if same_text(cell.name, name) {
                return Some(cell.dim);
            }
            index = cell.previous;
        }
        None
    }

    const fn push_size(
        &self,
        scope: u32,
        mut above: ScopeCell,
        name: &'static str,
        dim: Dim,
        at: Option<Site>,
    ) {
        let index = next(&self.counters.sizes);
        if index < self.tables.sizes.len() {
            self.tables.sizes[index].replace(SizeCell {
                name,
                dim,
                at,
                previous: above.last_size,
            });
            above.last_size = index as u32;
            self.set_scope(scope, above);
        }
    }

    /// The name that a scope has for an unknown size: `in_features`.
    pub(crate) fn name_of_size(&self, scope: u32, dim: Dim) -> Option<&'static str> {
        let mut sizes = self.sizes_of(scope);
        let size = sizes.find(|cell| self.are_one(cell.dim, dim))?;
        Some(size.name)
    }

    /// The parameter of a scope with a name: its own, or the one it is tied to.
    pub(crate) const fn parameter(&'t self, mut cell: ParameterCell) -> Tensor<'t> {
        if self.is_vague() {
            cell.dims = ParameterCell::NEW.dims;
        }
        match self.tie_of(cell.scope, cell.name) {
            Some(tie) => self.tied_parameter(tie, cell),
            None => self.own_parameter(cell),
        }
    }

    /// The place of a scope's own parameter with a name.
    pub(super) const fn find_parameter(&self, scope: u32, name: &str) -> Option<u32> {
        let mut index = self.scope(scope).last_parameter;
        while index != NONE {
            let found = self.parameter_cell(index);
            if same_text(found.name, name) {
                return Some(index);
            }
            index = found.previous;
        }
        None
    }

    /// The own parameter of a scope with a name, found or made.
    pub(super) const fn own_parameter(&'t self, cell: ParameterCell) -> Tensor<'t> {
        if cell.name.is_empty() {
            self.adopt(cell.scope);
        }
        if let Some(index) = self.find_parameter(cell.scope, cell.name) {
            let found = self.parameter_cell(index);
            if cell.declared && !found.declared {
                self.declare_tied(index, cell);
            } else if cell.declared && !self.is_vague() {
                self.check_again(&found, &cell);
            }
            return Tensor::new(self, found.node, parameter_shape(&found));
        }
        let mut above = self.scope(cell.scope);
        let index = next(&self.counters.parameters);
        let tensor = self.push(Op::Parameter(index as u32), &[], parameter_shape(&cell));
        if index < self.tables.parameters.len() {
            let place = if self.has_facts() {
                self.recall(&cell, self.child_hash(&above, cell.name, None))
            } else {
                NONE
            };
            self.tables.parameters[index].replace(ParameterCell {
                node: tensor.node(),
                previous: above.last_parameter,
                place,
                ..cell
            });
            above.last_parameter = index as u32;
            self.set_scope(cell.scope, above);
        }
        tensor
    }

    /// Holds the shape that a parameter is asked for with against the one that it has.
    const fn check_again(&self, found: &ParameterCell, cell: &ParameterCell) {
        let (mut one, mut i) = (found.rank == cell.rank, 0);
        while one && i < cell.rank {
            one = match (self.value(found.dims[i]), self.value(cell.dims[i])) {
                (Some(a), Some(b)) => a == b,
                _ => true,
            };
            i += 1;
        }
        if !one {
            self.fault(FaultKind::AskedTwice {
                name: cell.name,
                shapes: [
                    self.sample(&parameter_shape(found)),
                    self.sample(&parameter_shape(cell)),
                ],
            });
        }
    }

    pub(crate) const fn parameter_cell(&self, index: u32) -> ParameterCell {
        self.tables.parameters[index as usize].get()
    }

    /// Says which node a buffer takes its next value from.
    pub(crate) const fn update(&self, scope: u32, name: &str, node: u32) {
        if let Some(index) = self.find_parameter(scope, name) {
            let cell = self.parameter_cell(index);
            self.tables.parameters[index as usize].replace(ParameterCell {
                update: node,
                ..cell
            });
        }
    }

    /// Whether there are parameters that are already settled.
    pub(crate) const fn has_facts(&self) -> bool {
        !self.tables.facts.is_empty()
    }

    /// Why the current layer has a size for which `written` was written.
    pub(crate) const fn cause(&self, size: Dim, written: &Arg, from: u32) -> Cause {
        let layer = self.current.get();
        let settled = self.has_facts();
        // A dimension parameter or a named unknown was not written here either.
        let elsewhere = settled && matches!(size, Dim::Unknown(_));
        if !written.is_open() && !elsewhere {
            return match written.given {
                Some(parameter) => Cause::Given {
                    parameter,
                    elsewhere: self.computed.get() || self.is_elsewhere(size),
                },
                None if self.scope(layer).calls > 0 => Cause::WrittenAndCalled,
                None if written.at.is_none() && self.around(layer) != 0 => {
                    self.written_within(layer, from)
                }
                None if self.is_later_member(layer) => Cause::WrittenForMembers,
                None => Cause::Written,
            };
        }
        if settled && let Some(cause) = self.settled(layer) {
            return cause;
        }
        match self.first_tie(layer) {
            Some(tie) => Cause::Tied(self.path(self.resolved(tie).owner)),
            None if self.scope(layer).calls > 0 => Cause::Called,
            None => Cause::Inferred,
        }
    }

    /// Why a layer has a size that its network wrote, where one from another layer arrives.
    const fn written_within(&self, layer: u32, from: u32) -> Cause {
        let network = self.around(layer);
        Cause::WrittenWithin {
            network: self.scope(network).kind,
            both: is_layer(from) && self.is_within(from, network),
        }
    }

    /// Notes that sizes are computed from a number that was given when the network was built.
    pub(crate) const fn note_computed(&self) {
        self.computed.replace(true);
    }

    /// Whether a parameter of another layer has this size.
    const fn is_elsewhere(&self, size: Dim) -> bool {
        let (layer, mut i) = (self.current.get(), 0);
        while i < self.stored_parameters() {
            let (cell, mut axis) = (self.parameter_cell(i as u32), 0);
            while cell.scope != layer && axis < cell.rank {
                if self.are_equal(cell.dims[axis], size) {
                    return true;
                }
                axis += 1;
            }
            i += 1;
        }
        false
    }

    /// Whether a layer is in a member of a stack that others come before.
    const fn is_later_member(&self, mut scope: u32) -> bool {
        while scope != 0 && scope != NONE {
            let cell = self.scope(scope);
            if matches!(cell.index, Some(1..)) {
                return true;
            }
            scope = cell.parent;
        }
        false
    }

    /// Whether a settled parameter of a layer has a size that nobody wrote: an earlier input or a file has bound it.
    pub(super) const fn is_bound_size(&self, layer: u32, size: Dim) -> bool {
        if !self.has_facts() || matches!(size, Dim::Known(_)) {
            return false;
        }
        let above = self.scope(layer);
        let mut index = above.last_parameter;
        while index != NONE {
            let (cell, mut axis) = (self.parameter_cell(index), 0);
            while axis < cell.rank && !self.are_one(cell.dims[axis], size) {
                axis += 1;
            }
            if axis < cell.rank {
                return match self.fact(self.child_hash(&above, cell.name, None)) {
                    Some(fact) => !fact.fixed,
                    None => false,
                };
            }
            index = cell.previous;
        }
        false
    }

    /// By what a layer's own parameters or those it is tied to are settled, if they are; that they are is taken for granted
    /// of a layer that has not got as far as declaring them.
    const fn settled(&self, scope: u32) -> Option<Cause> {
        let above = self.scope(scope);
        let mut index = above.last_parameter;
        while index != NONE {
            let cell = self.parameter_cell(index);
            if let Some(fact) = self.fact(self.child_hash(&above, cell.name, None)) {
                return Some(if fact.fixed {
                    Cause::Fixed
                } else {
                    Cause::Bound
                });
            }
            index = cell.previous;
        }
        match self.first_tie(scope) {
            Some(tie) => self.settled(self.resolved(tie).owner),
            None if above.last_parameter == NONE => Some(Cause::Bound),
            None => None,
        }
    }

    /// The settled parameter with a hash.
    const fn fact(&self, hash: u64) -> Option<Fact> {
        let facts = self.tables.facts;
        let (mut low, mut high) = (0, facts.len());
        while low < high {
            let middle = (low + high) / 2;
            if facts[middle].hash < hash {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        if low < facts.len() && facts[low].hash == hash {
            Some(facts[low])
        } else {
            None
        }
    }

    /// Learns the sizes of a parameter that is already settled. Gives its place, if it exists.
    pub(super) const fn recall(&self, cell: &ParameterCell, hash: u64) -> u32 {
        let Some(fact) = self.fact(hash) else {
            return NONE;
        };
        let mut i = 0;
        while i < cell.rank && fact.rank == cell.rank {
            if !self.unify(cell.dims[i], Dim::Known(fact.shape[i])) {
                self.held_fault(cell, &fact, self.value(cell.dims[i]), i);
                return fact.place;
            }
            i += 1;
        }
        if fact.rank != cell.rank {
            self.held_fault(cell, &fact, None, 0);
        }
        fact.place
    }

    /// Reports a parameter whose settled shape is not that which its layer gives it; where both have as many axes,
    /// along one of them.
    const fn held_fault(
        &self,
        cell: &ParameterCell,
        fact: &Fact,
        size: Option<usize>,
        axis: usize,
    ) {
        let (mut dims, mut i) = ([Dim::UNTRACKED; MAX_PARAMETER_RANK], 0);
        while i < fact.rank {
            dims[i] = Dim::Known(fact.shape[i]);
            i += 1;
        }
        self.fault(FaultKind::Held {
            name: cell.name,
            shape: self.sample(&parameter_shape(cell)),
            held: self.sample(&Shape::of_sizes(&dims, fact.rank, cell.scope)),
            sizes: match size {
                Some(size) => Some((size, fact.shape[axis])),
                None => None,
            },
        });
    }
}

pub(super) const fn parameter_shape(cell: &ParameterCell) -> Shape {
    Shape::of_sizes(&cell.dims, cell.rank, cell.scope)
}
