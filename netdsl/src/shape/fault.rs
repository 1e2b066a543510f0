//! What can be wrong with the sizes of a network.

mod advice;
mod kind;
mod words;

pub use kind::{Cause, FaultKind, Within};
pub(crate) use words::{OVER, OVER_OR_BATCH};

use crate::shape::Text;
use std::panic::Location;

/// What to do about operands of different sizes.
pub(crate) const SAME_SIZE: &str = "give both the same size along that axis";

/// The path of a layer, as text.
pub type Path = Text<120>;

/// Where a size came from.
#[derive(Clone, Copy)]
pub struct Origin {
    words: Text<150>,
    /// The scope of the layer that gave it, if one did.
    pub(crate) layer: Option<u32>,
    /// An earlier input or a loaded file has bound that layer to it.
    pub(crate) bound: bool,
}

impl Origin {
    /// In words that a number can follow: `the input has`, or of several inputs `` `x` has ``.
    pub const fn new(words: &str) -> Self {
        Self {
            words: Text::EMPTY.push(words),
            layer: None,
            bound: false,
        }
    }

    /// The same, a layer having given it.
    pub(crate) const fn of_layer(self, layer: u32) -> Self {
        Self {
            layer: Some(layer),
            ..self
        }
    }

    /// The same, that layer having been bound to it.
    pub(crate) const fn bound(self) -> Self {
        Self {
            bound: true,
            ..self
        }
    }

    /// The same with more words.
    pub(crate) const fn push(self, words: &str) -> Self {
        Self {
            words: self.words.push(words),
            ..self
        }
    }

    /// The words.
    pub const fn as_str(&self) -> &str {
        self.words.as_str()
    }

    /// The layer that gave it, as the words have it, `` `fc` ``.
    pub(super) const fn producer(&self) -> Option<&str> {
        if self.layer.is_none() || self.bound {
            return None;
        }
        let (words, mut end) = (self.words.as_str(), 1);
        while end < words.len() && words.as_bytes()[end] != b'`' {
            end += 1;
        }
        if end >= words.len() {
            return None;
        }
        Some(words.split_at(end + 1).0)
    }
}

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
            FaultKind::Operands { what, .. } if !what.is_empty() => what.to_owned(),
            FaultKind::Signature { axis, .. } => format!("axis {axis}"),
            FaultKind::Axis { dim, .. }
            | FaultKind::Operands { axis: dim, .. }
            | FaultKind::Squeezed { dim, .. }
            | FaultKind::Kind { axis: dim, .. } => format!("axis {dim}"),
            FaultKind::Chunks { axis, .. }
            | FaultKind::TooShort { axis, .. }
            | FaultKind::TooNarrow { axis, .. } => format!("axis {axis}"),
            FaultKind::Option { name, .. }
            | FaultKind::NoRow { name, .. }
            | FaultKind::Held { name, .. } => name.to_owned(),
            FaultKind::States { .. } => "states".to_owned(),
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
            FaultKind::States {
                layers,
                directions,
                found,
                ..
            } => Some(layers * directions).zip(found.known()),
            FaultKind::Window { size, span, .. } => Some((span, size)),
            FaultKind::Tied { sizes, .. } => {
                sizes.and_then(|(needed, given)| needed.known().zip(given.known()))
            }
            FaultKind::Held { sizes, .. } => sizes,
            FaultKind::ChannelsLast {
                channels, first, ..
            } => channels.zip(first),
            FaultKind::Count { found, wanted, .. } => Some(wanted).zip(found.known()),
            FaultKind::Shares { found, wanted, .. } | FaultKind::Beside { found, wanted, .. } => {
                Some((wanted, found))
            }
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
