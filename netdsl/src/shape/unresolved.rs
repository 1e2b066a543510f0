//! Sizes that are open still.

use crate::shape::{Path, Text};
use std::fmt;

/// A size that is open still, and the shortest fact that would close it.
///
/// `Net::UNRESOLVED` lists those of a network that the compiler leaves open, so that a program can insist on
/// what it relies on:
///
/// ```
/// use netdsl::prelude::*;
///
/// network! {
///     pub struct Digits {
///         conv: Conv2d<_, 6, 5>,
///         head: Linear<_, 10>,
///     }
///
///     fn forward(image: [1, _, _]) -> [10] {
///         head(conv(image).relu().flatten())
///     }
/// }
///
/// // The channels are known; `head` waits.
/// const _: () = assert!(Digits::UNRESOLVED.len() == 1);
/// let [open] = Digits::UNRESOLVED else { unreachable!() };
/// assert_eq!((open.layer(), open.size()), ("head", "`in_features`"));
/// assert_eq!(
///     open.to_string(),
///     "`in_features` of `head`: write a number for each `?` in the signature, `image: [1, ?, ?]`, or the size itself instead of `_`"
/// );
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Unresolved {
    layer: Path,
    size: Text<160>,
    fix: Text<240>,
}

impl Unresolved {
    pub(crate) const fn new(layer: Path, size: Text<160>, fix: Text<240>) -> Self {
        Self { layer, size, fix }
    }

    /// The path of the layer that needs it: `blocks.0.conv1`.
    pub const fn layer(&self) -> &str {
        self.layer.as_str()
    }

    /// The size, by its layer's name for it: `` `in_features` ``; of a layer without one,
    /// `` axis 0 of `weight` ``.
    pub const fn size(&self) -> &str {
        self.size.as_str()
    }

    /// The shortest fact that would close it.
    pub const fn fix(&self) -> &str {
        self.fix.as_str()
    }
}

impl fmt::Display for Unresolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of `{}`: {}", self.size(), self.layer(), self.fix())
    }
}

impl fmt::Debug for Unresolved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
