//! Recurrences: a state that goes from step to step through a product and a cell.
//!
//! A step is one product of the state before it and one pass over the gates. The forward pass keeps
//! in one array, the record, what its gradient needs: see [`Sizes::record`].

mod cell;
mod forward;
mod gradient;

pub use forward::{Operands, forward, scratch};
pub use gradient::{Seen, gradient};

use super::gemm::{Epilogue, MatRef, gemm};
use crate::Element;

/// What happens at a step. The gates are g = x + W·h + b, x being the step's input.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cell {
    /// h = tanh(g).
    Tanh,
    /// h = max(g, 0).
    Relu,
    /// i, f, g, o = σ, σ, tanh, σ of the gates; c ← f·c + i·g; h = o·tanh(c).
    Lstm,
    /// r, z, n = σ, σ, tanh of the gates, where n = tanh(xₙ + r·(W·h + b)ₙ); h ← n + z·(h − n).
    Gru,
}

impl Cell {
    /// How many gates there are, each as wide as the hidden state.
    pub const fn gates(self) -> usize {
        match self {
            Self::Tanh | Self::Relu => 1,
            Self::Lstm => 4,
            Self::Gru => 3,
        }
    }

    /// Whether there is a cell state beside the hidden one.
    pub const fn has_cell_state(self) -> bool {
        matches!(self, Self::Lstm)
    }

    /// How many numbers for each hidden one the gradient needs beside the states: an LSTM's gates;
    /// a GRU's, and what its r is multiplied by.
    const fn kept(self) -> usize {
        match self {
            Self::Tanh | Self::Relu => 0,
            Self::Lstm | Self::Gru => 4,
        }
    }
}

/// The sizes of a recurrence.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// What happens at a step.
    pub cell: Cell,
    /// Steps.
    pub steps: usize,
    /// Sequences.
    pub batch: usize,
    /// The width of a gate.
    pub hidden: usize,
    /// The width of the state that goes on: `hidden`, unless that is projected to fewer. A GRU's, which
    /// is mixed with the one before, is not.
    pub state: usize,
}

impl Sizes {
    /// The width of all gates.
    pub const fn gates(&self) -> usize {
        self.hidden.saturating_mul(self.cell.gates())
    }

    /// Whether the state that goes on is a projection of what the cell made.
    pub const fn is_projected(&self) -> bool {
        self.state != self.hidden
    }

    /// So many rows for each sequence at so many steps.
    const fn rows(&self, steps: usize, width: usize) -> usize {
        self.batch.saturating_mul(steps).saturating_mul(width)
    }

    /// The parts of the record: hidden states `[steps + 1, batch, state]`, the first ones included;
    /// cell states `[steps + 1, batch, hidden]`; what else the gradient needs; and what is projected
    /// to hidden states, `[steps, batch, hidden]`. A part that a cell lacks has no elements.
    pub const fn record(&self) -> [usize; 4] {
        let all = self.steps.saturating_add(1);
        let width = if self.cell.has_cell_state() {
            self.hidden
        } else {
            0
        };
        let kept = self.hidden.saturating_mul(self.cell.kept());
        let made = if self.is_projected() { self.hidden } else { 0 };
        [
            self.rows(all, self.state),
            self.rows(all, width),
            self.rows(self.steps, kept),
            self.rows(self.steps, made),
        ]
    }

    /// The length of the record; `None` where that, or the gradient, is too long to be one.
    pub const fn length(&self) -> Option<usize> {
        let [states, cells, kept, made] = self.record();
        let most = usize::MAX / 8;
        if states > most || cells > most || kept > most || made > most {
            return None;
        }
        Some(states + cells + kept + made)
    }

    /// The parts of the gradient: by the inputs, `[steps, batch, gates]`; by W·h + b, alike, where
    /// that is another; by the first hidden states `[batch, state]` and cell states
    /// `[batch, hidden]`; and by the projected states, `[steps, batch, state]`.
    pub const fn gradient(&self) -> [usize; 5] {
        let width = if self.cell.has_cell_state() {
            self.hidden
        } else {
            0
        };
        let apart = if matches!(self.cell, Cell::Gru) {
            self.gates()
        } else {
            0
        };
        let projected = if self.is_projected() { self.state } else { 0 };
        [
            self.rows(self.steps, self.gates()),
            self.rows(self.steps, apart),
            self.rows(1, self.state),
            self.rows(1, width),
            self.rows(self.steps, projected),
        ]
    }

    /// About how many additions a row of gates costs.
    fn work(&self) -> usize {
        // A gate is an exponential or two, and a few more operations.
        self.gates().saturating_mul(12)
    }
}

/// y `[rows, n]` becomes x `[rows, k]` times a matrix `[k, n]`, or that is added to it.
fn product<E: Element>(
    x: &[E],
    (k, n): (usize, usize),
    matrix: MatRef<'_, E>,
    bias: Option<&[E]>,
    more: bool,
    y: &mut [E],
) {
    let epilogue = Epilogue {
        bias_col: bias,
        ..Epilogue::default()
    };
    let x = MatRef::new(x, k, 1);
    gemm(y.len() / n, n, k, x, matrix, y, n, more, epilogue);
}

/// An array cut into parts one behind the other.
fn cut<E, const N: usize>(array: &[E], lengths: [usize; N]) -> [&[E]; N] {
    let mut rest = array;
    lengths.map(|length| {
        let (part, after) = rest.split_at(length);
        rest = after;
        part
    })
}

/// As [`cut`], to write.
fn cut_mut<E, const N: usize>(array: &mut [E], lengths: [usize; N]) -> [&mut [E]; N] {
    let mut rest = array;
    lengths.map(|length| {
        let (part, after) = std::mem::take(&mut rest).split_at_mut(length);
        rest = after;
        part
    })
}

/// Row number `index` of rows so wide.
fn row<E>(rows: &[E], index: usize, width: usize) -> &[E] {
    &rows[index * width..][..width]
}
