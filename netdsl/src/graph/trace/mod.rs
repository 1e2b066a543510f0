//! The record of one run of a network's definition on symbolic tensors.
//!
//! A definition's `forward` is a `const fn`. Run by the compiler, its trace holds sizes only and
//! tells what is wrong and what must wait; run when a network is bound, it also holds the graph.
//! Both are the same code: a trace works on borrowed slices of cells, which constants can have.
//!
//! Sizes flow in any direction: `forward` runs again as long as a run learned something that a rule had
//! asked for before. Unknowns are numbered in the order in which they come up, which is the same in
//! every run, so what one run learned serves the next.
//!
//! The compiler interprets all of this, and a constant evaluation pays for each call and most of all for
//! each use of a [`Cell`], some microseconds: tables are written rarely and in whole entries.

mod calls;
mod cells;
mod counters;
mod faults;
mod found;
mod live;
mod made;
mod nodes;
mod open;
mod parameters;
mod repeated;
mod scopes;
mod sizes;
mod ties;
mod vague;

pub use calls::Run;
use cells::MAX_INPUTS;
pub use cells::*;
use counters::{Counters, next};
pub(crate) use made::Made;
pub use open::{Follows, Question};

use crate::Element;
use crate::graph::{Op, Scope, Tensor};
use crate::shape::{Axis, Dim, Fault, Role, Shape};
use std::cell::Cell;

/// The record of running a definition; see the module's documentation.
pub struct Trace<'t> {
    tables: Tables<'t>,
    counters: Counters,
    faults: Cell<[Option<Fault>; MAX_FAULTS]>,
    fault_count: Cell<usize>,
    /// There are more mistakes than are kept.
    more_faults: Cell<bool>,
    /// Something was learned in this run.
    changed: Cell<bool>,
    /// Something was learned that a rule had asked for before.
    missed: Cell<bool>,
    /// An assumption could be made, should nothing else be learned.
    wavering: Cell<bool>,
    /// Assumptions are being made.
    assuming: Cell<bool>,
    runs: Cell<usize>,
    current: Cell<u32>,
    site: Cell<Option<Site>>,
    inputs: [Cell<InputCell>; MAX_INPUTS],
    /// The shape of the result whose signature was met last, and how many were.
    result: Cell<(Shape, u32)>,
    mode: Mode,
    /// Operations are recorded, not sizes only.
    records: bool,
    /// Draws of random numbers so far.
    streams: Cell<u32>,
    /// The site stays as it is: a function of the user's runs, and its call is what is to blame.
    held: Cell<u32>,
    /// Unknowns are numbered differently from now on, so what was learned of them is void.
    renumbered: Cell<bool>,
    /// Numbers that parameters are to give may be missing.
    provisional: Cell<bool>,
    /// The layer that is left vague, for want of such a number.
    vague: Cell<u32>,
    /// Which unknown sizes are looked for.
    question: Question,
    /// More was noted in this run of what sizes follow from.
    spread: Cell<bool>,
    /// How many sizes were found to be open.
    found: Cell<usize>,
    /// Nothing is known of an input.
    blind: Cell<bool>,
    /// Members of stacks are called one by one.
    single: Cell<bool>,
    /// A loop goes over a stack whose length is not given: what it does for a later member is not known.
    has_more_members: Cell<bool>,
    /// Sizes are computed from a number that was given when the network was built.
    computed: Cell<bool>,
    /// A size that the graph needs as a number and that is not known.
    missed_number: Cell<Option<&'static str>>,
    /// What `cat` has made last, and of how many tensors.
    joined: Cell<(u32, usize)>,
}

/// What a definition is run for.
#[derive(Clone, Copy, Debug)]
pub struct Mode {
    /// The network trains.
    pub training: bool,
    /// From 1 to the next larger number of the network's type.
    pub epsilon: f64,
}

impl Mode {
    /// Sizes only: no graph is made of it.
    pub const SIZES: Self = Self {
        training: false,
        epsilon: 0.0,
    };

    /// A network of this type.
    pub fn of<E: Element>(training: bool) -> Self {
        let epsilon = E::EPSILON.to_f64();
        Self { training, epsilon }
    }
}

impl<'t> Trace<'t> {
    /// An empty trace over tables, which records operations.
    pub const fn new(tables: Tables<'t>, mode: Mode) -> Self {
        Self {
            tables,
            counters: Counters::new(),
            faults: Cell::new([None; MAX_FAULTS]),
            fault_count: Cell::new(0),
            more_faults: Cell::new(false),
            changed: Cell::new(false),
            missed: Cell::new(false),
            wavering: Cell::new(false),
            assuming: Cell::new(false),
            runs: Cell::new(0),
            current: Cell::new(0),
            site: Cell::new(None),
            inputs: [const { Cell::new(InputCell::NEW) }; MAX_INPUTS],
            result: Cell::new((Shape::unknown(true), 0)),
            mode,
            records: true,
            streams: Cell::new(0),
            held: Cell::new(0),
            renumbered: Cell::new(false),
            provisional: Cell::new(false),
            vague: Cell::new(NONE),
            question: Question::Nothing,
            spread: Cell::new(false),
            found: Cell::new(0),
            blind: Cell::new(false),
            single: Cell::new(false),
            has_more_members: Cell::new(false),
            computed: Cell::new(false),
            missed_number: Cell::new(None),
            joined: Cell::new((NONE, 0)),
        }
    }

    /// An empty trace over tables, which records no operations: all that the compiler needs.
    pub const fn of_sizes(tables: Tables<'t>) -> Self {
        Self {
            records: false,
            ..Self::new(tables, Mode::SIZES)
        }
    }

    /// Starts a run and gives the scope of the network.
    pub const fn begin(&self) -> Scope<'_> {
        self.counters.reset();
        self.fault_count.replace(0);
        self.more_faults.replace(false);
        self.changed.replace(false);
        self.missed.replace(false);
        self.spread.replace(false);
        self.wavering.replace(false);
        self.current.replace(0);
        self.streams.replace(0);
        self.result.replace((Shape::unknown(true), 0));
        self.missed_number.replace(None);
        self.runs.replace(self.runs.get() + 1);
        self.held.replace(0);
        self.vague.replace(NONE);
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
            self.find_open();
            return false;
        }
        // What no rule had asked for changes nothing but the words of mistakes.
        if self.missed.get() || (self.changed.get() && self.fault_count.get() > 0) {
            return true;
        }
        if self.wavering.get() && !self.assuming.get() {
            self.assuming.replace(true);
            return true;
        }
        self.find_open()
    }

    /// A size that the graph needs as a number is not known.
    pub(crate) const fn miss_number(&self, name: &'static str) {
        self.missed_number.replace(Some(name));
    }

    /// The name of one.
    pub(crate) const fn missed_number(&self) -> Option<&'static str> {
        self.missed_number.get()
    }

    /// An input of which nothing is known but that its first axis is the batch.
    pub const fn unknown_input(&'t self, index: u32) -> Tensor<'t> {
        self.blind.replace(true);
        let batch = Axis {
            dim: self.fresh_from(Follows::SOMETHING),
            role: Role::Batch,
            from: 0,
        };
        let mut shape = match self.input_rank(index) {
            Some(rank) => {
                let (mut shape, mut i) = (Shape::new(&[batch], true), 1);
                while i < rank {
                    shape = shape.with_last(Axis {
                        from: from_input(index),
                        ..Axis::new(self.fresh_from(Follows::axis(index, i - 1)))
                    });
                    i += 1;
                }
                shape
            }
            None => {
                let last = self.fresh_from(Follows::SOMETHING);
                Shape::unknown(true).with_last(Axis::new(last))
            }
        };
        shape.input = Some(index);
        self.push(Op::Input(index), &[], shape)
    }

    /// Whether nothing is known of an input.
    pub(crate) const fn is_blind(&self) -> bool {
        self.blind.get()
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
            shape = shape.with_last(Axis {
                from: from_input(index),
                ..Axis::new(Dim::Known(size))
            });
        }
        shape.input = Some(index);
        self.push(Op::Input(index), &[], shape)
    }

    /// What is known of the shape that a layer gives a sample, or of all of it where it has no batch.
    /// With whether there are more axes before these, so that none of them is the batch.
    pub(crate) fn output_sample(&self, layer: &ScopeCell) -> Option<(Vec<Option<usize>>, bool)> {
        let node = self.tables.nodes.get(layer.output as usize)?.get();
        let batch = !node.open && layer.output_batched;
        let axes = usize::from(batch)..node.rank as usize;
        if node.open && axes.is_empty() {
            return None;
        }
        let sizes = axes.map(|axis| self.value(node.dims[axis])).collect();
        Some((sizes, node.open))
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
                from: from_input(index),
            });
            i += 1;
        }
        shape.input = Some(index);
        self.push(Op::Input(index), &[], shape)
    }
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
pub const fn path_hash(path: &str) -> u64 {
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
