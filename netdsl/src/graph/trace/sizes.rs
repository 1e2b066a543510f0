//! What a trace knows of sizes: a union-find forest of unknowns.

use super::*;
use crate::shape::{Dim, Shape};

impl<'t> Trace<'t> {
    /// A new unknown.
    pub(crate) const fn fresh(&self) -> Dim {
        let mut counts = self.counts.get();
        let index = counts.dims;
        counts.dims += 1;
        self.counts.replace(counts);
        if index < self.tables.dims.len() {
            Dim::Unknown(index as u32)
        } else {
            Dim::UNTRACKED
        }
    }

    pub(super) const fn root_of(&self, mut index: u32) -> u32 {
        loop {
            let parent = self.tables.dims[index as usize].get().parent;
            if parent == NONE {
                return index;
            }
            index = parent;
        }
    }

    /// What is known of a size.
    pub(crate) const fn value(&self, dim: Dim) -> Option<usize> {
        match dim {
            Dim::Known(size) => Some(size),
            Dim::Unknown(NONE) => None,
            Dim::Unknown(index) => self.tables.dims[self.root_of(index) as usize].get().value,
        }
    }

    /// Learns that two sizes are equal; false where they cannot be.
    pub(crate) const fn unify(&self, a: Dim, b: Dim) -> bool {
        match (self.value(a), self.value(b)) {
            (Some(a), Some(b)) => a == b,
            (Some(size), None) => self.settle(b, size),
            (None, Some(size)) => self.settle(a, size),
            (None, None) => {
                if let (Dim::Unknown(a), Dim::Unknown(b)) = (a, b)
                    && a != NONE
                    && b != NONE
                {
                    let (a, b) = (self.root_of(a), self.root_of(b));
                    if a != b && !self.is_vague() {
                        // The later one hangs below the earlier one, so that roots stay stable.
                        let (root, leaf) = if a < b { (a, b) } else { (b, a) };
                        self.tables.dims[leaf as usize].replace(DimCell {
                            parent: root,
                            value: None,
                        });
                        self.changed.replace(true);
                    }
                }
                true
            }
        }
    }

    pub(super) const fn settle(&self, dim: Dim, size: usize) -> bool {
        if let Dim::Unknown(index) = dim
            && index != NONE
            && !self.is_vague()
        {
            let root = self.root_of(index) as usize;
            self.tables.dims[root].replace(DimCell {
                parent: NONE,
                value: Some(size),
            });
            self.changed.replace(true);
        }
        true
    }

    /// A size that was computed from others. Where those are numbers it is one too; where they are
    /// unknowns it is an unknown, in every run, so that unknowns keep their indices.
    pub(crate) const fn derived(&self, from_numbers: bool, size: Option<usize>) -> Dim {
        match size {
            Some(size) if from_numbers => Dim::Known(size),
            Some(size) => {
                let dim = self.fresh();
                self.unify(dim, Dim::Known(size));
                dim
            }
            None => self.fresh(),
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
            self.input_ranks[index as usize].replace(Some(rank));
            self.renumbered.replace(true);
            self.changed.replace(true);
        }
    }

    pub(super) const fn input_rank(&self, index: u32) -> Option<usize> {
        if (index as usize) < MAX_INPUTS {
            self.input_ranks[index as usize].get()
        } else {
            None
        }
    }
}
