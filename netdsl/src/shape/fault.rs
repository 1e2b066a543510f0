//! What can be wrong with the sizes of a network.

mod advice;
mod kind;
mod words;

pub use kind::{Cause, FaultKind, Within};
pub(crate) use words::{OVER, OVER_OR_BATCH};

use crate::graph::trace::same_text;
use crate::shape::{Amount, Text};
use std::panic::Location;

/// What to do about operands of different sizes.
pub(crate) const SAME_SIZE: &str = "give both the same size along that axis";

/// The path of a layer, as text.
pub type Path = Text<120>;

/// Where a size came from: `` `fc1` produces ``, `the input has`, or of several inputs `` `x` has ``.
pub type Origin = Text<150>;

/// A mistake in the sizes of a network.
#[derive(Clone, Copy)]
pub struct Fault {
    /// What is wrong.
    pub kind: FaultKind,
    /// The path of the layer it was found in; empty in the network's own body.
    pub layer: Path,
    /// The scope of that layer in its trace.
    pub scope: u32,
    /// What to edit, where it was written in a `network!`.
    pub at: Option<&'static Location<'static>>,
    /// Another result of the same layer is wrong the other way round: the two are exchanged.
    pub exchanged: bool,
}

impl Fault {
    /// The axis the mistake is about, in words.
    pub fn axis(&self) -> String {
        match self.kind {
            FaultKind::Declared { what, .. }
            | FaultKind::Window { what, .. }
            | FaultKind::Indivisible { what, .. } => what.to_owned(),
            FaultKind::Signature { axis, .. } => format!("axis {axis}"),
            FaultKind::Axis { dim, .. }
            | FaultKind::Operands { axis: dim, .. }
            | FaultKind::Squeezed { dim, .. }
            | FaultKind::Kind { axis: dim, .. } => format!("axis {dim}"),
            FaultKind::Chunks { axis, .. }
            | FaultKind::TooShort { axis, .. }
            | FaultKind::TooNarrow { axis, .. } => format!("axis {axis}"),
            FaultKind::Option { name, .. } | FaultKind::Held { name, .. } => name.to_owned(),
            FaultKind::ChannelsFirst { .. } => "features".to_owned(),
            FaultKind::ChannelsLast { .. } | FaultKind::FirstLast { .. } => "channels".to_owned(),
            _ => String::new(),
        }
    }

    /// The size that was expected and the one found, where the mistake is about two sizes.
    pub fn sizes(&self) -> Option<(usize, usize)> {
        match self.kind {
            FaultKind::Declared {
                declared, found, ..
            }
            | FaultKind::Signature {
                declared, found, ..
            } => declared.known().zip(found.known()),
            FaultKind::Operands { left, right, .. } => left.known().zip(right.known()),
            FaultKind::Kind { needed, given, .. } => needed.known().zip(given.known()),
            FaultKind::Window { size, span, .. } => Some((span, size)),
            FaultKind::Tied { sizes, .. } => {
                sizes.and_then(|(needed, given)| needed.known().zip(given.known()))
            }
            FaultKind::Held { sizes, .. } => sizes,
            FaultKind::ChannelsLast {
                channels, first, ..
            } => channels.zip(first),
            FaultKind::Count { found, wanted, .. } => Some(wanted).zip(found.known()),
            FaultKind::Shares { found, wanted, .. } => Some((wanted, found)),
            FaultKind::TooShort {
                start,
                length,
                size,
                ..
            } => Some((start.unsigned_abs() as usize + length, size)),
            FaultKind::TooNarrow { least, size, .. } => Some((least, size)),
            FaultKind::Chunks { size, parts, .. } => Some((parts, size)),
            FaultKind::Order { count, wanted, .. } => Some((wanted, count)),
            FaultKind::Squeezed { size, .. } => Some((1, size)),
            FaultKind::Indivisible { size, divisor, .. } => Some((divisor, size)),
            _ => None,
        }
    }
}

impl FaultKind {
    /// Whether both say that the same size, which a layer gives, is not the same other one.
    pub(crate) const fn is_of_same_sizes(&self, other: &Self) -> bool {
        let ([a, b], [c, d]) = (self.sizes_given(), other.sizes_given());
        a.is_same(&c) || a.is_same(&d) || b.is_same(&c) || b.is_same(&d)
    }

    /// Whether all sizes that it tells come from within a network of this path.
    pub(crate) const fn is_within(&self, network: &str) -> bool {
        match self {
            Self::Declared { origin, .. } => is_of_layer_in(origin, network),
            Self::Operands {
                left_origin,
                right_origin,
                ..
            } => is_of_layer_in(left_origin, network) && is_of_layer_in(right_origin, network),
            _ => false,
        }
    }

    /// Whether one result of a layer has the size that another one should have, and the other way round.
    pub(crate) const fn is_exchanged_with(&self, other: &Self) -> bool {
        let (a, b) = (self.size_of_result(), other.size_of_result());
        a.1.is_same(&b.2) && a.2.is_same(&b.1) && is_of_layer(a.0.as_str()) && a.is_beside(&b)
    }

    /// The size that a layer gives here, with the one it should be.
    const fn size_of_result(&self) -> SizeGiven {
        match *self {
            Self::Declared {
                declared,
                found,
                origin,
                ..
            } => SizeGiven(origin, found, declared),
            _ => self.sizes_given()[0],
        }
    }

    /// The sizes that layers give here, each with the one it should be.
    const fn sizes_given(&self) -> [SizeGiven; 2] {
        match *self {
            Self::Operands {
                left,
                left_origin,
                right,
                right_origin,
                ..
            } => [
                SizeGiven(left_origin, left, right),
                SizeGiven(right_origin, right, left),
            ],
            Self::Signature {
                declared,
                found,
                origin,
                shapes: None,
                ..
            } => [SizeGiven(origin, found, declared), SizeGiven::NONE],
            _ => [SizeGiven::NONE; 2],
        }
    }
}

/// Where a size comes from, the size, and what it should be.
#[derive(Clone, Copy)]
struct SizeGiven(Origin, Amount, Amount);

impl SizeGiven {
    const NONE: Self = Self(Origin::EMPTY, Amount::Known(0), Amount::Known(0));

    const fn is_same(&self, other: &Self) -> bool {
        let (own, text) = (self.0.as_str(), other.0.as_str());
        self.1.is_same(&other.1)
            && self.2.is_same(&other.2)
            && is_of_layer(own)
            && same_text(own, text)
    }

    /// Whether both come from one layer of the network, whatever within it gives them.
    const fn is_beside(&self, other: &Self) -> bool {
        let (a, b, mut i) = (self.0.as_str().as_bytes(), other.0.as_str().as_bytes(), 1);
        while i < a.len() && i < b.len() && !is_end_of_name(a[i]) && a[i] == b[i] {
            i += 1;
        }
        i < a.len() && i < b.len() && is_end_of_name(a[i]) && is_end_of_name(b[i])
    }
}

/// Whether words say that a size comes from a layer, `` `fc1` produces ``, and not from an input, `` `x` has ``.
const fn is_of_layer(origin: &str) -> bool {
    matches!(origin.as_bytes(), [b'`', .., b'c', b'e', b's'])
}

const fn is_end_of_name(byte: u8) -> bool {
    matches!(byte, b'.' | b'`')
}

/// As [`is_of_layer`], of one within a network of this path.
const fn is_of_layer_in(origin: &Origin, network: &str) -> bool {
    let (origin, network) = (origin.as_str().as_bytes(), network.as_bytes());
    if !matches!(origin, [b'`', ..]) || origin.len() < network.len() + 2 {
        return false;
    }
    let mut i = 0;
    while i < network.len() {
        if origin[i + 1] != network[i] {
            return false;
        }
        i += 1;
    }
    origin[network.len() + 1] == b'.'
}
