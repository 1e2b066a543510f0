//! The verdict of the compiler on a network: what is wrong, and which layers are ready.

use crate::graph::Verdict;
use crate::graph::trace::{
    Counts, DimCell, FlowCell, NONE, ParameterCell, Question, ScopeCell, Site, SizeCell, Tables,
    TieCell, Trace,
};
use crate::graph::{Scope, Tensor};
use crate::shape::{FaultKind, Text, Unresolved};
use std::cell::Cell;
use std::panic::Location;

/// What running a network's definition without knowing its inputs has shown.
#[derive(Clone, Copy)]
pub struct Checked<const LAYERS: usize> {
    /// How much of each table the runs needed.
    pub counts: Counts,
    /// For each layer, in the order of declaration, whether all of its parameters' sizes are known.
    pub ready: [bool; LAYERS],
    /// What is wrong.
    pub verdict: Verdict,
}

/// Sizes that stay open, at most `ROOM` of them.
pub struct Found<const ROOM: usize> {
    sizes: [Unresolved; ROOM],
    count: usize,
}

impl<const ROOM: usize> Found<ROOM> {
    /// Those that there are.
    pub const fn sizes(&self) -> &[Unresolved] {
        let (sizes, _) = self.sizes.split_at(self.count);
        sizes
    }
}

/// What a call gives.
pub const fn given<T>(value: T) -> T {
    value
}

/// Where a function that is given a tensor runs.
pub const fn scope_of<'t>(tensor: &Tensor<'t>) -> Scope<'t> {
    Scope::of(tensor)
}

/// How many there are of both.
pub const fn shorter(a: usize, b: usize) -> usize {
    if a < b { a } else { b }
}

/// The place of the call.
#[track_caller]
pub const fn here() -> Site {
    Location::caller()
}

/// The tables of a trace, as arrays that a constant can hold.
pub struct Storage<
    const DIMS: usize,
    const SCOPES: usize,
    const SIZES: usize,
    const PARAMETERS: usize,
    const TIES: usize,
    const NODES: usize,
    const EDGES: usize,
> {
    dims: [Cell<DimCell>; DIMS],
    scopes: [Cell<ScopeCell>; SCOPES],
    sizes: [Cell<SizeCell>; SIZES],
    parameters: [Cell<ParameterCell>; PARAMETERS],
    ties: [Cell<TieCell>; TIES],
    flows: [Cell<FlowCell>; NODES],
    edges: [Cell<u32>; EDGES],
}

impl<
    const DIMS: usize,
    const SCOPES: usize,
    const SIZES: usize,
    const PARAMETERS: usize,
    const TIES: usize,
    const NODES: usize,
    const EDGES: usize,
> Storage<DIMS, SCOPES, SIZES, PARAMETERS, TIES, NODES, EDGES>
{
    /// Empty tables.
    #[expect(clippy::new_without_default, reason = "only made in constants")]
    pub const fn new() -> Self {
        Self {
            dims: [const { Cell::new(DimCell::NEW) }; DIMS],
            scopes: [const { Cell::new(ScopeCell::NEW) }; SCOPES],
            sizes: [const { Cell::new(SizeCell::NEW) }; SIZES],
            parameters: [const { Cell::new(ParameterCell::NEW) }; PARAMETERS],
            ties: [const { Cell::new(TieCell::NEW) }; TIES],
            flows: [const { Cell::new(FlowCell::NEW) }; NODES],
            edges: [const { Cell::new(0) }; EDGES],
        }
    }

    /// A trace over these tables that holds sizes and no graph.
    ///
    /// `whole`: all numbers that the definition is to be given are there. `question`: what is said of
    /// sizes that stay open.
    pub const fn trace(&self, whole: bool, question: Question) -> Trace<'_> {
        let trace = Trace::of_sizes(self.tables());
        trace.asking(question).whole(whole)
    }

    pub(super) const fn tables(&self) -> Tables<'_> {
        Tables {
            dims: &self.dims,
            scopes: &self.scopes,
            sizes: &self.sizes,
            parameters: &self.parameters,
            ties: &self.ties,
            nodes: &[],
            edges: &self.edges,
            flows: &self.flows,
            calls: &[],
            facts: &[],
        }
    }
}

impl Trace<'_> {
    /// Which layers the last run has called; reports the others, if wanted.
    const fn called<const LAYERS: usize>(
        &self,
        children: &[u32; LAYERS],
        report: bool,
    ) -> [bool; LAYERS] {
        // A loop may call a layer for some members of a stack only; what is called by a name that nothing has may be
        // meant to be one.
        let report = report && !self.has_more_members() && !self.calls_nothing();
        let (mut called, mut i) = ([false; LAYERS], 0);
        while i < LAYERS {
            let cell = self.scope(children[i]);
            called[i] = cell.calls > 0;
            if report && children[i] != NONE && !called[i] {
                self.set_current(children[i]);
                self.fault_at(
                    FaultKind::Unused {
                        owner_of: self.owner_of(children[i]),
                    },
                    cell.at,
                );
                self.set_current(0);
            }
            i += 1;
        }
        let mut before = 0;
        while let Some(member) = self.uncalled_member(before) {
            let stack = self.scope(member).parent;
            self.set_current(member);
            self.fault_at(
                FaultKind::Unused {
                    owner_of: self.owner_of(member),
                },
                self.scope(stack).at,
            );
            self.set_current(0);
            before = member;
        }
        called
    }

    /// Reports layers that are called in vain. What is wrong otherwise may be why.
    const fn report_in_vain(&self, children: &[u32]) {
        if self.has_faults() || self.has_more_members() || !self.follow_results() {
            return;
        }
        let mut i = 0;
        while i < children.len() && children[i] != NONE {
            if let Some(layer) = self.in_vain(children[i]) {
                self.set_current(layer);
                self.fault_at(FaultKind::InVain, self.scope(children[i]).at);
                self.set_current(0);
            }
            i += 1;
        }
    }

    /// A layer that is called in vain, or the first member of a stack that is.
    const fn in_vain(&self, layer: u32) -> Option<u32> {
        if self.is_in_vain(layer) {
            return Some(layer);
        }
        let mut member = self.first_child(layer);
        while member != NONE {
            if self.scope(member).index.is_some() && self.is_in_vain(member) {
                return Some(member);
            }
            member = self.sibling(member);
        }
        None
    }

    /// Reports sizes that stay open and must not.
    const fn report_found(&self) {
        if self.count_found() == 0 {
            return;
        }
        let mut place = (0, 0);
        let mut next = self.take_found(&mut place);
        while let Some(open) = next {
            next = self.take_found(&mut place);
            let mut together = (open, self.name_of_open(&open));
            // Sizes of one list stand in one place.
            while let Some(other) = next
                && other.is_beside(&open)
            {
                together = self.with_open(together, &other);
                next = self.take_found(&mut place);
            }
            let unresolved = self.unresolved_as(&together.0, together.1);
            self.set_current(open.scope);
            let kind = match self.eager_around(open.scope) {
                Some(eager) => FaultKind::Waits(unresolved, self.path(eager)),
                None => FaultKind::NeverTold(unresolved, self.written_for(&open)),
            };
            self.fault_at(kind, open.at);
            self.set_current(0);
        }
    }

    /// A size that only a network around this one tells, where that is asked for.
    const fn only_outside(&self) -> Option<Unresolved> {
        if !matches!(self.question(), Question::NeverTold) {
            return None;
        }
        match self.told_outside() {
            Some(open) => Some(self.unresolved(&open)),
            None => None,
        }
    }

    /// The sizes that stay open, in the order in which parameters need them.
    pub const fn list_found<const ROOM: usize>(&self) -> Found<ROOM> {
        let nothing = Unresolved::new(Text::EMPTY, Text::EMPTY, Text::EMPTY);
        let (mut sizes, mut count, mut place) = ([nothing; ROOM], 0, (0, 0));
        while count < ROOM
            && let Some(open) = self.take_found(&mut place)
        {
            sizes[count] = self.unresolved(&open);
            count += 1;
        }
        Found { sizes, count }
    }

    /// The verdict after the last run. `alone`: the definition has been given no numbers; some of them may
    /// leave a layer uncalled.
    pub const fn checked<const LAYERS: usize>(&self, alone: bool) -> Checked<LAYERS> {
        let children = self.children::<LAYERS>();
        let called = self.called(&children, alone);
        if alone {
            self.report_in_vain(&children);
        }
        // What a tie would have told that leads nowhere is not told as open too.
        if self.report_ties() {
            self.report_found();
        }
        Checked {
            counts: self.counts(),
            ready: self.ready(&children, called),
            verdict: Verdict::of(self, self.only_outside()),
        }
    }

    /// Of each layer, whether all of its parameters' sizes are known.
    pub(super) const fn ready_layers<const LAYERS: usize>(&self) -> [bool; LAYERS] {
        let children = self.children::<LAYERS>();
        self.ready(&children, self.called(&children, false))
    }

    /// The layers of the network itself, in the order of declaration.
    pub(super) const fn children<const LAYERS: usize>(&self) -> [u32; LAYERS] {
        let (mut children, mut i) = ([NONE; LAYERS], 0);
        let mut child = self.first_child(0);
        while i < LAYERS && child != NONE {
            children[i] = child;
            child = self.sibling(child);
            i += 1;
        }
        children
    }

    /// A layer with a parameter of another layer's waits while that one does.
    const fn keep_ties_waiting<const LAYERS: usize>(
        &self,
        children: &[u32; LAYERS],
        ready: &mut [bool; LAYERS],
    ) {
        let mut i = 0;
        while i < self.tie_count() {
            let tie = self.tie_cell(i);
            if let Some(tied) = position(children, self.outermost(tie.scope)) {
                ready[tied] = ready[tied] && self.has_known_owner(tie);
            }
            i += 1;
        }
    }

    /// Layers of which every size is known. Of one that was not called nothing is: code that goes by a
    /// number which is not given yet may call it.
    const fn ready<const LAYERS: usize>(
        &self,
        children: &[u32; LAYERS],
        called: [bool; LAYERS],
    ) -> [bool; LAYERS] {
        let (mut ready, mut i) = (called, 0);
        while i < LAYERS {
            ready[i] = called[i] && !self.scope(children[i]).waits;
            i += 1;
        }
        self.keep_ties_waiting(children, &mut ready);
        // Without tables nothing is known at all.
        if self.tables().parameters.is_empty() && self.counts().parameters > 0 {
            [false; LAYERS]
        } else {
            ready
        }
    }
}

/// Where a scope stands among ascending ones.
const fn position(children: &[u32], scope: u32) -> Option<usize> {
    let (mut low, mut high) = (0, children.len());
    while low < high {
        let middle = (low + high) / 2;
        if children[middle] < scope {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if low < children.len() && children[low] == scope {
        Some(low)
    } else {
        None
    }
}
