//! What the compiler tells of a network, mistake by mistake, each at its place.

use crate::graph::trace::{MAX_FAULTS, Site, Trace, same_site};
use crate::shape::{Text, Unresolved};
use std::panic::Location;

/// What is said with the last mistake that is told, where not all are.
const MORE: &str =
    "\n  = note: there are more mistakes in this network, which are told once these are mended";

/// What is wrong with a network.
#[derive(Clone, Copy)]
pub struct Verdict {
    /// How many mistakes there are.
    pub faults: usize,
    /// The mistakes, in the order of the source: where, and in what words.
    pub reports: [Option<(Site, Text)>; MAX_FAULTS],
    /// A size that only a network around this one tells, where a file is not to.
    pub outside: Option<Unresolved>,
}

impl Verdict {
    /// The mistakes of the last run of a trace.
    #[track_caller]
    pub(super) const fn of(trace: &Trace<'_>, outside: Option<Unresolved>) -> Self {
        let (faults, count) = trace.faults();
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
        if trace.has_more_faults()
            && kept > 0
            && let Some((site, text)) = reports[kept - 1]
        {
            reports[kept - 1] = Some((site, text.push(MORE)));
        }
        Self {
            faults: kept,
            reports,
            outside,
        }
    }

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

    /// Raises the mistake that is the `number`th, from 0, of those that are not at one of these places, naming the network.
    #[track_caller]
    pub const fn raise_beside(&self, network: &str, sites: &[Site], mut number: usize) {
        let mut i = 0;
        while i < self.faults {
            if let Some((site, text)) = &self.reports[i]
                && !is_among(site, sites, sites.len())
            {
                if number == 0 {
                    raise_in(network, text);
                }
                number -= 1;
            }
            i += 1;
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
