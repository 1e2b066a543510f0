//! What can go wrong when a network is made ready or run.

use std::fmt;

use super::kernel::domain::DomainError;
use super::kernel::gather::IndexError;

/// Why a program cannot be compiled or run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum EngineError {
    /// An index that is not a whole number within its axis.
    Index {
        /// Where among the indices it is.
        position: usize,
        /// What it is.
        value: f64,
        /// The size of the axis it should lie in.
        limit: usize,
    },
    /// An element that its array may not hold.
    Domain(DomainError),
    /// An input of another length than the graph has for it, or a missing one (of length 0).
    Input {
        /// Which input.
        index: usize,
        /// Its elements in the graph.
        wanted: usize,
        /// Elements given.
        found: usize,
    },
    /// A parameter of another length than the graph has for it, or a missing one (of length 0).
    Parameter {
        /// Which parameter.
        index: usize,
        /// Its elements in the graph.
        wanted: usize,
        /// Elements given.
        found: usize,
    },
    /// An array too large for the memory there is.
    TooLarge {
        /// Its elements, saturating.
        elements: usize,
    },
}

impl fmt::Display for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Index {
                position,
                value,
                limit,
            } => write!(
                f,
                "index {value} at position {position} is not a whole number from 0 to below {limit}"
            ),
            Self::Domain(error) => error.fmt(f),
            Self::Input {
                index,
                wanted,
                found,
            } => write!(f, "input {index} has {found} elements instead of {wanted}"),
            Self::Parameter {
                index,
                wanted,
                found,
            } => write!(
                f,
                "parameter {index} has {found} elements instead of {wanted}"
            ),
            Self::TooLarge { elements } => {
                write!(f, "an array of {elements} elements does not fit the memory")
            }
        }
    }
}

impl std::error::Error for EngineError {}

impl From<IndexError> for EngineError {
    fn from(error: IndexError) -> Self {
        Self::Index {
            position: error.position,
            value: error.value,
            limit: error.size,
        }
    }
}

impl From<DomainError> for EngineError {
    fn from(error: DomainError) -> Self {
        Self::Domain(error)
    }
}
