//! The record of one run of a network's definition on symbolic tensors.
//!
//! A definition's `forward` is a `const fn`. Run by the compiler, its trace holds sizes only and
//! tells what is wrong and what must wait; run when a network is bound, it also holds the graph.
//! Both are the same code: a trace works on borrowed slices of cells, which constants can have.
//!
//! Sizes flow in any direction: `forward` runs again until no unknown gets solved any more. Unknowns
//! are numbered in the order in which they come up, which is the same in every run, so what one run
//! learned serves the next.

use crate::graph::{Op, Scope, Tensor};
use crate::init::Init;
use crate::shape::{Axis, Dim, Fault, FaultKind, MAX_RANK, Origin, Path, Role, Shape, Text};
use std::cell::Cell;
use std::panic::Location;

/// Stands for "none" among the indices of a trace.
pub(crate) const NONE: u32 = u32::MAX;

/// The most mistakes that are collected in one run.
pub const MAX_FAULTS: usize = 8;
/// The most inputs whose numbers of axes can be learned.
const MAX_INPUTS: usize = 16;

/// The most axes a parameter may have.
pub const MAX_PARAMETER_RANK: usize = 6;

/// A place in the source of a network.
pub type Site = &'static Location<'static>;

/// One unknown size: an element of a union-find forest.
#[derive(Clone, Copy)]
pub struct DimCell {
    parent: u32,
    value: Option<usize>,
}

impl DimCell {
    /// An unknown of which nothing is known.
    pub const NEW: Self = Self {
        parent: NONE,
        value: None,
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
    pub(crate) calls: u32,
    hash: u64,
    first_child: u32,
    last_child: u32,
    cursor: u32,
    sibling: u32,
    first_parameter: u32,
    last_parameter: u32,
    first_size: u32,
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
        last_child: NONE,
        cursor: NONE,
        sibling: NONE,
        first_parameter: NONE,
        last_parameter: NONE,
        first_size: NONE,
        output: NONE,
    };
}

impl ScopeCell {
    pub(crate) const fn cursor_to_first(&mut self) {
        self.cursor = self.first_child;
    }
}

/// A size of a layer that has a name: `in_features`.
#[derive(Clone, Copy)]
pub struct SizeCell {
    name: &'static str,
    dim: Dim,
    next: u32,
}

impl SizeCell {
    /// A size that nobody has named.
    pub const NEW: Self = Self {
        name: "",
        dim: Dim::UNTRACKED,
        next: NONE,
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
    pub(crate) next: u32,
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
        next: NONE,
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

/// The record of running a definition; see the module's documentation.
pub struct Trace<'t> {
    tables: Tables<'t>,
    counts: Cell<Counts>,
    faults: Cell<[Option<Fault>; MAX_FAULTS]>,
    fault_count: Cell<usize>,
    /// Something was learned in this run.
    changed: Cell<bool>,
    /// An assumption could be made, should nothing else be learned.
    wavering: Cell<bool>,
    /// Assumptions are being made.
    assuming: Cell<bool>,
    runs: Cell<usize>,
    current: Cell<u32>,
    site: Cell<Option<Site>>,
    input_ranks: [Cell<Option<usize>>; MAX_INPUTS],
    training: bool,
    masks: Cell<u32>,
    /// The site stays as it is: a function of the user's runs, and its call is what is to blame.
    held: Cell<bool>,
    /// Unknowns are numbered differently from now on, so what was learned of them is void.
    renumbered: Cell<bool>,
}

impl<'t> Trace<'t> {
    /// An empty trace over tables.
    pub const fn new(tables: Tables<'t>, training: bool) -> Self {
        Self {
            tables,
            counts: Cell::new(Counts::NONE),
            faults: Cell::new([None; MAX_FAULTS]),
            fault_count: Cell::new(0),
            changed: Cell::new(false),
            wavering: Cell::new(false),
            assuming: Cell::new(false),
            runs: Cell::new(0),
            current: Cell::new(0),
            site: Cell::new(None),
            input_ranks: [const { Cell::new(None) }; MAX_INPUTS],
            training,
            masks: Cell::new(0),
            held: Cell::new(false),
            renumbered: Cell::new(false),
        }
    }

    /// Starts a run and gives the scope of the network.
    pub const fn begin(&self) -> Scope<'_> {
        self.counts.replace(Counts::NONE);
        self.fault_count.replace(0);
        self.changed.replace(false);
        self.wavering.replace(false);
        self.current.replace(0);
        self.masks.replace(0);
        self.runs.replace(self.runs.get() + 1);
        self.held.replace(false);
        self.site.replace(None);
        if self.renumbered.replace(false) {
            let mut i = 0;
            while i < self.tables.dims.len() {
                self.tables.dims[i].replace(DimCell::NEW);
                i += 1;
            }
        }
        let root = self.push_scope(ScopeCell::NEW);
        Scope::new(self, root)
    }

    /// Whether another run would learn more.
    pub const fn again(&self) -> bool {
        // Each run that changes anything solves at least one unknown; the bound is a safeguard only.
        if self.runs.get() > 64 {
            return false;
        }
        if self.changed.get() {
            return true;
        }
        if self.wavering.get() && !self.assuming.get() {
            self.assuming.replace(true);
            return true;
        }
        false
    }

    /// An input of which nothing is known but that its first axis is the batch.
    pub const fn unknown_input(&'t self, index: u32) -> Tensor<'t> {
        let batch = Axis {
            dim: self.fresh(),
            role: Role::Batch,
            from: 0,
        };
        let shape = match self.input_rank(index) {
            Some(rank) => {
                let (mut shape, mut i) = (Shape::new(&[batch], true), 1);
                while i < rank {
                    shape = shape.with_last(Axis::new(self.fresh()));
                    i += 1;
                }
                shape
            }
            None => {
                let mut shape = Shape::unknown(true).with_last(Axis::new(self.fresh()));
                shape.input = Some(index);
                shape
            }
        };
        self.push(Op::Input(index), &[], shape)
    }

    /// An input of which a sample's shape is known, and the batch is not.
    pub fn sample_input(&'t self, index: u32, sizes: &[usize]) -> Tensor<'t> {
        let mut shape = Shape::new(
            &[Axis {
                dim: self.fresh(),
                role: Role::Batch,
                from: 0,
            }],
            true,
        );
        for &size in sizes {
            shape = shape.with_last(Axis::new(Dim::Known(size)));
        }
        self.push(Op::Input(index), &[], shape)
    }

    /// What is known of the shape that a node has for a sample: the first axis is taken for the batch.
    pub(crate) fn node_sample(&self, node: u32) -> Option<Vec<Option<usize>>> {
        let node = self.tables.nodes.get(node as usize)?.get();
        if node.open {
            return None;
        }
        Some(
            (1..node.rank as usize)
                .map(|axis| self.value(node.dims[axis]))
                .collect(),
        )
    }

    /// An input of a known shape.
    pub const fn known_input(&'t self, index: u32, sizes: &[usize], batched: bool) -> Tensor<'t> {
        let (mut shape, mut i) = (Shape::new(&[], batched), 0);
        while i < sizes.len() {
            let role = if i == 0 && batched {
                Role::Batch
            } else {
                Role::Any
            };
            shape = shape.with_last(Axis {
                dim: Dim::Known(sizes[i]),
                role,
                from: 0,
            });
            i += 1;
        }
        self.push(Op::Input(index), &[], shape)
    }

    // ---- Sizes ----------------------------------------------------------------------------------

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

    const fn root_of(&self, mut index: u32) -> u32 {
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
                    if a != b {
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

    const fn settle(&self, dim: Dim, size: usize) -> bool {
        if let Dim::Unknown(index) = dim
            && index != NONE
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
            && (index as usize) < MAX_INPUTS
            && self.input_rank(index).is_none()
        {
            self.input_ranks[index as usize].replace(Some(rank));
            self.renumbered.replace(true);
            self.changed.replace(true);
        }
    }

    const fn input_rank(&self, index: u32) -> Option<usize> {
        if (index as usize) < MAX_INPUTS {
            self.input_ranks[index as usize].get()
        } else {
            None
        }
    }

    // ---- Scopes ---------------------------------------------------------------------------------

    const fn push_scope(&self, scope: ScopeCell) -> u32 {
        let mut counts = self.counts.get();
        let index = counts.scopes;
        counts.scopes += 1;
        self.counts.replace(counts);
        if index < self.tables.scopes.len() {
            self.tables.scopes[index].replace(scope);
            index as u32
        } else {
            NONE
        }
    }

    pub(crate) const fn scope(&self, index: u32) -> ScopeCell {
        if index as usize >= self.tables.scopes.len() {
            ScopeCell::NEW
        } else {
            self.tables.scopes[index as usize].get()
        }
    }

    pub(crate) const fn set_scope(&self, index: u32, scope: ScopeCell) {
        if (index as usize) < self.tables.scopes.len() {
            self.tables.scopes[index as usize].replace(scope);
        }
    }

    /// The child of a scope with a name, or a stack's with an index, found or made. Children come in the same order
    /// whenever their parent runs, so the one after the last one found is tried first.
    pub(crate) const fn child(&self, parent: u32, name: &'static str, index: Option<u32>) -> u32 {
        let mut above = self.scope(parent);
        if above.calls > 1 {
            let mut candidate = above.cursor;
            let mut wrapped = false;
            loop {
                if candidate == NONE {
                    if wrapped {
                        break;
                    }
                    wrapped = true;
                    candidate = above.first_child;
                    if candidate == NONE {
                        break;
                    }
                }
                let cell = self.scope(candidate);
                if same_index(cell.index, index) && same_text(cell.name, name) {
                    above.cursor = cell.sibling;
                    self.set_scope(parent, above);
                    return candidate;
                }
                candidate = cell.sibling;
            }
        }
        let separator = if above.parent == NONE { "" } else { "." };
        let hash = fnv(fnv(above.hash, separator), name);
        let hash = match index {
            Some(index) => fnv(hash, Text::<24>::EMPTY.number(index as usize).as_str()),
            None => hash,
        };
        let made = self.push_scope(ScopeCell {
            parent,
            name,
            index,
            hash,
            ..ScopeCell::NEW
        });
        if above.last_child == NONE {
            above.first_child = made;
        } else {
            let mut last = self.scope(above.last_child);
            last.sibling = made;
            self.set_scope(above.last_child, last);
        }
        above.last_child = made;
        self.set_scope(parent, above);
        made
    }

    /// The first child of a scope.
    pub(crate) const fn first_child(&self, scope: u32) -> u32 {
        if self.tables.scopes.is_empty() {
            NONE
        } else {
            self.scope(scope).first_child
        }
    }

    /// The child after this one.
    pub(crate) const fn sibling(&self, scope: u32) -> u32 {
        self.scope(scope).sibling
    }

    pub(crate) const fn current(&self) -> u32 {
        self.current.get()
    }

    /// Makes a scope that was entered before the current one again.
    pub const fn resume(&self, scope: Scope<'_>) {
        self.current.replace(scope.id());
    }

    pub(crate) const fn set_current(&self, scope: u32) {
        self.current.replace(scope);
    }

    /// The path of a scope: `blocks.0.conv1`.
    pub(crate) const fn path(&self, scope: u32) -> Path {
        let cell = self.scope(scope);
        if scope == NONE || cell.parent == NONE {
            return Path::EMPTY;
        }
        let above = self.path(cell.parent);
        let above = if above.as_str().is_empty() {
            above
        } else {
            above.push(".")
        };
        let path = above.push(cell.name);
        match cell.index {
            Some(index) => path.number(index as usize),
            None => path,
        }
    }

    // ---- Named sizes and parameters -------------------------------------------------------------

    /// The size of a scope with a name, found or made.
    pub(crate) const fn named_size(&self, scope: u32, name: &'static str) -> Dim {
        let mut above = self.scope(scope);
        let mut index = above.first_size;
        while index != NONE {
            let cell = self.tables.sizes[index as usize].get();
            if same_text(cell.name, name) {
                return cell.dim;
            }
            index = cell.next;
        }
        let dim = self.fresh();
        let mut counts = self.counts.get();
        let index = counts.sizes;
        counts.sizes += 1;
        self.counts.replace(counts);
        if index < self.tables.sizes.len() {
            self.tables.sizes[index].replace(SizeCell {
                name,
                dim,
                next: above.first_size,
            });
            above.first_size = index as u32;
            self.set_scope(scope, above);
        }
        dim
    }

    /// The name that a scope has for an unknown size: `in_features`.
    pub(crate) fn name_of_size(&self, scope: u32, dim: Dim) -> Option<&'static str> {
        let Dim::Unknown(wanted) = dim else {
            return None;
        };
        let mut index = self.scope(scope).first_size;
        while let Some(cell) = self.tables.sizes.get(index as usize) {
            let cell = cell.get();
            if let Dim::Unknown(own) = cell.dim
                && own != NONE
                && wanted != NONE
                && self.root_of(own) == self.root_of(wanted)
            {
                return Some(cell.name);
            }
            index = cell.next;
        }
        None
    }

    /// The parameter of a scope with a name, found or made.
    pub(crate) const fn parameter(&'t self, cell: ParameterCell) -> Tensor<'t> {
        let mut above = self.scope(cell.scope);
        let mut index = above.first_parameter;
        while index != NONE {
            let found = self.parameter_cell(index);
            if same_text(found.name, cell.name) {
                return Tensor::new(self, found.node, parameter_shape(&found));
            }
            index = found.next;
        }
        let mut counts = self.counts.get();
        let index = counts.parameters;
        counts.parameters += 1;
        self.counts.replace(counts);
        let tensor = self.push(Op::Parameter(index as u32), &[], parameter_shape(&cell));
        if index < self.tables.parameters.len() {
            let made = ParameterCell {
                node: tensor.node(),
                next: NONE,
                ..cell
            };
            self.tables.parameters[index].replace(made);
            if above.last_parameter == NONE {
                above.first_parameter = index as u32;
            } else {
                let last = above.last_parameter as usize;
                let previous = self.tables.parameters[last].get();
                self.tables.parameters[last].replace(ParameterCell {
                    next: index as u32,
                    ..previous
                });
            }
            above.last_parameter = index as u32;
            self.set_scope(cell.scope, above);
            self.recall(
                &made,
                fnv(
                    fnv(above.hash, if above.parent == NONE { "" } else { "." }),
                    cell.name,
                ),
            );
        }
        tensor
    }

    pub(crate) const fn parameter_cell(&self, index: u32) -> ParameterCell {
        self.tables.parameters[index as usize].get()
    }

    /// Says which node a buffer takes its next value from.
    pub(crate) const fn update(&self, scope: u32, name: &str, node: u32) {
        let mut index = self.scope(scope).first_parameter;
        while index != NONE {
            let cell = self.parameter_cell(index);
            if same_text(cell.name, name) {
                self.tables.parameters[index as usize].replace(ParameterCell {
                    update: node,
                    ..cell
                });
            }
            index = cell.next;
        }
    }

    /// Whether there are parameters that are already settled.
    pub(crate) const fn has_facts(&self) -> bool {
        !self.tables.facts.is_empty()
    }

    /// Learns the sizes of a parameter that is already settled.
    const fn recall(&self, cell: &ParameterCell, hash: u64) {
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
        if low == facts.len() || facts[low].hash != hash {
            return;
        }
        let fact = facts[low];
        let mut i = 0;
        while i < cell.rank && fact.rank == cell.rank {
            if !self.unify(cell.dims[i], Dim::Known(fact.shape[i]))
                && let Some(declared) = self.value(cell.dims[i])
            {
                self.fault(FaultKind::Declared {
                    what: cell.name,
                    declared,
                    bound: false,
                    found: fact.shape[i],
                    origin: Origin::EMPTY
                        .push("its stored value has along axis ")
                        .number(i)
                        .push(" the size"),
                });
                return;
            }
            i += 1;
        }
        if fact.rank != cell.rank {
            self.fault(FaultKind::Other {
                message: "has a stored parameter with another number of axes",
            });
        }
    }

    // ---- Nodes ----------------------------------------------------------------------------------

    /// Records an operation on nodes and gives its result.
    pub(crate) const fn push(&'t self, op: Op, inputs: &[u32], shape: Shape) -> Tensor<'t> {
        let mut counts = self.counts.get();
        let (index, first) = (counts.nodes, counts.edges);
        counts.nodes += 1;
        counts.edges += inputs.len();
        self.counts.replace(counts);
        if index < self.tables.nodes.len() && counts.edges <= self.tables.edges.len() {
            let mut node = NodeCell {
                op,
                first_input: first as u32,
                inputs: inputs.len() as u32,
                rank: shape.rank() as u8,
                open: shape.open,
                ..NodeCell::NEW
            };
            let mut i = 0;
            while i < shape.rank() {
                node.dims[i] = shape.axis(i).dim;
                i += 1;
            }
            self.tables.nodes[index].replace(node);
            let mut i = 0;
            while i < inputs.len() {
                self.tables.edges[first + i].replace(inputs[i]);
                i += 1;
            }
        }
        Tensor::new(self, index as u32, shape)
    }

    /// How many nodes there are.
    pub(crate) const fn node_count(&self) -> u32 {
        self.counts.get().nodes as u32
    }

    pub(crate) const fn next_mask(&self) -> u32 {
        self.masks.replace(self.masks.get() + 1)
    }

    /// Whether the network runs in training mode.
    pub const fn training(&self) -> bool {
        self.training
    }

    /// What the tables hold.
    pub const fn tables(&self) -> &Tables<'t> {
        &self.tables
    }

    /// How much of each table the last run needed.
    pub const fn counts(&self) -> Counts {
        self.counts.get()
    }

    // ---- Mistakes -------------------------------------------------------------------------------

    /// Notes that the network's own body is at a place of its source.
    pub(crate) const fn pass(&self, site: Site) {
        if self.current.get() == 0 && !self.held.get() {
            self.site.replace(Some(site));
        }
    }

    /// Notes that the network's own body calls a function from here, which is to blame for whatever
    /// is wrong until [`Self::release`].
    #[track_caller]
    pub(crate) const fn hold(&self) {
        if self.current.get() == 0 {
            self.pass(Location::caller());
            self.held.replace(true);
        }
    }

    /// Ends [`Self::hold`].
    pub(crate) const fn release(&self) {
        if self.current.get() == 0 {
            self.held.replace(false);
        }
    }

    /// Reports a mistake in the current layer.
    pub(crate) const fn fault(&self, kind: FaultKind) {
        self.fault_at(kind, None);
    }

    /// Reports a mistake in the current layer, to be mended at `at`.
    pub(crate) const fn fault_at(&self, kind: FaultKind, at: Option<Site>) {
        let current = self.current.get();
        if self.is_silent(current) {
            return;
        }
        let at = match at {
            Some(at) => Some(at),
            None if current == 0 => self.site.get(),
            None => self.outermost(current).at,
        };
        let fault = Fault {
            kind,
            layer: self.path(current),
            at,
        };
        let count = self.fault_count.get();
        if count < MAX_FAULTS && !self.is_blamed(at) {
            let mut faults = self.faults.get();
            faults[count] = Some(fault);
            self.faults.replace(faults);
            self.fault_count.replace(count + 1);
        }
    }

    /// The layer of the network itself that a scope belongs to: the one its user can edit.
    const fn outermost(&self, mut scope: u32) -> ScopeCell {
        while self.scope(scope).parent != 0 && self.scope(scope).parent != NONE {
            scope = self.scope(scope).parent;
        }
        self.scope(scope)
    }

    /// A mistake at this place is known already: a layer that is called twice is wrong once.
    const fn is_blamed(&self, at: Option<Site>) -> bool {
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

    const fn is_silent(&self, mut scope: u32) -> bool {
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

    /// Where the size of an axis came from, in words that a number can follow.
    pub(crate) const fn origin(&self, axis: Axis) -> Origin {
        if axis.from == 0 || axis.from == NONE {
            return Origin::EMPTY.push("the input has");
        }
        Origin::EMPTY
            .push("`")
            .push(self.path(axis.from).as_str())
            .push("` produces")
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

const fn parameter_shape(cell: &ParameterCell) -> Shape {
    let (mut shape, mut i) = (Shape::new(&[], false), 0);
    while i < cell.rank {
        shape = shape.with_last(Axis {
            dim: cell.dims[i],
            role: Role::Any,
            from: cell.scope,
        });
        i += 1;
    }
    shape
}

/// FNV-1a (<http://www.isthe.com/chongo/tech/comp/fnv/>), continued.
pub(crate) const fn fnv(mut hash: u64, text: &str) -> u64 {
    let (bytes, mut i) = (text.as_bytes(), 0);
    while i < bytes.len() {
        hash = (hash ^ bytes[i] as u64).wrapping_mul(0x0000_0100_0000_01b3);
        i += 1;
    }
    hash
}

/// The hash under which [`Fact`]s are kept: that of a parameter's path.
pub fn path_hash(path: &str) -> u64 {
    fnv(ScopeCell::NEW.hash, path)
}

pub(crate) const fn same_text(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

pub(crate) const fn same_site(a: &Site, b: Site) -> bool {
    a.line() == b.line() && a.column() == b.column() && same_text(a.file(), b.file())
}

const fn same_index(a: Option<u32>, b: Option<u32>) -> bool {
    match (a, b) {
        (Some(a), Some(b)) => a == b,
        (None, None) => true,
        _ => false,
    }
}
