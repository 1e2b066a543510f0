//! Parameters that are another layer's: `decode.weight` is `encode.weight` transposed.
//!
//! A tied parameter is never declared. A layer that asks for it gets its owner's, which exists from
//! the first layer on that asks for it: the owner, or one that is tied to it. The shapes are equated,
//! so that sizes flow through the tie both ways.
//!
//! The owner may be a layer within another network, or a member of a stack, which exists only once that has run.
//! It is then foreseen ([`Trace::foresee`]): its scope is made by the tie, and declared by whoever has it.
//!
//! A layer may be a parameter itself, which has no name of its own. `encoder.table` may be one or a parameter of a layer
//! `encoder`: that is known once `encoder` has run, and what was asked for before becomes the layer's ([`Trace::adopt`]).

use super::parameters::parameter_shape;
use super::*;
use crate::graph::Tensor;
use crate::shape::{Amount, FaultKind, MAX_RANK, Path, Text, Within};

impl<'t> Trace<'t> {
    /// Notes that a parameter is another layer's; again where a network runs twice.
    pub(crate) const fn tie(&self, tie: TieCell) {
        if self.tie_of(tie.scope, tie.name).is_some() {
            return;
        }
        let index = next(&self.counters.ties);
        if index < self.tables.ties.len() {
            self.tables.ties[index].replace(tie);
        }
    }

    pub(crate) const fn tie_cell(&self, index: usize) -> TieCell {
        self.tables.ties[index].get()
    }

    /// How many ties there are.
    pub(crate) const fn tie_count(&self) -> usize {
        let (counted, stored) = (self.counters.ties.get(), self.tables.ties.len());
        if counted < stored { counted } else { stored }
    }

    /// The tie of a scope's parameter, if it is tied.
    pub(crate) const fn tie_of(&self, scope: u32, name: &str) -> Option<TieCell> {
        let mut i = 0;
        while i < self.tie_count() {
            let tie = self.tie_cell(i);
            if tie.scope == scope && tie.is_of(name) {
                return Some(tie);
            }
            i += 1;
        }
        None
    }

    /// The tie that binds one of a scope's parameters, if any does.
    pub(crate) const fn first_tie(&self, scope: u32) -> Option<TieCell> {
        let mut i = 0;
        while i < self.tie_count() {
            let tie = self.tie_cell(i);
            if tie.scope == scope {
                return Some(tie);
            }
            i += 1;
        }
        None
    }

    /// The same tie, leading past other tied parameters to the one that is its layer's own.
    pub(super) const fn resolved(&self, mut tie: TieCell) -> TieCell {
        loop {
            if let Some(bare) = self.bare(tie.owner, tie.owned) {
                (tie.owner, tie.owned) = (bare, "");
            }
            let Some(next) = self.tie_of(tie.owner, tie.owned) else {
                return tie;
            };
            tie.transposed = tie.transposed != next.transposed;
            (tie.owner, tie.owned) = (next.owner, next.owned);
        }
    }

    /// The layer of a name within another one, if it is a parameter itself.
    const fn bare(&self, scope: u32, name: &str) -> Option<u32> {
        if name.is_empty() || self.has_declared(scope, name) {
            return None;
        }
        match self.child_named(scope, name) {
            Some(child) if self.is_bare(child) => Some(child),
            _ => None,
        }
    }

    const fn has_declared(&self, scope: u32, name: &str) -> bool {
        match self.find_parameter(scope, name) {
            Some(index) => self.parameter_cell(index).declared,
            None => false,
        }
    }

    /// Whether a layer is a parameter itself, its own or another one.
    const fn is_bare(&self, scope: u32) -> bool {
        self.find_parameter(scope, "").is_some() || self.tie_of(scope, "").is_some()
    }

    /// A layer that is a parameter itself takes over what was asked for by its name, as one of the layer around it.
    pub(super) const fn adopt(&self, scope: u32) {
        let own = self.scope(scope);
        if own.index.is_some() || own.parent == NONE {
            return;
        }
        let Some(index) = self.find_parameter(own.parent, own.name) else {
            return;
        };
        if self.parameter_cell(index).declared {
            return;
        }
        self.unlink(index);
        let adopted = ParameterCell {
            scope,
            name: "",
            previous: own.last_parameter,
            ..self.parameter_cell(index)
        };
        self.tables.parameters[index as usize].replace(adopted);
        let last_parameter = index;
        self.set_scope(
            scope,
            ScopeCell {
                last_parameter,
                ..own
            },
        );
    }

    /// Takes a parameter from the list of its scope.
    const fn unlink(&self, index: u32) {
        let unlinked = self.parameter_cell(index);
        let mut above = self.scope(unlinked.scope);
        if above.last_parameter == index {
            above.last_parameter = unlinked.previous;
            return self.set_scope(unlinked.scope, above);
        }
        let mut next = above.last_parameter;
        while self.parameter_cell(next).previous != index {
            next = self.parameter_cell(next).previous;
        }
        let previous = unlinked.previous;
        let cell = self.parameter_cell(next);
        self.tables.parameters[next as usize].replace(ParameterCell { previous, ..cell });
    }

    /// The parameter that a tie leads to, once a layer has asked for it, and whether it is transposed
    /// on the way.
    pub(crate) const fn owner(&self, tie: TieCell) -> Option<(u32, bool)> {
        let tie = self.resolved(tie);
        match self.find_parameter(tie.owner, tie.owned) {
            Some(index) => Some((index, tie.transposed)),
            None => None,
        }
    }

    /// What a layer that asks for a tied parameter gets: its owner's, seen as the tie says.
    pub(super) const fn tied_parameter(&'t self, tie: TieCell, asked: ParameterCell) -> Tensor<'t> {
        let tie = TieCell {
            name: asked.name,
            ..self.resolved(tie)
        };
        if tie.transposed && asked.rank != 2 {
            self.fault_at(FaultKind::Untransposable { name: asked.name }, tie.at);
            return self.own_parameter(asked);
        }
        let owned = ParameterCell {
            scope: tie.owner,
            name: tie.owned,
            declared: false,
            ..if tie.transposed {
                transposed(asked)
            } else {
                asked
            }
        };
        if let Some(index) = self.find_parameter(tie.owner, tie.owned) {
            self.meet(&tie, &self.parameter_cell(index), &owned);
        }
        let tensor = self.own_parameter(owned);
        self.note_got(&asked, self.find_parameter(tie.owner, tie.owned));
        let shape = parameter_shape(&asked);
        if tie.transposed {
            tensor.record(Op::Permute(TRANSPOSITION), shape)
        } else {
            tensor.reshaped_as(shape)
        }
    }

    /// The owner declares a parameter that layers tied to it have asked for before.
    pub(super) const fn declare_tied(&self, index: u32, declared: ParameterCell) {
        let asked = self.parameter_cell(index);
        let mut i = 0;
        while i < self.tie_count() {
            let tie = self.resolved(self.tie_cell(i));
            if tie.owner == declared.scope && same_text(tie.owned, declared.name) {
                self.meet(&tie, &declared, &asked);
                break;
            }
            i += 1;
        }
        let ParameterCell {
            node,
            previous,
            place,
            ..
        } = asked;
        self.tables.parameters[index as usize].replace(ParameterCell {
            node,
            previous,
            place,
            ..declared
        });
    }

    /// Equates the shape of a parameter with that in which a tied layer needs it.
    const fn meet(&self, tie: &TieCell, owned: &ParameterCell, needed: &ParameterCell) {
        if owned.rank != needed.rank {
            return self.tie_fault(tie, None, false, false);
        }
        let mut i = 0;
        while i < owned.rank {
            if !self.unify(owned.dims[i], needed.dims[i]) {
                let sizes = Some(self.amounts(needed.dims[i], owned.dims[i]));
                return self.tie_fault(tie, sizes, self.fits_exchanged(owned, needed), i > 1);
            }
            i += 1;
        }
    }

    /// Whether two matrices of known sizes have one shape once the axes of one are exchanged.
    const fn fits_exchanged(&self, a: &ParameterCell, b: &ParameterCell) -> bool {
        let matrices = a.rank == 2 && b.rank == 2;
        matrices && self.are_equal(a.dims[0], b.dims[1]) && self.are_equal(a.dims[1], b.dims[0])
    }

    /// Of a layer whose tie does not fit nothing is known.
    const fn tie_fault(
        &self,
        tie: &TieCell,
        sizes: Option<(Amount, Amount)>,
        exchanged: bool,
        kernel: bool,
    ) {
        let kind = FaultKind::Tied {
            layer: self.path(tie.scope),
            name: tie.name,
            owner: self.path(tie.owner),
            owned: tie.owned,
            transposed: tie.transposed,
            sizes,
            exchanged,
            kernel,
        };
        self.fault_at(kind, tie.at);
        self.leave_vague(self.current());
    }

    const fn note_got(&self, asked: &ParameterCell, got: Option<u32>) {
        let mut i = 0;
        while i < self.tie_count() {
            let tie = self.tie_cell(i);
            if tie.scope == asked.scope
                && tie.is_of(asked.name)
                && let Some(got) = got
            {
                let name = asked.name;
                self.tables.ties[i].replace(TieCell { got, name, ..tie });
            }
            i += 1;
        }
    }

    /// Whether the layer that a tie leads to has been declared, and all sizes of its own parameters are known.
    pub(crate) const fn has_known_owner(&self, tie: TieCell) -> bool {
        if !self.leads_to_a_parameter(tie) {
            return false;
        }
        let mut index = self.scope(self.resolved(tie).owner).last_parameter;
        while index != NONE {
            let cell = self.parameter_cell(index);
            if !self.has_known_shape(&cell) {
                return false;
            }
            index = cell.previous;
        }
        true
    }

    /// Reports ties of layers and parameters that there are not. Gives whether all lead to one.
    pub(crate) const fn report_ties(&self) -> bool {
        let (before, mut i) = (self.fault_count.get(), 0);
        while i < self.tie_count() {
            let tie = self.tie_cell(i);
            if let Some(scope) = self.first_undeclared(tie.owner) {
                self.report_no_layer(scope);
            } else if let Some(next) = self.tied_too_late(tie) {
                self.report_tied_itself(tie, next);
            } else if tie.got == NONE {
                self.report_no_parameter(tie.scope, tie.name, tie.at);
            } else if !self.leads_to_a_parameter(tie) {
                self.report_no_parameter(tie.owner, tie.owned, tie.at);
            }
            i += 1;
        }
        self.fault_count.get() == before
    }

    /// What a layer got is tied by its own network, which ran only after that: it has become another one then.
    const fn tied_too_late(&self, tie: TieCell) -> Option<TieCell> {
        if tie.got == NONE || self.parameter_cell(tie.got).declared {
            return None;
        }
        let got = self.parameter_cell(tie.got);
        match self.bare(got.scope, got.name) {
            Some(bare) => self.tie_of(bare, ""),
            None => self.tie_of(got.scope, got.name),
        }
    }

    /// The first layer that has a parameter of this one; empty where none has.
    pub(crate) const fn owner_of(&self, scope: u32) -> Path {
        let mut i = 0;
        while i < self.tie_count() {
            let tie = self.tie_cell(i);
            if tie.owner == scope {
                return self.path(tie.scope);
            }
            i += 1;
        }
        Path::EMPTY
    }

    const fn report_tied_itself(&self, tie: TieCell, next: TieCell) {
        let last = self.resolved(next);
        let kind = FaultKind::TiedItself {
            layer: self.path(next.scope),
            name: next.name,
            owner: self.path(last.owner),
            owned: last.owned,
            transposed: last.transposed,
        };
        self.set_current(tie.scope);
        self.fault_at(kind, tie.at);
        self.set_current(0);
    }

    /// The outermost scope on the way to one that ties foresaw and nobody has declared.
    const fn first_undeclared(&self, mut scope: u32) -> Option<u32> {
        let mut found = None;
        while scope != 0 && scope != NONE {
            let cell = self.scope(scope);
            if cell.order == NONE {
                found = Some(scope);
            }
            scope = cell.parent;
        }
        found
    }

    const fn leads_to_a_parameter(&self, tie: TieCell) -> bool {
        match self.owner(tie) {
            Some((index, _)) => self.parameter_cell(index).declared,
            None => false,
        }
    }

    /// Whether what is in a layer has been seen: one that is never called is told as such, and what depends on a
    /// number or a kind that is not given is looked at when it is.
    const fn is_seen(&self, mut scope: u32) -> bool {
        while scope != 0 && scope != NONE {
            let cell = self.scope(scope);
            if cell.calls == 0 || cell.later || matches!(cell.presence, Presence::Undecided) {
                return false;
            }
            scope = cell.parent;
        }
        true
    }

    const fn report_no_layer(&self, scope: u32) {
        let cell = self.scope(scope);
        let above = self.scope(cell.parent);
        if !self.is_seen(cell.parent) {
            return;
        }
        self.set_current(cell.parent);
        let kind = FaultKind::NoLayer {
            kind: above.kind,
            name: cell.name,
            index: cell.index,
            within: self.within(cell.parent),
        };
        self.fault_at(kind, cell.at);
        self.set_current(0);
    }

    const fn report_no_parameter(&self, scope: u32, name: &'static str, at: Option<Site>) {
        let cell = self.scope(scope);
        if !self.is_seen(scope) {
            return;
        }
        self.set_current(scope);
        let kind = FaultKind::NoParameter {
            kind: cell.kind,
            name,
            names: self.parameter_names(&cell),
            within: if self.is_bare(scope) {
                Within::Itself
            } else if self.child_named(scope, name).is_some() {
                Within::Namesake
            } else {
                self.within(scope)
            },
        };
        self.fault_at(kind, at);
        self.set_current(0);
    }

    /// The layer of a name within one.
    const fn child_named(&self, scope: u32, name: &str) -> Option<u32> {
        let mut child = self.first_child(scope);
        while child != NONE {
            let cell = self.scope(child);
            if cell.index.is_none() && same_text(cell.name, name) {
                return Some(child);
            }
            child = self.sibling(child);
        }
        None
    }

    /// What there is within a layer, in the order of declaration.
    const fn within(&self, scope: u32) -> Within {
        let (mut names, mut members, mut after) = (Text::EMPTY, 0, None);
        while let Some(child) = self.declared_after(scope, after) {
            if child.index.is_some() {
                members += 1;
            }
            let separator = if names.as_str().is_empty() {
                "`"
            } else {
                ", `"
            };
            let name = Text::<160>::EMPTY
                .push(separator)
                .push(child.name)
                .push("`");
            names = names.push(name.as_str());
            after = Some(child.order);
        }
        if matches!(self.scope(scope).presence, Presence::Absent) {
            return Within::Absent;
        }
        match (members, after) {
            (0, None) => Within::Nothing,
            (0, Some(_)) => Within::Layers(names),
            (members, _) => Within::Members(members),
        }
    }

    /// The child of a scope that was declared next.
    const fn declared_after(&self, scope: u32, after: Option<u32>) -> Option<ScopeCell> {
        let (mut found, mut child) = (None::<ScopeCell>, self.first_child(scope));
        while child != NONE {
            let cell = self.scope(child);
            let is_later = match after {
                Some(after) => cell.order > after,
                None => true,
            };
            let is_first = match &found {
                Some(found) => cell.order < found.order,
                None => true,
            };
            if cell.order != NONE && is_later && is_first {
                found = Some(cell);
            }
            child = self.sibling(child);
        }
        found
    }

    /// The names of a layer's own parameters in words: `` `weight`, `bias` ``.
    const fn parameter_names(&self, scope: &ScopeCell) -> Text<80> {
        let (mut names, mut index): (Text<80>, _) = (Text::EMPTY, scope.last_parameter);
        while index != NONE {
            let cell = self.parameter_cell(index);
            if cell.declared && !cell.name.is_empty() {
                let rest = names;
                names = Text::EMPTY.push("`").push(cell.name).push("`");
                if !rest.as_str().is_empty() {
                    names = names.push(", ").push(rest.as_str());
                }
            }
            index = cell.previous;
        }
        names
    }
}

/// The first two axes swapped.
const TRANSPOSITION: [u8; MAX_RANK] = {
    let (mut order, mut i) = ([0; MAX_RANK], 0);
    while i < MAX_RANK {
        order[i] = i as u8;
        i += 1;
    }
    order[0] = 1;
    order[1] = 0;
    order
};

const fn transposed(mut cell: ParameterCell) -> ParameterCell {
    let [rows, columns, ..] = cell.dims;
    cell.dims[0] = columns;
    cell.dims[1] = rows;
    cell
}
