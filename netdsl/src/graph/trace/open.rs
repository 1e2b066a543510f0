//! What stays open: from what each unknown size would follow, and which ones nothing that is asked for
//! will tell.
//!
//! Beside its value, an unknown keeps from what it follows, whatever the numbers will be: from axes of
//! the inputs, from the network's parameters. That spreads with the sizes themselves, through equalities
//! ([`Trace::unify`]) and arithmetic ([`Trace::derived`], [`Trace::relate`]), so that it costs no run of
//! its own. Only where a size turns out to be open, `forward` runs again: that size counts as told from
//! then on, and what follows from it is no news.

use super::found::OpenSize;
use super::*;
use crate::shape::{Dim, Shape};

/// From what a size would follow: a set.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Follows(u64);

/// How many axes of an input, and how many inputs, are told apart.
const AXES: u32 = 7;
const INPUTS: u32 = 4;
/// The first parameter of the network, and how many are told apart.
const PARAMETER: u32 = AXES * INPUTS;
const PARAMETERS: u32 = 31;

impl Follows {
    /// From nothing that is known of.
    pub(super) const NOTHING: Self = Self(0);
    /// From something that cannot be told yet: an axis of a tensor of unknown rank.
    pub(super) const SOMETHING: Self = Self(1 << 61);
    /// From what is around the network.
    const OUTSIDE: Self = Self(1 << 59);
    /// From numbers that are missing for its whole layer.
    pub(super) const VAGUE: Self = Self(1 << 60);
    /// From sizes that were found to be open before.
    pub(super) const TOLD: Self = Self(1 << 62);
    /// It was found to be open itself.
    const FOUND: Self = Self(1 << 63);

    const ALL_AXES: u64 = (1 << PARAMETER) - 1;
    const ALL_PARAMETERS: u64 = ((1 << PARAMETERS) - 1) << PARAMETER;

    /// From an axis of a sample of an input.
    pub(super) const fn axis(input: u32, axis: usize) -> Self {
        if input < INPUTS && axis < AXES as usize {
            Self(1 << (input * AXES + axis as u32))
        } else {
            Self::SOMETHING
        }
    }

    /// From a parameter of the network.
    pub(super) const fn parameter(index: usize) -> Self {
        let last = PARAMETERS as usize - 1;
        Self(1 << (PARAMETER + if index < last { index } else { last } as u32))
    }

    pub(super) const fn is_nothing(self) -> bool {
        self.0 == 0
    }

    /// As it was before it was found to be open.
    pub(super) const fn before(self) -> Self {
        Self(self.0 & !Self::FOUND.0)
    }

    pub(super) const fn is_vague(self) -> bool {
        self.0 == Self::VAGUE.0
    }

    pub(super) const fn is_found(self) -> bool {
        self.0 & Self::FOUND.0 != 0
    }

    pub(super) const fn has_axis(self, input: u32, axis: usize) -> bool {
        self.0 & Self::axis(input, axis).0 & Self::ALL_AXES != 0
    }

    pub(super) const fn has_axis_of(self, input: u32) -> bool {
        input < INPUTS && self.0 >> (input * AXES) & ((1 << AXES) - 1) != 0
    }

    /// How many axes of inputs it is from.
    pub(super) const fn count_axes(self) -> u32 {
        (self.0 & Self::ALL_AXES).count_ones()
    }

    /// Whether it is a parameter of the network that is told apart from the others.
    pub(super) const fn has_parameter(self, index: usize) -> bool {
        index + 1 < PARAMETERS as usize && self.0 & Self::parameter(index).0 != 0
    }

    /// Whether it is any parameter of the network.
    pub(super) const fn has_parameters(self) -> bool {
        self.0 & Self::ALL_PARAMETERS != 0
    }

    /// From both of two sizes.
    const fn and(self, other: Self) -> Self {
        if other.is_found() {
            Self(self.0 | Self::TOLD.0)
        } else {
            Self(self.0 | other.0)
        }
    }

    /// How early it will be known, of two ways to know it.
    const fn rank(self) -> u8 {
        match self.0 {
            0 => 0,
            set if set & Self::FOUND.0 != 0 => 6,
            set if set == Self::TOLD.0 => 5,
            set if set == Self::OUTSIDE.0 => 1,
            set if set & Self::SOMETHING.0 != 0 => 2,
            set if set & Self::ALL_AXES != 0 => 3,
            _ => 4,
        }
    }

    /// All that two sizes follow from.
    pub(super) const fn together(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// From one of the two.
    pub(super) const fn or(self, other: Self) -> Self {
        if other.rank() > self.rank() {
            other
        } else {
            self
        }
    }
}

/// Which unknown sizes count as open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// None: nobody asks.
    Nothing,
    /// Those that follow neither from the inputs, nor from parameters, nor from what is around the network.
    NeverTold,
    /// Those that will be unknown when the network's parameters have their numbers.
    Waits,
    /// All.
    Open,
}

impl<'t> Trace<'t> {
    /// Has the trace find out about sizes that stay open.
    pub const fn asking(mut self, question: Question) -> Self {
        self.question = question;
        self
    }

    /// Which unknown sizes are looked for.
    pub(crate) const fn question(&self) -> Question {
        self.question
    }

    /// Notes from what a size follows.
    pub(crate) const fn follow(&self, dim: Dim, from: Follows) {
        if let Dim::Unknown(index) = dim
            && index != NONE
        {
            let (_, cell) = self.root(index);
            if cell.value.is_none() && from.rank() > cell.follows.rank() {
                self.mark(dim, from);
                self.spread.replace(true);
            }
        }
    }

    pub(super) const fn mark(&self, dim: Dim, follows: Follows) {
        if let Dim::Unknown(index) = dim
            && index != NONE
        {
            let (root, cell) = self.root(index);
            self.tables.dims[root as usize].replace(DimCell { follows, ..cell });
        }
    }

    /// Notes that something will tell a size, but not what.
    pub(crate) const fn follow_something(&self, dim: Dim) {
        self.follow(dim, Follows::SOMETHING);
    }

    /// As [`Self::follow_something`], for all sizes of a shape.
    pub(crate) const fn follow_something_of(&self, shape: &Shape) {
        self.follow_of(shape, 0, Follows::SOMETHING);
    }

    /// The same, but for so many of its last axes.
    pub(crate) const fn follow_something_but(&self, last: usize, shape: &Shape) {
        self.follow_of(shape, last, Follows::SOMETHING);
    }

    /// Notes that what is around the network may tell the sizes of a shape.
    pub(crate) const fn follow_outside_of(&self, shape: &Shape) {
        self.follow_of(shape, 0, Follows::OUTSIDE);
    }

    /// As [`Self::follow`], for all sizes of a shape but the last ones.
    const fn follow_of(&self, shape: &Shape, last: usize, from: Follows) {
        let mut i = 0;
        while i + last < shape.rank() {
            self.follow(shape.axis(i).dim, from);
            i += 1;
        }
    }

    /// The first size of a parameter that nothing tells but what is around the network.
    pub(crate) const fn told_outside(&self) -> Option<OpenSize> {
        let mut index = 0;
        while index < self.stored_parameters() {
            let (cell, mut i) = (self.parameter_cell(index as u32), 0);
            while i < cell.sizes() {
                if let Some(follows) = self.follows(cell.size(i))
                    && follows.0 == Follows::OUTSIDE.0
                {
                    return Some(self.named_cause(&cell, i, false));
                }
                i += 1;
            }
            index += 1;
        }
        None
    }

    /// A new unknown that something will tell, but nobody knows what.
    pub(crate) const fn fresh_from_something(&self) -> Dim {
        self.fresh_from(Follows::SOMETHING)
    }

    pub(super) const fn fresh_from(&self, from: Follows) -> Dim {
        let dim = self.fresh();
        self.follow(dim, from);
        dim
    }

    /// From what a size follows that is computed from others.
    pub(super) const fn follows_from(&self, from: &[Dim]) -> Follows {
        let (mut all, mut i) = (Follows::NOTHING, 0);
        while i < from.len() {
            match self.follows(from[i]) {
                Some(follows) if follows.is_nothing() => return Follows::NOTHING,
                Some(follows) => all = all.and(follows),
                None => {}
            }
            i += 1;
        }
        // Of numbers alone: a mistake is told elsewhere.
        all.or(Follows::SOMETHING)
    }

    /// From what a size follows; `None` where it is known.
    pub(super) const fn follows(&self, dim: Dim) -> Option<Follows> {
        match dim {
            Dim::Known(_) => None,
            Dim::Unknown(NONE) => Some(Follows::SOMETHING),
            Dim::Unknown(index) => {
                let (_, cell) = self.root(index);
                if cell.value.is_some() {
                    None
                } else {
                    Some(cell.follows)
                }
            }
        }
    }

    /// Notes that a rule knows each of these sizes from all the others: `parts` and a `whole`.
    pub(crate) const fn relate(&self, parts: &[Dim], whole: Dim) {
        // A part that is the whole tells nothing of it, but of the other parts: with them, it is itself.
        let itself = self.place_of(whole, parts);
        let count = parts.len() + itself.is_none() as usize;
        let (mut left, mut lefts) = (whole, 0);
        let (mut all, mut i) = (Follows::NOTHING, 0);
        while i < count {
            let dim = match itself {
                Some(place) if place == i => Dim::Known(1),
                _ if i < parts.len() => parts[i],
                _ => whole,
            };
            match self.follows(dim) {
                Some(follows) if follows.is_nothing() => {
                    lefts += !(lefts == 1 && self.are_one(left, dim)) as usize;
                    left = dim;
                }
                Some(follows) => all = all.and(follows),
                None => {}
            }
            i += 1;
        }
        if lefts == 1 {
            self.follow(left, all.or(Follows::SOMETHING));
        }
    }

    /// Where a size stands among others.
    const fn place_of(&self, dim: Dim, among: &[Dim]) -> Option<usize> {
        let mut i = 0;
        while i < among.len() {
            if self.are_one(dim, among[i]) {
                return Some(i);
            }
            i += 1;
        }
        None
    }

    /// Notes that a layer looks at a tensor whose axes are not known, or is vague: what its sizes follow
    /// from will be seen later.
    pub(crate) const fn look_again(&self, scope: u32) {
        let mut cell = self.scope(scope);
        cell.unseen = true;
        self.set_scope(scope, cell);
    }

    /// Notes that what a layer looked at without knowing its axes will tell the layer's sizes, and with them all those
    /// that follow from them elsewhere.
    const fn follow_unseen(&self) {
        let mut scope = 0;
        while scope < self.counters.scopes.get() as u32 {
            if self.is_unseen(scope) {
                self.follow_something_in(scope);
            }
            scope += 1;
        }
    }

    /// As [`Self::follow_something`], for all sizes that a scope has names for and all of its parameters.
    const fn follow_something_in(&self, scope: u32) {
        let cell = self.scope(scope);
        let (mut size, mut parameter) = (cell.last_size, cell.last_parameter);
        while size != NONE {
            let cell = self.tables.sizes[size as usize].get();
            self.follow_something(cell.dim);
            size = cell.previous;
        }
        while parameter != NONE {
            let (cell, mut i) = (self.parameter_cell(parameter), 0);
            while i < cell.sizes() {
                self.follow_something(cell.size(i));
                i += 1;
            }
            parameter = cell.previous;
        }
    }

    /// Notes which layers wait; finds the first size that is open, and does as if it were told from now
    /// on. False where there is none.
    pub(super) const fn find_open(&self) -> bool {
        if matches!(self.question, Question::NeverTold) {
            self.follow_unseen();
        }
        let (mut open, mut i) = (None, 0);
        while i < self.stored_parameters() {
            let cell = self.parameter_cell(i as u32);
            if !self.has_known_shape(&cell) {
                self.wait(self.outermost(cell.scope));
                if open.is_none() {
                    open = self.open_size(&cell);
                }
            }
            i += 1;
        }
        let Some(open) = open else { return false };
        // What was noted in this run may have come too late for this size.
        if !self.spread.get() && !self.changed.get() {
            self.follow(open.dim, Follows(open.follows.0 | Follows::FOUND.0));
            self.found.replace(self.found.get() + 1);
        }
        true
    }

    /// What is to be called open of a parameter's sizes, if one is.
    const fn open_size(&self, cell: &ParameterCell) -> Option<OpenSize> {
        let mut i = 0;
        while i < cell.sizes() && self.fault_count.get() == 0 {
            if self.is_open(cell.scope, cell.size(i)) {
                return Some(self.named_cause(cell, i, false));
            }
            i += 1;
        }
        None
    }

    const fn wait(&self, layer: u32) {
        let mut cell = self.scope(layer);
        cell.waits = true;
        self.set_scope(layer, cell);
    }

    pub(super) const fn stored_parameters(&self) -> usize {
        let (made, stored) = (self.counters.parameters.get(), self.tables.parameters.len());
        if made < stored { made } else { stored }
    }

    /// Whether all sizes of a parameter are known, so that it can be drawn.
    pub(super) const fn has_known_shape(&self, cell: &ParameterCell) -> bool {
        let mut known = match cell.fan {
            Some(fan) => self.value(fan).is_some(),
            None => true,
        };
        let mut i = 0;
        while known && i < cell.rank {
            known = self.value(cell.dims[i]).is_some();
            i += 1;
        }
        known
    }

    /// Whether a size of a parameter of a layer is open, as far as the question goes.
    pub(super) const fn is_open(&self, scope: u32, dim: Dim) -> bool {
        let Some(follows) = self.follows(dim) else {
            return false;
        };
        let granted = match self.question_of(scope) {
            Question::Nothing => return false,
            Question::NeverTold => return follows.is_nothing(),
            // It will be asked again when the parameters have their numbers.
            Question::Waits if self.provisional.get() && self.is_unseen(scope) => return false,
            Question::Waits if self.provisional.get() => Follows::ALL_PARAMETERS,
            Question::Waits | Question::Open => 0,
        };
        // In a vague layer nothing can be noted.
        if matches!(dim, Dim::Unknown(NONE)) {
            return false;
        }
        !follows.is_found()
            && (follows.is_nothing() || follows.0 & !granted & !Follows::TOLD.0 != 0)
    }

    /// The question that is asked of a layer's sizes: within an eager network, what waits.
    const fn question_of(&self, scope: u32) -> Question {
        match self.question {
            Question::NeverTold if self.eager_around(scope).is_some() => Question::Waits,
            question => question,
        }
    }

    /// The outermost eager network that a scope is in.
    pub(crate) const fn eager_around(&self, mut scope: u32) -> Option<u32> {
        let mut found = None;
        while scope != NONE {
            let cell = self.scope(scope);
            if cell.eager {
                found = Some(scope);
            }
            scope = cell.parent;
        }
        found
    }

    /// Whether some layer could not tell yet what it gives, nor of which of its arguments.
    pub(super) const fn has_unseen(&self) -> bool {
        let mut scope = 0;
        while scope < self.counters.scopes.get() as u32 {
            if self.scope(scope).unseen {
                return true;
            }
            scope += 1;
        }
        false
    }

    pub(super) const fn is_unseen(&self, mut scope: u32) -> bool {
        while scope != NONE {
            let cell = self.scope(scope);
            if cell.unseen || cell.later {
                return true;
            }
            scope = cell.parent;
        }
        false
    }
}
