//! The entries of a trace's tables: plain data that constants can hold.

use crate::graph::op::Op;
use crate::init::Init;
use crate::shape::{Dim, MAX_RANK};
use std::cell::Cell;
use std::panic::Location;

/// Stands for "none" among the indices of a trace.
pub(crate) const NONE: u32 = u32::MAX;

/// The most mistakes that are collected in one run.
pub const MAX_FAULTS: usize = 8;
/// The most inputs whose numbers of axes can be learned.
pub(super) const MAX_INPUTS: usize = 16;

/// The most axes a parameter may have.
pub const MAX_PARAMETER_RANK: usize = 6;

/// A place in the source of a network.
pub type Site = &'static Location<'static>;

/// One unknown size: an element of a union-find forest.
#[derive(Clone, Copy)]
pub struct DimCell {
    pub(super) parent: u32,
    pub(super) value: Option<usize>,
    /// A rule wanted to know the value and could not be told.
    pub(super) asked: bool,
}

impl DimCell {
    /// An unknown of which nothing is known.
    pub const NEW: Self = Self {
        parent: NONE,
        value: None,
        asked: false,
    };
}

/// A layer, a network or a member of a stack.
#[derive(Clone, Copy)]
pub struct ScopeCell {
    pub(crate) parent: u32,
    pub(crate) name: &'static str,
    pub(crate) index: Option<u32>,
    pub(crate) kind: &'static str,
    pub(crate) at: Option<Site>,
    /// Its body is a user's, so that operations in it are the user's to edit.
    pub(crate) network: bool,
    /// It is wrong in itself, which is told elsewhere.
    pub(crate) silent: bool,
    /// How many calls are through.
    pub(crate) calls: u32,
    pub(crate) hash: u64,
    pub(crate) first_child: u32,
    /// Where the search for the next child begins.
    pub(crate) cursor: u32,
    pub(crate) last_parameter: u32,
    pub(crate) last_size: u32,
    /// The node that the layer gave last.
    pub(crate) output: u32,
}

impl ScopeCell {
    /// A scope that nobody has declared.
    pub const NEW: Self = Self {
        parent: NONE,
        name: "",
        index: None,
        kind: "",
        at: None,
        network: false,
        silent: false,
        calls: 0,
        hash: 0xcbf2_9ce4_8422_2325,
        first_child: NONE,
        cursor: NONE,
        last_parameter: NONE,
        last_size: NONE,
        output: NONE,
    };
}

impl ScopeCell {
    /// The next child asked for is the first one again.
    pub(crate) const fn rewind(&mut self) {
        self.cursor = self.first_child;
    }
}

/// A size of a layer that has a name: `in_features`.
#[derive(Clone, Copy)]
pub struct SizeCell {
    pub(super) name: &'static str,
    pub(super) dim: Dim,
    /// The one that its scope named before.
    pub(crate) previous: u32,
}

impl SizeCell {
    /// A size that nobody has named.
    pub const NEW: Self = Self {
        name: "",
        dim: Dim::UNTRACKED,
        previous: NONE,
    };
}

/// A parameter or a buffer.
#[derive(Clone, Copy)]
pub struct ParameterCell {
    pub(crate) scope: u32,
    pub(crate) name: &'static str,
    pub(crate) dims: [Dim; MAX_PARAMETER_RANK],
    pub(crate) rank: usize,
    pub(crate) init: Init,
    /// What [`Init::FanInUniform`] divides by, where it is not the parameter's own fan-in.
    pub(crate) fan: Option<Dim>,
    pub(crate) buffer: bool,
    pub(crate) node: u32,
    /// The one that its scope declared before.
    pub(crate) previous: u32,
    /// The node that becomes the buffer's value after a training step.
    pub(crate) update: u32,
}

impl ParameterCell {
    /// A parameter that nobody has declared.
    pub const NEW: Self = Self {
        scope: NONE,
        name: "",
        dims: [Dim::UNTRACKED; MAX_PARAMETER_RANK],
        rank: 0,
        init: Init::Zeros,
        fan: None,
        buffer: false,
        node: NONE,
        previous: NONE,
        update: NONE,
    };
}

/// A use of an operation.
#[derive(Clone, Copy)]
pub struct NodeCell {
    pub(crate) op: Op,
    pub(crate) first_input: u32,
    pub(crate) inputs: u32,
    pub(crate) dims: [Dim; MAX_RANK],
    pub(crate) rank: u8,
    /// There are more axes before these.
    pub(crate) open: bool,
}

impl NodeCell {
    /// A node that does nothing.
    pub const NEW: Self = Self {
        op: Op::Detach,
        first_input: 0,
        inputs: 0,
        dims: [Dim::UNTRACKED; MAX_RANK],
        rank: 0,
        open: false,
    };
}

/// A parameter whose shape is settled: it exists, or a file says so.
#[derive(Clone, Copy, Debug)]
pub struct Fact {
    /// The hash of its path.
    pub hash: u64,
    /// Its shape.
    pub shape: [usize; MAX_PARAMETER_RANK],
    /// How many axes that has.
    pub rank: usize,
}

/// The tables a trace writes into. What does not fit is counted and otherwise ignored.
#[derive(Clone, Copy)]
pub struct Tables<'t> {
    /// Unknown sizes.
    pub dims: &'t [Cell<DimCell>],
    /// Layers and networks.
    pub scopes: &'t [Cell<ScopeCell>],
    /// Named sizes.
    pub sizes: &'t [Cell<SizeCell>],
    /// Parameters and buffers.
    pub parameters: &'t [Cell<ParameterCell>],
    /// Operations.
    pub nodes: &'t [Cell<NodeCell>],
    /// Their operands.
    pub edges: &'t [Cell<u32>],
    /// Settled shapes, sorted by hash.
    pub facts: &'t [Fact],
}

/// How much of each table a run needs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Unknown sizes.
    pub dims: usize,
    /// Layers and networks.
    pub scopes: usize,
    /// Named sizes.
    pub sizes: usize,
    /// Parameters and buffers.
    pub parameters: usize,
    /// Operations.
    pub nodes: usize,
    /// Operands.
    pub edges: usize,
}

impl Counts {
    /// Nothing.
    pub const NONE: Self = Self {
        dims: 0,
        scopes: 0,
        sizes: 0,
        parameters: 0,
        nodes: 0,
        edges: 0,
    };

    /// Whether tables of these sizes hold `needed`.
    pub const fn hold(&self, needed: &Counts) -> bool {
        self.dims >= needed.dims
            && self.scopes >= needed.scopes
            && self.sizes >= needed.sizes
            && self.parameters >= needed.parameters
            && self.nodes >= needed.nodes
            && self.edges >= needed.edges
    }
}
