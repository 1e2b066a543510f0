//! The table of a network's layers as the compiler knows it, for its documentation.

use crate::graph::check::Storage;
use crate::graph::trace::{Counts, Mode, NONE, NodeCell, ParameterCell, Presence, Question, Trace};
use crate::rustdoc::{ABSENT, ENDING, STATIC, WAITING};
use crate::shape::{Dim, MAX_RANK};
use std::cell::Cell;

/// A size that the compiler does not know.
const OPEN: isize = -1;

/// What the compiler knows of a layer.
#[derive(Clone, Copy)]
pub struct Row {
    /// How many axes a sample of its output has; [`ENDING`] more where there may be others before them.
    pub form: usize,
    /// Their sizes.
    pub sizes: [isize; MAX_RANK],
    /// How many numbers its parameters have.
    pub parameters: isize,
    /// Since when those exist: [`STATIC`], [`WAITING`] or [`ABSENT`].
    pub status: usize,
}

/// The rows of all layers, and how much of each table it took to know.
#[derive(Clone, Copy)]
pub struct Rows<const LAYERS: usize> {
    /// In the order of declaration.
    pub rows: [Row; LAYERS],
    /// How much.
    pub counts: Counts,
}

/// The tables of operations, which [`Storage`] has none of.
pub struct Recorded<const NODES: usize, const EDGES: usize> {
    nodes: [Cell<NodeCell>; NODES],
    edges: [Cell<u32>; EDGES],
}

impl<const NODES: usize, const EDGES: usize> Recorded<NODES, EDGES> {
    /// Empty tables.
    #[expect(clippy::new_without_default, reason = "only made in constants")]
    pub const fn new() -> Self {
        Self {
            nodes: [const { Cell::new(NodeCell::NEW) }; NODES],
            edges: [const { Cell::new(0) }; EDGES],
        }
    }

    /// A trace over these and others that holds operations, so that it knows what layers give. `whole`: all numbers that
    /// the definition is to be given are there.
    pub const fn trace<
        't,
        const D: usize,
        const S: usize,
        const N: usize,
        const P: usize,
        const T: usize,
    >(
        &'t self,
        storage: &'t Storage<D, S, N, P, T, 0, 0>,
        whole: bool,
    ) -> Trace<'t> {
        let mut tables = storage.tables();
        tables.nodes = &self.nodes;
        tables.edges = &self.edges;
        let trace = Trace::new(tables, Mode::SIZES);
        trace.asking(Question::Nothing).whole(whole)
    }
}

impl Trace<'_> {
    /// The table after the last run.
    pub const fn rows<const LAYERS: usize>(&self) -> Rows<LAYERS> {
        let (layers, ready) = (self.children::<LAYERS>(), self.ready_layers::<LAYERS>());
        let nothing = Row {
            form: ENDING,
            sizes: [OPEN; MAX_RANK],
            parameters: OPEN,
            status: WAITING,
        };
        let (mut rows, mut i) = ([nothing; LAYERS], 0);
        while i < LAYERS && layers[i] != NONE {
            let (form, sizes) = self.output(layers[i]);
            let parameters = self.parameters_within(layers[i]);
            rows[i] = Row {
                form,
                sizes,
                parameters,
                status: match self.scope(layers[i]).presence {
                    Presence::Absent | Presence::Empty => ABSENT,
                    _ if ready[i] && parameters != OPEN => STATIC,
                    _ => WAITING,
                },
            };
            i += 1;
        }
        Rows {
            rows,
            counts: self.counts(),
        }
    }

    /// The shape that a layer gives a sample; a stack gives what its last member does.
    const fn output(&self, scope: u32) -> (usize, [isize; MAX_RANK]) {
        let (mut last, mut child) = (scope, self.first_child(scope));
        while child != NONE {
            if self.scope(child).index.is_some() && self.scope(child).calls > 0 {
                last = child;
            }
            child = self.sibling(child);
        }
        let mut sizes = [OPEN; MAX_RANK];
        let cell = self.scope(last);
        let index = cell.output as usize;
        if index >= self.tables().nodes.len() {
            return (ENDING, sizes);
        }
        let node = self.tables().nodes[index].get();
        let (open, rank) = (node.open, node.rank as usize);
        // Of what is open nothing says which axis is the batch.
        let first = (!open && cell.output_batched) as usize;
        let mut i = first;
        while i < rank {
            sizes[i - first] = self.shown_size(node.dims[i]);
            i += 1;
        }
        let axes = rank.saturating_sub(first);
        (if open { ENDING + axes } else { axes }, sizes)
    }

    const fn shown_size(&self, dim: Dim) -> isize {
        match self.value(dim) {
            Some(size) if size <= isize::MAX as usize => size as isize,
            _ => OPEN,
        }
    }

    /// How many numbers the parameters of a layer and of those within it have.
    const fn parameters_within(&self, scope: u32) -> isize {
        if self.has_later(scope) {
            return OPEN;
        }
        let (mut sum, mut i) = (0isize, 0);
        while i < self.tables().parameters.len() && i < self.counts().parameters {
            let parameter = self.parameter_cell(i as u32);
            if !parameter.buffer && self.is_within(parameter.scope, scope) {
                match self.numbers_in(&parameter) {
                    Some(count) if sum.checked_add(count).is_some() => sum += count,
                    _ => return OPEN,
                }
            }
            i += 1;
        }
        sum
    }

    /// Whether there is something in a layer that is seen later, or may not be there.
    const fn has_later(&self, scope: u32) -> bool {
        let mut within = 0;
        while within < self.counts().scopes as u32 {
            let cell = self.scope(within);
            if (cell.later || matches!(cell.presence, Presence::Undecided))
                && (within == scope || self.is_within(within, scope))
            {
                return true;
            }
            within += 1;
        }
        false
    }

    const fn numbers_in(&self, parameter: &ParameterCell) -> Option<isize> {
        let (mut count, mut i) = (1isize, 0);
        while i < parameter.rank {
            count = match self.shown_size(parameter.dims[i]) {
                OPEN => return None,
                size => match count.checked_mul(size) {
                    Some(count) => count,
                    None => return None,
                },
            };
            i += 1;
        }
        Some(count)
    }
}
