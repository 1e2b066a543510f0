//! How far the tables of a trace are filled.

use super::Counts;
use std::cell::Cell;

/// How many entries of each table a run has made.
pub struct Counters {
    pub dims: Cell<usize>,
    pub scopes: Cell<usize>,
    /// Scopes without those that ties foresee.
    pub declared: Cell<usize>,
    pub sizes: Cell<usize>,
    pub parameters: Cell<usize>,
    pub ties: Cell<usize>,
    pub nodes: Cell<usize>,
    pub edges: Cell<usize>,
    pub calls: Cell<usize>,
}

impl Counters {
    pub const fn new() -> Self {
        Self {
            dims: Cell::new(0),
            scopes: Cell::new(0),
            declared: Cell::new(0),
            sizes: Cell::new(0),
            parameters: Cell::new(0),
            ties: Cell::new(0),
            nodes: Cell::new(0),
            edges: Cell::new(0),
            calls: Cell::new(0),
        }
    }

    /// All of them.
    pub const fn counts(&self) -> Counts {
        Counts {
            dims: self.dims.get(),
            scopes: self.scopes.get(),
            sizes: self.sizes.get(),
            parameters: self.parameters.get(),
            ties: self.ties.get(),
            nodes: self.nodes.get(),
            edges: self.edges.get(),
            calls: self.calls.get(),
        }
    }

    /// For a new run.
    pub const fn reset(&self) {
        self.dims.replace(0);
        self.scopes.replace(0);
        self.declared.replace(0);
        self.sizes.replace(0);
        self.parameters.replace(0);
        self.ties.replace(0);
        self.nodes.replace(0);
        self.edges.replace(0);
        self.calls.replace(0);
    }
}

/// The index of a new entry.
pub const fn next(counter: &Cell<usize>) -> usize {
    let index = counter.get();
    counter.replace(index + 1);
    index
}
