//! Gradients of parts of a node, put together at once.
//!
//! What is read part by part, a sequence step by step or queries, keys and values made as one, gets a
//! gradient for each part. Each made as large as the whole and added would cost the whole for every
//! part; they are kept until the walk comes to the node, and become one concatenation.

use super::backward::Backward;
use crate::engine::kernel::binary::Binary;
use crate::graph::NodeId;
use crate::graph::op::Op;

/// The gradient of a part: of the positions of an axis from `start` on, as many as the gradient has.
#[derive(Clone, Copy)]
pub(super) struct Piece {
    axis: u8,
    start: usize,
    end: usize,
    gradient: NodeId,
}

impl Piece {
    fn place(&self) -> (u8, usize, usize) {
        (self.axis, self.start, self.end)
    }

    /// Whether a piece lies behind another along the same axis.
    fn follows(&self, other: &Self) -> bool {
        self.axis == other.axis && self.start >= other.end
    }
}

impl Backward<'_> {
    /// Adds to the gradient of the part of a node that begins at `start` of an axis.
    pub(super) fn give_piece(&mut self, node: NodeId, axis: u8, start: usize, gradient: NodeId) {
        if !self.wants(node) {
            return;
        }
        let end = start + self.extent(gradient)[axis as usize];
        self.pieces[node].push(Piece {
            axis,
            start,
            end,
            gradient,
        });
    }

    /// The gradient of a node, all that was given put together.
    pub(super) fn gradient(&mut self, node: NodeId) -> Option<NodeId> {
        let mut pieces = std::mem::take(&mut self.pieces[node]);
        pieces.sort_by_key(Piece::place);
        self.add_equal(&mut pieces);
        while !pieces.is_empty() {
            let row = take_row(&mut pieces);
            let gradient = self.join(node, &row);
            self.give(node, gradient);
        }
        self.summed(node)
    }

    /// Adds pieces of one and the same part.
    fn add_equal(&mut self, pieces: &mut Vec<Piece>) {
        pieces.dedup_by(|piece, kept| {
            let same = piece.place() == kept.place();
            if same {
                kept.gradient = self.binary(Binary::Add, kept.gradient, piece.gradient);
            }
            same
        });
    }

    /// The gradient of a whole node from pieces that lie one behind the other.
    fn join(&mut self, node: NodeId, row: &[Piece]) -> NodeId {
        let extent = self.extent(node);
        let axis = row[0].axis;
        let size = extent[axis as usize];
        if let &[only] = row
            && only.end - only.start < size
        {
            let (start, step) = (only.start, 1);
            let op = Op::SliceGradient { axis, start, step };
            return self.push(op, &[only.gradient], &extent);
        }
        let (mut parts, mut at) = (Vec::with_capacity(row.len()), 0);
        let mut gap = extent;
        let mut fill = |back: &mut Self, parts: &mut Vec<NodeId>, count: usize| {
            if count > 0 {
                gap.resize(axis as usize, count);
                parts.push(back.push(Op::Constant(0.0), &[], &gap));
            }
        };
        for piece in row {
            fill(self, &mut parts, piece.start - at);
            parts.push(piece.gradient);
            at = piece.end;
        }
        fill(self, &mut parts, size - at);
        match parts[..] {
            [whole] => whole,
            _ => self.push(Op::Concat(axis), &parts, &extent),
        }
    }
}

/// Takes out of sorted pieces as many as lie one behind the other along one axis.
fn take_row(pieces: &mut Vec<Piece>) -> Vec<Piece> {
    let mut row: Vec<Piece> = Vec::new();
    pieces.retain(|piece| {
        let fits = row.last().is_none_or(|last| piece.follows(last));
        if fits {
            row.push(*piece);
        }
        !fits
    });
    row
}
