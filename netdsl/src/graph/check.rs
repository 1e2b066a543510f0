//! The verdict of the compiler on a network: what is wrong, and which layers are ready.

use crate::graph::trace::{
    Counts, DimCell, MAX_FAULTS, NONE, ParameterCell, Question, ScopeCell, Site, SizeCell, Tables,
    TieCell, Trace, same_site,
};
use crate::graph::{Scope, Tensor};
use crate::shape::{FaultKind, Text, Unresolved};
use std::cell::Cell;
use std::panic::Location;

/// What is said with the last mistake that is told, where not all are.
const MORE: &str =
    "\n  = note: there are more mistakes in this network, which are told once these are mended";

/// What running a network's definition without knowing its inputs has shown.
#[derive(Clone, Copy)]
pub struct Checked<const LAYERS: usize> {
    /// How much of each table the runs needed.
    pub counts: Counts,
    /// For each layer, in the order of declaration, whether all of its parameters' sizes are known.
    pub ready: [bool; LAYERS],
    /// How many mistakes there are.
    pub faults: usize,
    /// The mistakes, in the order of the source: where, and in what words.
    pub reports: [Option<(Site, Text)>; MAX_FAULTS],
    /// A size that only a network around this one tells, where a file is not to.
    pub outside: Option<Unresolved>,
}

impl<const LAYERS: usize> Checked<LAYERS> {
    /// Raises the mistake that is to be mended at `sites[place]`, where this is called. Within a macro of the
    /// user's all places may be one: it is told at the first.
    #[track_caller]
    pub const fn raise(&self, sites: &[Site], place: usize) {
        let (here, mut i) = (Location::caller(), 0);
        while i < self.faults {
            if let Some((site, text)) = &self.reports[i]
                && same_site(site, here)
                && !is_among(here, sites, place)
            {
                panic!("{}", text.as_str());
            }
            i += 1;
        }
    }

    /// Raises the first mistake that is at none of these places.
    #[track_caller]
    pub const fn raise_others(&self, sites: &[Site]) {
        let mut i = 0;
        while i < self.faults {
            if let Some((site, text)) = &self.reports[i]
                && !is_among(site, sites, sites.len())
            {
                panic!("{}", text.as_str());
            }
            i += 1;
        }
    }

    /// Raises the mistake that is to be mended where this is called: in what a network is built with.
    #[track_caller]
    pub const fn raise_here(&self, network: &str) {
        let (here, mut i) = (Location::caller(), 0);
        while i < self.faults {
            if let Some((site, text)) = &self.reports[i]
                && same_site(site, here)
            {
                raise_in(network, text);
            }
            i += 1;
        }
    }

    /// Raises that a network which is built by itself has a size that only one around it tells.
    #[track_caller]
    pub const fn raise_outside(&self, network: &str) {
        if let Some(open) = &self.outside {
            let text = Text::EMPTY
                .push(open.size())
                .push(" of `")
                .push(open.layer())
                .push("` stays open, and no input can tell it\n  = help: write the number instead of `_`, or `#[loaded]` above the network if a file is to tell it");
            raise_in(network, &text);
        }
    }

    /// Raises the first mistake, naming the network.
    #[track_caller]
    pub const fn raise_first(&self, network: &str) {
        if self.faults > 0
            && let Some((_, text)) = &self.reports[0]
        {
            raise_in(network, text);
        }
    }
}

#[track_caller]
const fn raise_in(network: &str, text: &Text) {
    let text = Text::<700>::EMPTY
        .push(network)
        .push(": ")
        .push(text.as_str());
    panic!("{}", text.as_str());
}

/// Whether a place is among the first `count` of these.
const fn is_among(site: Site, sites: &[Site], count: usize) -> bool {
    let mut i = 0;
    while i < count {
        if same_site(&site, sites[i]) {
            return true;
        }
        i += 1;
    }
    false
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

/// The tensors that a loop goes through beside a stack.
pub const fn tensors<'t, const LENGTH: usize>(
    tensors: [Tensor<'t>; LENGTH],
) -> [Tensor<'t>; LENGTH] {
    tensors
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
> {
    dims: [Cell<DimCell>; DIMS],
    scopes: [Cell<ScopeCell>; SCOPES],
    sizes: [Cell<SizeCell>; SIZES],
    parameters: [Cell<ParameterCell>; PARAMETERS],
    ties: [Cell<TieCell>; TIES],
}

impl<
    const DIMS: usize,
    const SCOPES: usize,
    const SIZES: usize,
    const PARAMETERS: usize,
    const TIES: usize,
> Storage<DIMS, SCOPES, SIZES, PARAMETERS, TIES>
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
            edges: &[],
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
        // A loop may call a layer for some members of a stack only.
        let report = report && !self.has_more_members();
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
        // What a tie would have told that leads nowhere is not told as open too.
        if self.report_ties() {
            self.report_found();
        }
        let (faults, count) = self.faults();
        let (mut reports, mut i) = ([None; MAX_FAULTS], 0);
        let mut kept = 0;
        while i < count {
            if let Some(fault) = &faults[i] {
                // Without a place it is told at the network's name.
                let site = match fault.at {
                    Some(site) => site,
                    None => Location::caller(),
                };
                reports[kept] = Some((site, fault.text()));
                kept += 1;
            }
            i += 1;
        }
        let mut reports = in_source_order(reports, kept);
        if self.has_more_faults()
            && kept > 0
            && let Some((site, text)) = reports[kept - 1]
        {
            reports[kept - 1] = Some((site, text.push(MORE)));
        }
        Checked {
            counts: self.counts(),
            ready: self.ready(&children, called),
            faults: kept,
            reports,
            outside: self.only_outside(),
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

const fn in_source_order(
    mut reports: [Option<(Site, Text)>; MAX_FAULTS],
    count: usize,
) -> [Option<(Site, Text)>; MAX_FAULTS] {
    let mut i = 1;
    while i < count {
        let mut j = i;
        while j > 0 && comes_before(&reports[j], &reports[j - 1]) {
            let swapped = reports[j];
            reports[j] = reports[j - 1];
            reports[j - 1] = swapped;
            j -= 1;
        }
        i += 1;
    }
    reports
}

const fn comes_before(a: &Option<(Site, Text)>, b: &Option<(Site, Text)>) -> bool {
    match (a, b) {
        (Some((a, _)), Some((b, _))) => {
            a.line() < b.line() || (a.line() == b.line() && a.column() < b.column())
        }
        _ => false,
    }
}
