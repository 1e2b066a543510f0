//! The gradient of a recurrence: one operation back through all steps, and products over all of
//! them at once for the weights.

use super::backward::Backward;
use crate::graph::op::{Op, Reduction};
use crate::graph::{Extent, NodeId};

pub(super) fn recurrence(back: &mut Backward<'_>, node: NodeId, dy: NodeId) {
    let Op::Recurrence(cell) = back.graph.nodes[node].op else {
        return;
    };
    let operands = back.graph.recurrence(node, cell);
    let sizes = operands.sizes;
    let (rows, gates) = (sizes.steps * sizes.batch, sizes.gates());
    let after_first = sizes.batch * sizes.state;
    let [states, cells, kept, _] = sizes.record();

    let dh = back.section(dy, after_first, &[sizes.steps, sizes.batch, sizes.state]);
    let mut inputs = vec![node, operands.weight, dh];
    if operands.cell.is_some() {
        let last = states + cells - sizes.batch * sizes.hidden;
        inputs.push(back.section(dy, last, &[sizes.batch, sizes.hidden]));
    }
    inputs.extend(operands.projection);
    let parts = sizes.gradient();
    let total = parts.iter().sum();
    let all = back.push(Op::RecurrenceGradient(cell), &inputs, &[total]);
    let start = |part: usize| parts[..part].iter().sum();

    let by_inputs = back.section(all, start(0), &back.extent(operands.inputs));
    back.give(operands.inputs, by_inputs);
    // By W·h + b.
    let apart = if parts[1] > 0 { start(1) } else { start(0) };
    let by_sum = back.section(all, apart, &[rows, gates]);
    let before = back.section(node, 0, &[rows, sizes.state]);
    give_weight(back, operands.weight, by_sum, before);
    if let Some(bias) = operands.bias {
        let extent = back.extent(bias);
        let db = back.push(Op::Reduce(Reduction::Sum, 0b1), &[by_sum], &extent);
        back.give(bias, db);
    }
    let by_first = back.section(all, start(2), &[sizes.batch, sizes.state]);
    back.give(operands.hidden, by_first);
    if let Some(cell) = operands.cell {
        let by_first = back.section(all, start(3), &[sizes.batch, sizes.hidden]);
        back.give(cell, by_first);
    }
    if let Some(projection) = operands.projection {
        let by_projected = back.section(all, start(4), &[rows, sizes.state]);
        let made = back.section(node, states + cells + kept, &[rows, sizes.hidden]);
        give_weight(back, projection, by_projected, made);
    }
}

/// Gives W the gradient of x·Wᵀ: dy `[rows, out]`, x `[rows, in]`.
fn give_weight(back: &mut Backward<'_>, weight: NodeId, dy: NodeId, x: NodeId) {
    if back.wants(weight) {
        let op = Op::MatMul {
            transpose_a: true,
            transpose_b: false,
        };
        let extent = back.extent(weight);
        let dw = back.push(op, &[dy, x], &extent);
        back.give(weight, dw);
    }
}

impl Backward<'_> {
    /// Neighbouring elements of an array of one axis, in a shape. What was just joined, or is zero
    /// there, is not copied.
    fn section(&mut self, x: NodeId, start: usize, sizes: &[usize]) -> NodeId {
        let end = start + Extent::new(sizes).count();
        let part = match self.part_of_joined(x, start, end) {
            Some(part) => part,
            None => {
                let op = Op::Slice {
                    axis: 0,
                    start,
                    step: 1,
                };
                self.push(op, &[x], &[end - start])
            }
        };
        self.reshape(part, sizes)
    }

    /// Those elements where a node is joined from parts, one of which they are.
    fn part_of_joined(&mut self, x: NodeId, start: usize, end: usize) -> Option<NodeId> {
        let length = |back: &Self, node: NodeId| back.extent(node).count();
        match self.graph.nodes[x].op {
            Op::Constant(value) => Some(self.push(Op::Constant(value), &[], &[end - start])),
            Op::SliceGradient {
                start: at, step: 1, ..
            } => {
                let part = self.operand(x, 0);
                let to = at + length(self, part);
                match (at, to) {
                    _ if (at, to) == (start, end) => Some(part),
                    _ if to <= start || end <= at => {
                        Some(self.push(Op::Constant(0.0), &[], &[end - start]))
                    }
                    _ => None,
                }
            }
            Op::Concat(_) => {
                let mut at = 0;
                for index in 0..self.graph.inputs(x).len() {
                    let part = self.operand(x, index);
                    let to = at + length(self, part);
                    if (at, to) == (start, end) {
                        return Some(part);
                    }
                    if at <= start && end <= to {
                        return self.part_of_joined(part, start - at, end - at);
                    }
                    at = to;
                }
                None
            }
            _ => None,
        }
    }
}
