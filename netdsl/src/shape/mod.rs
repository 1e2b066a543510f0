//! Sizes that are known or still unknown, and the rules between them.
//!
//! Everything here is `const fn` on plain data: the compiler evaluates it to check a definition,
//! and the very same functions run when a network is bound.

mod amount;
mod arg;
mod fault;
pub mod rule;
mod text;
mod unresolved;

pub use amount::Amount;
pub use arg::{Arg, Constant, Given, Item, Lift, MAX_LIST, NoArgument, NoNumber, Value};
pub use fault::{Cause, Fault, FaultKind, Origin, Path, Within};
pub(crate) use fault::{OVER, OVER_OR_BATCH, SAME_SIZE};
pub use text::Text;
pub use unresolved::Unresolved;

pub use netdsl_engine::kernel::MAX_RANK;

use crate::graph::trace::input_of;

/// The size of one axis.
#[derive(Clone, Copy, Debug)]
pub enum Dim {
    /// A number.
    Known(usize),
    /// An unknown of the trace it came from, by its index; it may have been solved since.
    Unknown(u32),
}

impl Dim {
    /// An unknown that no trace keeps account of.
    pub(crate) const UNTRACKED: Self = Self::Unknown(u32::MAX);

    /// Whether this is [`Self::UNTRACKED`].
    pub(crate) const fn is_untracked(self) -> bool {
        matches!(self, Self::Unknown(u32::MAX))
    }
}

/// What an axis means, as far as anyone has said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Nobody said.
    Any,
    /// The samples of a batch.
    Batch,
    /// The channels of an image or a signal.
    Channel,
    /// A height, width, depth or length that windows slide over.
    Space,
}

/// One axis of a tensor.
#[derive(Clone, Copy, Debug)]
pub struct Axis {
    /// Its size.
    pub dim: Dim,
    /// What it means.
    pub role: Role,
    /// The scope that gave it its size; 0 is the network's input.
    pub from: u32,
}

impl Axis {
    /// An axis nobody has said anything about.
    pub const ANY: Self = Self {
        dim: Dim::UNTRACKED,
        role: Role::Any,
        from: 0,
    };

    /// The same axis, of which no size can be told.
    pub const fn unknown(self) -> Self {
        Self {
            dim: Dim::UNTRACKED,
            ..self
        }
    }

    /// Whether it has the size that an input of the network gave it.
    pub(crate) const fn is_of_input(&self) -> bool {
        input_of(self.from).is_some()
    }

    /// An axis of a size.
    pub const fn new(dim: Dim) -> Self {
        Self {
            dim,
            role: Role::Any,
            from: 0,
        }
    }
}

/// The axes of a tensor, the batch first if it has one.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    axes: [Axis; MAX_RANK],
    rank: u8,
    /// How many axes there are before those listed is unknown.
    pub(crate) open: bool,
    /// `open`, and the rank can be learned: this is the input of this number as it came, or something of
    /// its rank.
    pub(crate) input: Option<u32>,
    /// The first axis is the batch.
    pub(crate) batched: bool,
    /// Axes past [`MAX_RANK`] were dropped: a mistake, told where the shape becomes a tensor's.
    pub(crate) cut: bool,
}

impl Shape {
    /// A shape of the given axes; those past [`MAX_RANK`] are dropped.
    pub const fn new(axes: &[Axis], batched: bool) -> Self {
        let mut shape = Self {
            axes: [Axis::ANY; MAX_RANK],
            rank: 0,
            open: false,
            input: None,
            batched,
            cut: axes.len() > MAX_RANK,
        };
        let mut i = 0;
        while i < axes.len() && i < MAX_RANK {
            shape.axes[i] = axes[i];
            i += 1;
        }
        shape.rank = i as u8;
        shape
    }

    /// The shape of a parameter of the scope `from`: the first `rank` of `sizes`.
    pub(crate) const fn of_sizes(sizes: &[Dim], rank: usize, from: u32) -> Self {
        let mut shape = Self::new(&[], false);
        let mut i = 0;
        while i < rank {
            shape.axes[i].dim = sizes[i];
            shape.axes[i].from = from;
            i += 1;
        }
        shape.rank = rank as u8;
        shape
    }

    /// A shape of which nothing is known.
    pub const fn unknown(batched: bool) -> Self {
        let mut shape = Self::new(&[], batched);
        shape.open = true;
        shape
    }

    /// The axes that are known to exist, in order; of an open shape the last ones.
    pub const fn axes(&self) -> &[Axis] {
        let (axes, _) = self.axes.split_at(self.rank as usize);
        axes
    }

    /// How many axes [`Self::axes`] has.
    pub const fn rank(&self) -> usize {
        self.rank as usize
    }

    /// The axis at `index`.
    pub const fn axis(&self, index: usize) -> Axis {
        self.axes[index]
    }

    /// The same shape with another axis at `index`.
    pub const fn with_axis(mut self, index: usize, axis: Axis) -> Self {
        self.axes[index] = axis;
        self
    }

    /// The same shape with one axis more at the end; dropped past [`MAX_RANK`].
    pub const fn with_last(mut self, axis: Axis) -> Self {
        if (self.rank as usize) < MAX_RANK {
            self.axes[self.rank as usize] = axis;
            self.rank += 1;
        } else {
            self.cut = true;
        }
        self
    }

    /// The number of leading batch axes: 1 or 0.
    pub const fn batch_axes(&self) -> usize {
        self.batched as usize
    }
}
