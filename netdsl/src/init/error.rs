//! What can be wrong with an initialiser and the array it is to fill.

use std::fmt;

/// Why an initialiser cannot fill an array. Nothing was drawn.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum InitError {
    /// The fans of the array are wanted, and it has fewer than two axes.
    TooFewAxes {
        /// The least number of axes.
        needed: usize,
        /// The array's shape.
        shape: Vec<usize>,
    },
    /// The initialiser is for another number of axes.
    Axes {
        /// The initialiser.
        init: &'static str,
        /// The numbers of axes it is for.
        allowed: &'static str,
        /// The array's shape.
        shape: Vec<usize>,
    },
    /// An option of the initialiser is out of range.
    Option {
        /// The option and the range, for example `std must not be negative`.
        rule: &'static str,
        /// Its value.
        value: f64,
    },
    /// The output channels of a Dirac kernel do not split into groups.
    Groups {
        /// The output channels.
        channels: usize,
        /// The groups.
        groups: usize,
    },
    /// The slice to fill has not the length that the shape says.
    Length {
        /// The array's shape.
        shape: Vec<usize>,
        /// The slice's length.
        length: usize,
    },
}

impl fmt::Display for InitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooFewAxes { needed, shape } => write!(
                f,
                "fan-in and fan-out need at least {needed} axes, but the shape is {shape:?}"
            ),
            Self::Axes {
                init,
                allowed,
                shape,
            } => {
                write!(
                    f,
                    "{init} initialises arrays of {allowed} axes, but the shape is {shape:?}"
                )
            }
            Self::Option { rule, value } => write!(f, "{rule}, but it is {value}"),
            Self::Groups { channels, groups } => {
                write!(
                    f,
                    "{channels} output channels do not split into {groups} groups"
                )
            }
            Self::Length { shape, length } => {
                write!(
                    f,
                    "an array of shape {shape:?} does not have {length} elements"
                )
            }
        }
    }
}

impl std::error::Error for InitError {}
