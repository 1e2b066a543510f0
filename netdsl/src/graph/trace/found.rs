//! The sizes that were found to be open, and what would close them.

use super::*;
use crate::shape::{Dim, Text, Unresolved};

/// What a name stands for.
#[derive(Clone, Copy)]
enum Named {
    /// The size itself: `in_features`.
    Size,
    /// The parameter that has it along an axis.
    Axis(usize),
    /// The parameter whose fan it is.
    Fan,
}

/// A size that was found to be open.
#[derive(Clone, Copy)]
pub(crate) struct OpenSize {
    /// The layer that names it, or whose parameter has it.
    pub(crate) scope: u32,
    /// Where it was left open.
    pub(crate) at: Option<Site>,
    /// Its layer's name for it, or the name of a parameter that it is a size of.
    name: &'static str,
    named: Named,
    pub(super) dim: Dim,
    pub(super) follows: Follows,
    /// Others of one list are open as well, and told with it.
    together: bool,
}

impl OpenSize {
    /// An axis of a parameter, as long as no better name is found.
    const fn of_axis(cell: &ParameterCell, axis: usize) -> Self {
        Self {
            scope: cell.scope,
            at: None,
            name: cell.name,
            named: if axis < cell.rank {
                Named::Axis(axis)
            } else {
                Named::Fan
            },
            dim: cell.size(axis),
            follows: Follows::VAGUE,
            together: false,
        }
    }

    /// Whether this was left open in the place where another one of the same layer was.
    pub(crate) const fn is_beside(&self, other: &Self) -> bool {
        match (self.at, other.at) {
            (Some(at), Some(place)) => self.scope == other.scope && same_site(&at, place),
            _ => false,
        }
    }
}

/// Where [`Trace::take_found`] goes on: a parameter and one of its axes.
pub(crate) type Place = (usize, usize);

impl Trace<'_> {
    /// How many sizes were found to be open.
    pub const fn count_found(&self) -> usize {
        let (mut count, mut i) = (self.found.get(), 0);
        while self.provisional.get() && i < self.stored_parameters() {
            count += self.stands_for_vague(&self.parameter_cell(i as u32)) as usize;
            i += 1;
        }
        count
    }

    /// The next size that was found to be open, in the order in which parameters need them.
    pub(crate) const fn take_found(&self, place: &mut Place) -> Option<OpenSize> {
        while place.0 < self.stored_parameters() {
            let cell = self.parameter_cell(place.0 as u32);
            if self.stands_for_vague(&cell) {
                *place = (place.0 + 1, 0);
                return Some(OpenSize::of_axis(&cell, 0));
            }
            while place.1 < cell.sizes() {
                let cause = self.named_cause(&cell, place.1, true);
                place.1 += 1;
                if cause.follows.is_found() {
                    self.mark(cause.dim, Follows::TOLD);
                    return Some(cause);
                }
            }
            *place = (place.0 + 1, 0);
        }
        None
    }

    /// In a vague layer nothing is noted of any size: its first parameter stands for all of them.
    const fn stands_for_vague(&self, cell: &ParameterCell) -> bool {
        matches!(self.question, Question::Open)
            && cell.previous == NONE
            && cell.sizes() > 0
            && matches!(cell.size(0), Dim::Unknown(NONE))
    }

    /// The size to call open where an axis of a parameter is: the one that the layer or one around it has
    /// a name for; or else another one of the layer that is open, which it may be computed from; or else
    /// itself. `found`: those that were found before count as open.
    pub(super) const fn named_cause(
        &self,
        cell: &ParameterCell,
        axis: usize,
        found: bool,
    ) -> OpenSize {
        let dim = cell.size(axis);
        let mut cause = OpenSize {
            follows: self.follows_or_nothing(dim),
            ..OpenSize::of_axis(cell, axis)
        };
        if self.follows(dim).is_none() {
            return cause;
        }
        let mut scope = cell.scope;
        while scope != 0 && scope != NONE {
            let mut index = self.scope(scope).last_size;
            while index != NONE {
                let size = self.tables.sizes[index as usize].get();
                let named = OpenSize {
                    scope,
                    at: size.at,
                    name: size.name,
                    named: Named::Size,
                    dim: size.dim,
                    follows: self.follows_or_nothing(size.dim),
                    together: false,
                };
                if self.are_one(size.dim, dim) {
                    return named;
                }
                let open = match found {
                    true => named.follows.is_found(),
                    false => self.is_open(scope, size.dim),
                };
                if scope == cell.scope && open {
                    cause = named;
                }
                index = size.previous;
            }
            scope = self.scope(scope).parent;
        }
        cause
    }

    const fn follows_or_nothing(&self, dim: Dim) -> Follows {
        match self.follows(dim) {
            Some(follows) => follows,
            None => Follows::NOTHING,
        }
    }

    /// An open size in words.
    pub(crate) const fn unresolved(&self, open: &OpenSize) -> Unresolved {
        self.unresolved_as(open, self.name_of_open(open))
    }

    /// An open size in words that name it so.
    pub(crate) const fn unresolved_as(&self, open: &OpenSize, name: Text<160>) -> Unresolved {
        let written = self.written_for(open);
        let follows = if self.is_undecided(open.scope) {
            Follows::VAGUE
        } else {
            open.follows.before()
        };
        let fix = match self.one_number(open, follows, written) {
            Some(fix) => fix,
            None => self.fix(follows, self.is_unseen(open.scope), written),
        };
        Unresolved::new(self.path(open.scope), name, fix)
    }

    /// What stands for an open size: a name or `_`.
    pub(crate) const fn written_for(&self, open: &OpenSize) -> &'static str {
        let name = self.name_of(0, open.dim);
        if name.is_empty() { "_" } else { name }
    }

    /// An open size and its name, with another one beside it.
    pub(crate) const fn with_open(
        &self,
        (open, name): (OpenSize, Text<160>),
        other: &OpenSize,
    ) -> (OpenSize, Text<160>) {
        let follows = open.follows.together(other.follows);
        let name = name.push(" and ").push(self.name_of_open(other).as_str());
        let both = OpenSize {
            follows,
            together: true,
            ..open
        };
        (both, name)
    }

    pub(crate) const fn name_of_open(&self, open: &OpenSize) -> Text<160> {
        let size = match open.named {
            Named::Size => Text::EMPTY,
            Named::Axis(axis) => Text::EMPTY.push("axis ").number(axis).push(" of "),
            Named::Fan => Text::EMPTY.push("the fan of "),
        };
        size.push("`").push(open.name).push("`")
    }

    /// What would close a size that follows from several numbers of the inputs, if the result has it: one number there.
    const fn one_number(
        &self,
        open: &OpenSize,
        follows: Follows,
        written: &str,
    ) -> Option<Text<240>> {
        let (shape, count) = self.result.get();
        if open.together || count != 1 || shape.open || follows.count_axes() < 2 {
            return None;
        }
        let text = Text::EMPTY.push("write a number for the `?` in the result, `-> [");
        let (mut text, mut axis, mut found) = (text, shape.batch_axes(), 0);
        while axis < shape.rank() {
            let dim = shape.axis(axis).dim;
            let so_far = match axis > shape.batch_axes() {
                true => text.push(", "),
                false => text,
            };
            text = match self.are_one(dim, open.dim) {
                true => so_far.push("?"),
                false => so_far.size(self.value(dim)),
            };
            found += self.are_one(dim, open.dim) as usize;
            axis += 1;
        }
        if found != 1 {
            return None;
        }
        let text = text.push("]`, or the size itself instead of `");
        Some(text.push(written).push("`"))
    }

    /// The shortest fact that would close a size, by what it follows from; `written` is what stands for it.
    const fn fix(&self, follows: Follows, unseen: bool, written: &str) -> Text<240> {
        let mut input = 0;
        while input < MAX_INPUTS {
            if let Some(InputCell {
                rank: Some(rank),
                name,
            }) = self.input(input as u32)
                && follows.has_axis_of(input as u32)
                && !name.is_empty()
            {
                let text = Text::EMPTY
                    .push("write a number for each `?` in the signature, `")
                    .push(name)
                    .push(": ");
                let text = self.signature(text, follows, input as u32, rank);
                return text
                    .push("`, or the size itself instead of `")
                    .push(written)
                    .push("`");
            }
            input += 1;
        }
        let mut index = 0;
        while index < self.tables.sizes.len() && index < self.counters.sizes.get() {
            if follows.has_parameter(index) {
                let name = self.tables.sizes[index].get().name;
                return Text::EMPTY
                    .push("give a number for `")
                    .push(name)
                    .push("` where the network is built");
            }
            index += 1;
        }
        if follows.is_vague() || follows.has_parameters() {
            return Text::EMPTY.push("give the network's own numbers where it is built");
        }
        let text = match (follows.is_nothing(), unseen) {
            (true, true) => {
                "it follows from what arrives there, which is known once the network is built, bound or run; or "
            }
            (true, false) => "no input can tell it: ",
            (false, _) => "",
        };
        Text::EMPTY
            .push(text)
            .push("write the number instead of `")
            .push(written)
            .push("`")
    }

    /// A shape in a signature, with `?` for what a size follows from.
    const fn signature(
        &self,
        text: Text<240>,
        follows: Follows,
        input: u32,
        rank: usize,
    ) -> Text<240> {
        let (mut text, mut axis) = (text.push("["), 1);
        while axis < rank {
            let text_so_far = if axis > 1 { text.push(", ") } else { text };
            text = match follows.has_axis(input, axis - 1) {
                true => text_so_far.push("?"),
                false => text_so_far.size(self.input_size(input, axis)),
            };
            axis += 1;
        }
        text.push("]")
    }

    /// The first size of a sample of the first input, where inputs number their unknowns.
    pub(crate) const fn first_size(&self) -> Dim {
        match self.input_rank(0) {
            Some(2..) => Dim::Unknown(1),
            _ => Dim::UNTRACKED,
        }
    }

    /// What is known of an axis of an input: inputs number their unknowns first.
    const fn input_size(&self, input: u32, axis: usize) -> Option<usize> {
        let (mut index, mut before) = (axis as u32, 0);
        while before < input {
            index += match self.input_rank(before) {
                Some(rank) => rank as u32,
                None => 2,
            };
            before += 1;
        }
        self.value(Dim::Unknown(index))
    }
}
