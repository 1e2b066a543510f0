//! The entries of a trace's tables: plain data that constants can hold.

use crate::graph::op::Op;
use crate::graph::trace::made::Form;
use crate::graph::trace::{Follows, Run, same_text};
use crate::init::Init;
use crate::shape::{Dim, MAX_RANK, Shape};
use std::cell::Cell;
use std::panic::Location;

/// Stands for "none" among the indices of a trace.
pub(crate) const NONE: u32 = u32::MAX;

/// In the place of the layer that a size is from: `cat` has added it up.
pub(crate) const CAT: u32 = NONE - 1;

/// `stack` has made it.
pub(crate) const STACK: u32 = NONE - 2;

/// `reshape` has.
pub(crate) const RESHAPE: u32 = NONE - 3;

/// `unsqueeze` has.
pub(crate) const UNSQUEEZE: u32 = NONE - 4;

/// `expand` has, or should.
pub(crate) const EXPAND: u32 = NONE - 5;

/// What is below stands for inputs.
const OPERATIONS: u32 = EXPAND;

/// An input of the network but the first, which is 0, has said it.
pub(crate) const fn from_input(index: u32) -> u32 {
    if index == 0 || index as usize >= MAX_INPUTS {
        return 0;
    }
    OPERATIONS - index
}

/// Whether a size is from a layer, or from the network's first input.
pub(super) const fn is_layer(from: u32) -> bool {
    from <= OPERATIONS - MAX_INPUTS as u32
}

/// The input that a size is from.
pub(crate) const fn input_of(from: u32) -> Option<u32> {
    match from {
        0 => Some(0),
        _ if is_layer(from) || from >= OPERATIONS => None,
        _ => Some(OPERATIONS - from),
    }
}

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
    /// The layer whose rule told the value.
    pub(super) by: u32,
    /// A rule wanted to know the value and could not be told.
    pub(super) asked: bool,
    /// From what the value would follow.
    pub(super) follows: Follows,
    /// Of what other sizes it is made.
    pub(super) form: Form,
}

impl DimCell {
    /// An unknown of which nothing is known.
    pub const NEW: Self = Self {
        parent: NONE,
        value: None,
        by: 0,
        asked: false,
        follows: Follows::NOTHING,
        form: Form::ANY,
    };
}

/// What was learned of an input as such.
#[derive(Clone, Copy)]
pub(super) struct InputCell {
    /// How many axes it has.
    pub(super) rank: Option<usize>,
    /// What the signature calls it.
    pub(super) name: &'static str,
}

impl InputCell {
    /// An input of which nothing is known.
    pub(super) const NEW: Self = Self {
        rank: None,
        name: "",
    };
}

/// Whether a layer is there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    /// It is.
    Present,
    /// It is not, and calls of it change nothing.
    Absent,
    /// It is a stack of no members, which calls change nothing in either.
    Empty,
    /// That depends on a number that is not given yet.
    Undecided,
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
    /// A network without a body: its layers are called one after the other.
    pub(crate) listed: bool,
    /// Nothing in it may wait.
    pub(crate) eager: bool,
    /// It is wrong in itself, which is told elsewhere.
    pub(crate) silent: bool,
    pub(crate) presence: Presence,
    /// It looked at a tensor whose axes were not known.
    pub(crate) unseen: bool,
    /// A parameter of the layer, or of one within, has a size that is not known.
    pub(crate) waits: bool,
    /// It makes something of what arrives.
    pub(crate) makes: bool,
    /// What it makes flows on into a result.
    pub(crate) reaches: bool,
    /// How many calls are through.
    pub(crate) calls: u32,
    /// One more than the highest index among its members.
    pub(crate) members: u32,
    /// What is in it is seen later: once constant functions are through, or a number is given.
    pub(crate) later: bool,
    /// When it was declared among all; `NONE` where nobody has and a tie foresees it.
    pub(crate) order: u32,
    /// How many of its children ties foresee that nobody has declared yet.
    pub(crate) foreseen: u32,
    pub(crate) hash: u64,
    pub(crate) first_child: u32,
    /// Where the search for the next child begins.
    pub(crate) cursor: u32,
    pub(crate) last_parameter: u32,
    pub(crate) last_size: u32,
    /// The node that the layer gave last.
    pub(crate) output: u32,
    /// Whether the first axis of that is the batch.
    pub(crate) output_batched: bool,
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
        listed: false,
        eager: false,
        silent: false,
        presence: Presence::Present,
        unseen: false,
        waits: false,
        makes: false,
        reaches: false,
        calls: 0,
        members: 0,
        later: false,
        order: NONE,
        foreseen: 0,
        hash: 0xcbf2_9ce4_8422_2325,
        first_child: NONE,
        cursor: NONE,
        last_parameter: NONE,
        last_size: NONE,
        output: NONE,
        output_batched: false,
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
    /// Where it was left open.
    pub(super) at: Option<Site>,
    /// The one that its scope named before.
    pub(crate) previous: u32,
}

impl SizeCell {
    /// A size that nobody has named.
    pub const NEW: Self = Self {
        name: "",
        dim: Dim::UNTRACKED,
        at: None,
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
    /// Its place among the network's parameters, where it exists.
    pub(crate) place: u32,
    /// Its layer has declared it; if not, a layer that is tied to it has asked for it so far.
    pub(crate) declared: bool,
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
        place: NONE,
        declared: true,
    };
}

/// A parameter that is another layer's.
#[derive(Clone, Copy)]
pub struct TieCell {
    /// The layer that has it from another one.
    pub(crate) scope: u32,
    pub(crate) name: &'static str,
    /// The layer it is of.
    pub(crate) owner: u32,
    pub(crate) owned: &'static str,
    pub(crate) transposed: bool,
    pub(crate) at: Option<Site>,
    /// What the layer got when it asked for it; `NONE` before.
    pub(crate) got: u32,
}

impl TieCell {
    /// A tie that nobody has made.
    pub const NEW: Self = Self {
        scope: NONE,
        name: "",
        owner: NONE,
        owned: "",
        transposed: false,
        at: None,
        got: NONE,
    };

    /// Whether it ties the parameter of a name. Of a layer that is a parameter itself that is its `value`.
    pub(super) const fn is_of(&self, name: &str) -> bool {
        same_text(self.name, name)
            || name.is_empty() && same_text(self.name, "value")
            || self.name.is_empty() && same_text(name, "value")
    }
}

impl ParameterCell {
    /// How many sizes must be known for it to be drawn.
    pub(super) const fn sizes(&self) -> usize {
        self.rank + self.fan.is_some() as usize
    }

    /// One of them: along an axis, or its fan.
    pub(super) const fn size(&self, index: usize) -> Dim {
        match self.fan {
            Some(fan) if index == self.rank => fan,
            _ => self.dims[index],
        }
    }
}

/// A use of an operation.
#[derive(Clone, Copy)]
pub struct NodeCell {
    pub(crate) op: Op,
    /// The layer that made it.
    pub(crate) scope: u32,
    pub(crate) first_input: u32,
    pub(crate) inputs: u32,
    pub(crate) dims: [Dim; MAX_RANK],
    pub(crate) rank: u8,
    /// There are more axes before these.
    pub(crate) open: bool,
    /// The first axis is the batch.
    pub(crate) batched: bool,
}

impl NodeCell {
    /// A node that does nothing.
    pub const NEW: Self = Self {
        op: Op::Detach,
        scope: 0,
        first_input: 0,
        inputs: 0,
        dims: [Dim::UNTRACKED; MAX_RANK],
        rank: 0,
        open: false,
        batched: false,
    };
}

/// What flows into a node, in a trace that holds no operations.
#[derive(Clone, Copy)]
pub struct FlowCell {
    /// The layer that made it.
    pub(super) scope: u32,
    pub(super) first_input: u32,
    pub(super) inputs: u32,
    /// It flows on into a result.
    pub(super) live: bool,
}

impl FlowCell {
    /// A node of which nothing is known.
    pub const NEW: Self = Self {
        scope: NONE,
        first_input: 0,
        inputs: 0,
        live: false,
    };
}

/// A call that is made later.
#[derive(Clone, Copy)]
pub struct CallCell {
    pub(super) run: Option<Run>,
    pub(super) scope: u32,
    /// The input.
    pub(super) x: u32,
    pub(super) x_shape: Shape,
    /// The node that stands for the result, and what is known of it.
    pub(super) stand_in: u32,
    pub(super) shape: Shape,
    /// The result.
    pub(super) result: u32,
    /// The axes that the result had in an earlier run.
    pub(super) known: Option<Shape>,
}

impl CallCell {
    /// A call that nobody has written down.
    pub const NEW: Self = Self {
        run: None,
        scope: NONE,
        x: NONE,
        x_shape: Shape::new(&[], false),
        stand_in: NONE,
        shape: Shape::new(&[], false),
        result: NONE,
        known: None,
    };
}

/// A parameter whose shape is settled: it exists, or a file says so.
#[derive(Clone, Copy, Debug)]
pub struct Fact {
    pub(super) hash: u64,
    pub(super) place: u32,
    pub(super) shape: [usize; MAX_PARAMETER_RANK],
    pub(super) rank: usize,
    pub(super) fixed: bool,
}

impl Fact {
    /// A parameter's shape, by the hash of its path, with its place among the network's parameters if
    /// it exists; `fixed`: by the definition, whatever the inputs are. `None` where it has more axes than
    /// parameters have.
    pub fn new(hash: u64, place: Option<usize>, fixed: bool, sizes: &[usize]) -> Option<Self> {
        let mut shape = [0; MAX_PARAMETER_RANK];
        shape.get_mut(..sizes.len())?.copy_from_slice(sizes);
        let place = place.map_or(NONE, |place| place as u32);
        Some(Self {
            hash,
            place,
            shape,
            rank: sizes.len(),
            fixed,
        })
    }

    /// Puts facts into the order in which a trace looks them up.
    pub fn sort(facts: &mut [Self]) {
        facts.sort_by_key(|fact| fact.hash);
    }
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
    /// Parameters that are other layers'.
    pub ties: &'t [Cell<TieCell>],
    /// Operations.
    pub nodes: &'t [Cell<NodeCell>],
    /// Their operands.
    pub edges: &'t [Cell<u32>],
    /// In place of operations, what flows into them.
    pub flows: &'t [Cell<FlowCell>],
    /// Calls that are made later.
    pub calls: &'t [Cell<CallCell>],
    /// Settled shapes, in the order of [`Fact::sort`].
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
    /// Parameters that are other layers'.
    pub ties: usize,
    /// Operations.
    pub nodes: usize,
    /// Operands.
    pub edges: usize,
    /// Calls that are made later.
    pub calls: usize,
}

impl Counts {
    /// Nothing.
    pub const NONE: Self = Self {
        dims: 0,
        scopes: 0,
        sizes: 0,
        parameters: 0,
        ties: 0,
        nodes: 0,
        edges: 0,
        calls: 0,
    };

    /// Room for unknown sizes where these were needed by a run that had no tables: what it could not learn may make more.
    pub const fn room_for_dims(&self) -> usize {
        2 * self.dims + 64
    }

    /// As [`Self::room_for_dims`], for nodes.
    pub const fn room_for_nodes(&self) -> usize {
        2 * self.nodes + 64
    }

    /// As [`Self::room_for_dims`], for their operands.
    pub const fn room_for_edges(&self) -> usize {
        2 * self.edges + 64
    }

    /// The most sizes that can stay open: each unknown, and one in each parameter.
    pub const fn room_to_find(&self) -> usize {
        self.room_for_dims() + self.parameters
    }

    /// In which of the rooms that a definition has for its tables these fit: its own, for what it needs
    /// without any numbers given; a larger one; the largest; none. What the largest holds the compiler
    /// evaluates without a word about how long that takes.
    pub const fn room(&self, own: &Counts) -> usize {
        if self.dims <= own.dims
            && self.scopes <= own.scopes
            && self.sizes <= own.sizes
            && self.parameters <= own.parameters
            && self.ties <= own.ties
        {
            return 0;
        }
        let others = self.scopes + self.sizes + self.parameters + self.ties;
        if 2 * self.dims <= 4096 && others <= 1024 {
            1
        } else if 2 * self.dims <= 16_384 && others <= 4096 {
            2
        } else {
            3
        }
    }

    /// Whether tables of these sizes hold `needed`.
    pub const fn hold(&self, needed: &Counts) -> bool {
        self.dims >= needed.dims
            && self.scopes >= needed.scopes
            && self.sizes >= needed.sizes
            && self.parameters >= needed.parameters
            && self.ties >= needed.ties
            && self.nodes >= needed.nodes
            && self.edges >= needed.edges
            && self.calls >= needed.calls
    }
}
