//! Mistakes that another one tells already: one mistake, one error.

use super::*;
use crate::shape::{Amount, Fault, FaultKind, Origin, Text};

/// A size that a layer gives, and what it should be.
#[derive(Clone, Copy)]
struct Given {
    layer: u32,
    size: Amount,
    wanted: Amount,
}

impl Given {
    const fn is_same(&self, other: &Self) -> bool {
        self.layer == other.layer
            && self.size.is_same(&other.size)
            && self.wanted.is_same(&other.wanted)
    }
}

impl Trace<'_> {
    /// Whether a mistake is told by one that is known; noted there where that one is half of it.
    pub(super) const fn is_told(&self, fault: &Fault) -> bool {
        if self.is_blamed(fault.at) {
            return true;
        }
        let (mut faults, mut i) = (self.faults.get(), 0);
        while i < self.fault_count.get() {
            if let Some(other) = &mut faults[i] {
                if is_of_same_sizes(&other.kind, &fault.kind)
                    || is_of_same_tensor(&other.kind, &fault.kind)
                    || follows_from_axes(&other.kind, &fault.kind)
                    || follows_from_join(&other.kind, &fault.kind)
                    || self.is_within_same(other, fault)
                {
                    return true;
                }
                if self.is_other_side(other, fault) {
                    other.exchanged = true;
                    self.faults.replace(faults);
                    return true;
                }
            }
            i += 1;
        }
        false
    }

    /// Whether a network within is given another number of axes than its signature has.
    pub(crate) const fn has_wrong_argument(&self) -> bool {
        let (faults, mut i) = (self.faults.get(), 0);
        while i < self.fault_count.get() {
            if let Some(fault) = &faults[i]
                && is_of_argument(&fault.kind)
            {
                return true;
            }
            i += 1;
        }
        false
    }

    /// A mistake at this place is known already: a layer that is called twice is wrong once.
    pub(crate) const fn is_blamed(&self, at: Option<Site>) -> bool {
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

    /// Whether two mistakes are one in two networks of a kind: of the same sizes, or not about what arrives there.
    const fn is_within_same(&self, a: &Fault, b: &Fault) -> bool {
        let (one, two) = (self.single(a.scope), self.single(b.scope));
        let (first, second) = (self.scope(one), self.scope(two));
        if one == two || !first.network || !same_text(first.kind, second.kind) {
            return false;
        }
        let at_one_place = same_text(
            rest(a.layer.as_str(), self.path(one).as_str()),
            rest(b.layer.as_str(), self.path(two).as_str()),
        );
        let of_itself = self.is_all_within(&a.kind, one) && self.is_all_within(&b.kind, two);
        at_one_place && (of_itself || are_of_two_sizes(&a.kind, &b.kind))
    }

    /// As [`Self::outermost`], or a single member of a stack that is that.
    pub(super) const fn single(&self, mut scope: u32) -> u32 {
        let outermost = self.outermost(scope);
        while scope != outermost && self.scope(scope).parent != outermost {
            scope = self.scope(scope).parent;
        }
        match self.scope(scope).index {
            Some(_) => scope,
            None => outermost,
        }
    }

    /// Whether all sizes that a mistake tells come from within a network.
    const fn is_all_within(&self, kind: &FaultKind, network: u32) -> bool {
        match kind {
            FaultKind::Declared { origin, .. } => self.is_from_within(origin.layer, network),
            FaultKind::Operands {
                left_origin,
                right_origin,
                ..
            } => {
                self.is_from_within(left_origin.layer, network)
                    && self.is_from_within(right_origin.layer, network)
            }
            _ => false,
        }
    }

    const fn is_from_within(&self, layer: Option<u32>, network: u32) -> bool {
        match layer {
            Some(layer) => layer != network && self.is_within(layer, network),
            None => false,
        }
    }

    /// Whether one result of a layer has the size that another one should have, and the other way round: the two are
    /// exchanged.
    const fn is_other_side(&self, a: &Fault, b: &Fault) -> bool {
        match (result(&a.kind), result(&b.kind)) {
            (Some(a), Some(b)) => {
                a.size.is_same(&b.wanted)
                    && a.wanted.is_same(&b.size)
                    && self.outermost(a.layer) == self.outermost(b.layer)
            }
            _ => false,
        }
    }
}

/// Whether two mistakes are about the same two sizes.
const fn are_of_two_sizes(a: &FaultKind, b: &FaultKind) -> bool {
    match (a, b) {
        (
            FaultKind::Declared {
                declared: a,
                found: b,
                ..
            },
            FaultKind::Declared {
                declared: c,
                found: d,
                ..
            },
        )
        | (
            FaultKind::Operands {
                left: a, right: b, ..
            },
            FaultKind::Operands {
                left: c, right: d, ..
            },
        ) => a.is_same(c) && b.is_same(d),
        _ => false,
    }
}

/// Whether two mistakes say that one size which a layer gives is not the same other one: it may be wrong in several
/// places for that.
const fn is_of_same_sizes(a: &FaultKind, b: &FaultKind) -> bool {
    let (ours, theirs, mut i) = (sizes(a), sizes(b), 0);
    while i < 4 {
        if let (Some(a), Some(b)) = (&ours[i / 2], &theirs[i % 2])
            && a.is_same(b)
        {
            return true;
        }
        i += 1;
    }
    false
}

/// Whether two layers are given one tensor whose axes are arranged otherwise than both want them.
const fn is_of_same_tensor(a: &FaultKind, b: &FaultKind) -> bool {
    match (wrong_layout(a), wrong_layout(b)) {
        (Some((origin, found)), Some((other, as_found))) => {
            origin.layer.is_some()
                && same_text(origin.as_str(), other.as_str())
                && same_text(found.as_str(), as_found.as_str())
        }
        _ => false,
    }
}

/// A tensor whose axes are arranged otherwise than a layer wants them: where it comes from, and its shape.
const fn wrong_layout(kind: &FaultKind) -> Option<(&Origin, &Text<80>)> {
    match kind {
        FaultKind::Unflattened { origin, found, .. }
        | FaultKind::ChannelsLast { origin, found, .. }
        | FaultKind::ChannelsFirst { origin, found, .. } => Some((origin, found)),
        _ => None,
    }
}

/// Whether it follows from a mistake in the axes of a tensor that the result has not as many as are declared.
const fn follows_from_axes(known: &FaultKind, kind: &FaultKind) -> bool {
    let of_axes = wrong_layout(known).is_some()
        || is_of_argument(known)
        || matches!(
            known,
            FaultKind::Rank { .. } | FaultKind::Order { .. } | FaultKind::Other { .. }
        );
    match kind {
        FaultKind::SignatureRank { .. } => of_axes && !is_of_argument(kind),
        _ => false,
    }
}

/// Whether it follows from a `cat` along another axis than is meant that a result has another size than is declared.
const fn follows_from_join(known: &FaultKind, kind: &FaultKind) -> bool {
    matches!(
        (known, kind),
        (
            FaultKind::Declared {
                join_along: Some(_),
                ..
            },
            FaultKind::Signature { .. }
        )
    )
}

/// Whether a network is given another number of axes than its signature has.
const fn is_of_argument(kind: &FaultKind) -> bool {
    matches!(kind, FaultKind::SignatureRank { whose, .. } if same_text(whose, "argument"))
}

/// The size of a layer's result that a mistake is about.
const fn result(kind: &FaultKind) -> Option<Given> {
    match *kind {
        FaultKind::Declared {
            declared,
            found,
            origin,
            ..
        } => given(origin, found, declared),
        _ => sizes(kind)[0],
    }
}

/// The sizes that layers give here, each with the one it should be.
const fn sizes(kind: &FaultKind) -> [Option<Given>; 2] {
    match *kind {
        FaultKind::Operands {
            left,
            left_origin,
            right,
            right_origin,
            ..
        } => [
            given(left_origin, left, right),
            given(right_origin, right, left),
        ],
        FaultKind::Signature {
            declared,
            found,
            origin,
            shapes: None,
            ..
        } => [given(origin, found, declared), None],
        _ => [None; 2],
    }
}

const fn given(origin: Origin, size: Amount, wanted: Amount) -> Option<Given> {
    match origin.layer {
        Some(layer) => Some(Given {
            layer,
            size,
            wanted,
        }),
        None => None,
    }
}

/// What follows the beginning of a text.
const fn rest<'a>(text: &'a str, start: &str) -> &'a str {
    let (_, rest) = text.split_at(start.len());
    rest
}
