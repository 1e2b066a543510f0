//! Chains: several operations on single elements done together, block by block.
//!
//! A chain is a short list of [`Step`]s over registers, each a block of elements on the stack that
//! stays in the first-level cache. Operands of the whole chain are read where they are; those that
//! are broadcast are first spread into a register.

mod build;
mod run;

pub(super) use build::Builder;
pub(super) use run::{Chain, run};

use super::kernel::MAX_RANK;
use super::kernel::binary::{Binary, broadcast_strides};
use super::kernel::normalize::{Affine, View};
use super::kernel::unary::Unary;
use super::lower::product;

/// Elements a register holds.
pub(super) const BLOCK: usize = 512;

/// The most registers a chain may have.
pub(super) const REGISTERS: usize = 32;

/// Stands for the result of the chain in place of a register.
pub(super) const RESULT: u8 = u8::MAX;

/// Where a step finds an operand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Place {
    /// A block in a register.
    Register(u8),
    /// A block of an operand of the chain as large as its result.
    Operand(u8),
    /// The only element of an operand of the chain.
    Scalar(u8),
    /// A number from the list of constants.
    Constant(u32),
}

/// One operation on a block.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Step {
    pub(super) work: Work,
    /// The register it fills, or [`RESULT`].
    pub(super) to: u8,
}

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Work {
    /// Reads what the result's memory held before: an operand in whose place the result goes.
    Keep,
    /// Repeats one element.
    Fill(Place),
    /// Spreads a smaller operand: element i of the result shows element
    /// `(i / span) % channels`.
    Periodic {
        operand: u8,
        span: usize,
        channels: usize,
    },
    /// Spreads a smaller operand by strides.
    Walk { operand: u8, walk: u32 },
    /// A function of one element.
    Unary(Unary, Place),
    /// (x, y, dy) → dy f′(x).
    Gradient(Unary, [Place; 3]),
    /// A function of two elements.
    Binary(Binary, [Place; 2]),
    /// (x − mean) / √(variance + eps) · weight + bias.
    Normalize(Place, Normalization),
    /// (condition, a, b) → a where the condition is not 0, else b.
    Select([Place; 3]),
}

/// What a chain normalises by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Normalization {
    /// The operand that is all means, then all variances.
    pub(super) moments: u8,
    pub(super) weight: Option<u8>,
    pub(super) bias: Option<u8>,
    pub(super) view: View,
    pub(super) affine: Affine,
    pub(super) eps: f64,
    pub(super) rms: bool,
}

impl Work {
    /// About how many additions one element costs.
    pub(super) fn cost(&self) -> usize {
        match self {
            Self::Keep | Self::Fill(_) => 0,
            Self::Periodic { .. } | Self::Select(_) => 1,
            Self::Walk { .. } | Self::Normalize(..) => 4,
            Self::Binary(Binary::Pow, _) => 24,
            Self::Binary(..) => 1,
            Self::Unary(function, _) | Self::Gradient(function, _) => match function {
                Unary::Powf(_) | Unary::Sin | Unary::Cos => 16,
                Unary::Exp | Unary::Expm1 | Unary::Log | Unary::Log1p | Unary::Tanh => 8,
                Unary::Elu(_) | Unary::Selu | Unary::Celu(_) | Unary::Sigmoid => 8,
                Unary::Gelu | Unary::GeluTanh | Unary::Silu | Unary::Mish => 12,
                Unary::LogSigmoid | Unary::Tanhshrink | Unary::Softplus { .. } => 12,
                Unary::Sqrt | Unary::Rsqrt | Unary::Recip | Unary::Softsign => 3,
                _ => 1,
            },
        }
    }
}

/// How an operand is spread to the shape of a result.
pub(super) enum Spread {
    /// Element by element.
    Full,
    /// One element everywhere.
    Scalar,
    /// As [`Work::Periodic`].
    Periodic {
        /// Neighbours that show the same element.
        span: usize,
        /// Elements.
        channels: usize,
    },
    /// In any other way.
    Walk(Walk),
}

/// Axes of a result, and how far an operand moves along each.
#[derive(Clone, Copy, Debug)]
pub(super) struct Walk {
    rank: usize,
    sizes: [usize; MAX_RANK],
    strides: [usize; MAX_RANK],
}

impl Spread {
    /// How an array of one shape is broadcast to another.
    pub(super) fn new(shape: &[usize], target: &[usize]) -> Self {
        let (count, total) = (product(shape), product(target));
        if count == total {
            return Self::Full;
        }
        if count == 1 {
            return Self::Scalar;
        }
        let steps = broadcast_strides(shape, target);
        let mut walk = Walk {
            rank: 0,
            sizes: [1; MAX_RANK],
            strides: [0; MAX_RANK],
        };
        for (&size, &step) in target.iter().zip(&steps).filter(|(size, _)| **size != 1) {
            let last = walk.rank.wrapping_sub(1);
            if walk.rank > 0 && walk.strides[last] == size.saturating_mul(step) {
                walk.sizes[last] = walk.sizes[last].saturating_mul(size);
                walk.strides[last] = step;
            } else {
                (walk.sizes[walk.rank], walk.strides[walk.rank]) = (size, step);
                walk.rank += 1;
            }
        }
        // Axes the operand is repeated along have stride 0, and merge as well.
        let axes = &walk.strides[..walk.rank];
        let moving = axes.iter().position(|&step| step > 0);
        let count_moving = axes.iter().filter(|&&step| step > 0).count();
        match moving {
            Some(at) if count_moving == 1 => Self::Periodic {
                span: product(&walk.sizes[at + 1..walk.rank]),
                channels: walk.sizes[at],
            },
            _ => Self::Walk(walk),
        }
    }
}
