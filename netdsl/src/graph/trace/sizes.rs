//! What a trace knows of sizes: a union-find forest of unknowns.

use super::*;
use crate::shape::{Dim, FaultKind, Shape};

impl<'t> Trace<'t> {
    /// A new unknown.
    pub(crate) const fn fresh(&self) -> Dim {
        let index = next(&self.counters.dims);
        if index < self.tables.dims.len() {
            Dim::Unknown(index as u32)
        } else {
            Dim::UNTRACKED
        }
    }

    /// The unknown that stands for all that are equal to this one, and what is known of it.
    pub(super) const fn root(&self, mut index: u32) -> (u32, DimCell) {
        loop {
            let cell = self.tables.dims[index as usize].get();
            if cell.parent == NONE {
                return (index, cell);
            }
            index = cell.parent;
        }
    }

    pub(super) const fn root_of(&self, index: u32) -> u32 {
        self.root(index).0
    }

    /// What is known of a size, for a rule to go by. Should it be learned later, the rule runs again.
    pub(crate) const fn value(&self, dim: Dim) -> Option<usize> {
        match dim {
            Dim::Known(size) => Some(size),
            Dim::Unknown(NONE) => None,
            Dim::Unknown(index) => {
                let (root, cell) = self.root(index);
                if cell.value.is_none() && !cell.asked {
                    self.tables.dims[root as usize].replace(DimCell {
                        asked: true,
                        ..cell
                    });
                }
                cell.value
            }
        }
    }

    /// Whether two sizes are known to be the same unknown.
    pub(crate) const fn are_one(&self, a: Dim, b: Dim) -> bool {
        match (a, b) {
            (Dim::Unknown(NONE), _) | (_, Dim::Unknown(NONE)) => false,
            (Dim::Unknown(a), Dim::Unknown(b)) => self.root_of(a) == self.root_of(b),
            _ => false,
        }
    }

    /// Whether two sizes are known, and equal.
    pub(crate) const fn are_equal(&self, a: Dim, b: Dim) -> bool {
        match (self.value(a), self.value(b)) {
            (Some(a), Some(b)) => a == b,
            _ => false,
        }
    }

    /// Learns that two sizes are equal; false where they cannot be.
    pub(crate) const fn unify(&self, a: Dim, b: Dim) -> bool {
        match (a, b) {
            (Dim::Unknown(NONE), dim) | (dim, Dim::Unknown(NONE)) => {
                self.follow(dim, Follows::SOMETHING);
                true
            }
            (Dim::Known(a), Dim::Known(b)) => a == b,
            (Dim::Known(size), Dim::Unknown(index)) | (Dim::Unknown(index), Dim::Known(size)) => {
                self.settle(index, size)
            }
            (Dim::Unknown(a), Dim::Unknown(b)) => self.merge(a, b),
        }
    }

    pub(super) const fn settle(&self, index: u32, size: usize) -> bool {
        let (root, cell) = self.root(index);
        if let Some(value) = cell.value {
            return value == size;
        }
        if self.is_vague() {
            self.follow_something(Dim::Unknown(root));
            return true;
        }
        if !self.form(root).can_be(size) {
            return false;
        }
        self.learn(
            root,
            cell.asked,
            DimCell {
                value: Some(size),
                by: self.current.get(),
                ..cell
            },
        );
        self.settle_base(cell.form, size);
        true
    }

    const fn merge(&self, a: u32, b: u32) -> bool {
        let (a, b) = (self.root(a), self.root(b));
        if a.0 == b.0 {
            return true;
        }
        match (a.1.value, b.1.value) {
            (Some(a), Some(b)) => return a == b,
            (Some(size), None) => return self.settle(b.0, size),
            (None, Some(size)) => return self.settle(a.0, size),
            (None, None) => {}
        }
        if self.is_vague() {
            self.follow_something(Dim::Unknown(a.0));
            self.follow_something(Dim::Unknown(b.0));
            return true;
        }
        if !self.can_equal(Dim::Unknown(a.0), Dim::Unknown(b.0)) {
            return false;
        }
        // The later one hangs below the earlier one, so that roots stay stable.
        let ((root, above), (leaf, below)) = if a.0 < b.0 { (a, b) } else { (b, a) };
        self.tables.dims[root as usize].replace(DimCell {
            asked: above.asked || below.asked,
            follows: above.follows.or(below.follows),
            form: above.form.or(below.form),
            ..above
        });
        self.learn(
            leaf,
            false,
            DimCell {
                parent: root,
                ..DimCell::NEW
            },
        );
        true
    }

    const fn learn(&self, index: u32, missed: bool, cell: DimCell) {
        self.tables.dims[index as usize].replace(cell);
        self.changed.replace(true);
        if missed {
            self.missed.replace(true);
        }
    }

    /// A size that was computed from others. Where those are numbers it is one too; where they are
    /// unknowns it is an unknown, in every run, so that unknowns keep their indices.
    pub(crate) const fn derived(&self, from: &[Dim], size: Option<usize>) -> Dim {
        if has_lost(from) {
            // Numbered all the same.
            let _ = self.fresh();
            return Dim::UNTRACKED;
        }
        match size {
            Some(size) if are_numbers(from) => Dim::Known(size),
            Some(size) => {
                let dim = self.fresh();
                if !self.unify(dim, Dim::Known(size)) {
                    let (size, settled) = self.amounts(Dim::Known(size), dim);
                    self.fault(FaultKind::Computed { size, settled });
                }
                dim
            }
            None => self.fresh_from(self.follows_from(from)),
        }
    }

    /// Whether an assumption may be made here; noted if not yet.
    pub(crate) const fn may_assume(&self) -> bool {
        if !self.assuming.get() {
            self.wavering.replace(true);
        }
        self.assuming.get()
    }

    /// Learns how many axes the network's only input has.
    pub(crate) const fn learn_rank(&self, shape: &Shape, rank: usize) {
        if let (true, Some(index)) = (shape.open, shape.input)
            && !self.is_vague()
            && (index as usize) < MAX_INPUTS
            && self.input_rank(index).is_none()
        {
            let cell = &self.inputs[index as usize];
            let known = cell.get();
            cell.replace(InputCell {
                rank: Some(rank),
                ..known
            });
            self.renumbered.replace(true);
            self.missed.replace(true);
        }
    }

    pub(super) const fn input(&self, index: u32) -> Option<InputCell> {
        if (index as usize) < MAX_INPUTS {
            Some(self.inputs[index as usize].get())
        } else {
            None
        }
    }

    pub(super) const fn input_rank(&self, index: u32) -> Option<usize> {
        match self.input(index) {
            Some(input) => input.rank,
            None => None,
        }
    }

    /// Notes what the signature calls an input.
    pub(crate) const fn name_input(&self, shape: &Shape, name: &'static str) {
        if let Some(index) = shape.input
            && let Some(known) = self.input(index)
            && known.name.is_empty()
        {
            self.inputs[index as usize].replace(InputCell { name, ..known });
        }
    }
}

/// Whether a mistake has lost one of some sizes: what follows from it is lost as well, so that the mistake is told once.
const fn has_lost(sizes: &[Dim]) -> bool {
    let mut i = 0;
    while i < sizes.len() {
        if sizes[i].is_untracked() {
            return true;
        }
        i += 1;
    }
    false
}

const fn are_numbers(sizes: &[Dim]) -> bool {
    let mut i = 0;
    while i < sizes.len() {
        if !matches!(sizes[i], Dim::Known(_)) {
            return false;
        }
        i += 1;
    }
    true
}
