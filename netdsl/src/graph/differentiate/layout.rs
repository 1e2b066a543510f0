//! Gradients of operations that only move elements.

use super::backward::Backward;
use crate::graph::NodeId;
use crate::graph::op::Op;

pub(super) fn reshape(back: &mut Backward<'_>, node: NodeId, dy: NodeId) {
    let x = back.operand(node, 0);
    let extent = back.extent(x);
    let dx = back.reshape(dy, &extent);
    back.give(x, dx);
}

pub(super) fn permute(back: &mut Backward<'_>, node: NodeId, dy: NodeId) {
    let Op::Permute(order) = back.graph.nodes[node].op else {
        return;
    };
    let x = back.operand(node, 0);
    let extent = back.extent(x);
    let mut inverse = order;
    for axis in 0..extent.len() {
        inverse[order[axis] as usize] = axis as u8;
    }
    let dx = back.push(Op::Permute(inverse), &[dy], &extent);
    back.give(x, dx);
}

/// Either is the other's gradient; neighbours wait for the rest of theirs.
pub(super) fn slice(back: &mut Backward<'_>, node: NodeId, dy: NodeId) {
    let x = back.operand(node, 0);
    let op = match back.graph.nodes[node].op {
        Op::Slice {
            axis,
            start,
            step: 1,
        } => return back.give_piece(x, axis, start, dy),
        Op::Slice { axis, start, step } => Op::SliceGradient { axis, start, step },
        Op::SliceGradient { axis, start, step } => Op::Slice { axis, start, step },
        _ => return,
    };
    let extent = back.extent(x);
    let dx = back.push(op, &[dy], &extent);
    back.give(x, dx);
}

pub(super) fn concat(back: &mut Backward<'_>, node: NodeId, dy: NodeId) {
    let Op::Concat(axis) = back.graph.nodes[node].op else {
        return;
    };
    let mut start = 0;
    for index in 0..back.graph.inputs(node).len() {
        let part = back.operand(node, index);
        let extent = back.extent(part);
        if back.wants(part) {
            let step = 1;
            let dx = back.push(Op::Slice { axis, start, step }, &[dy], &extent);
            back.give(part, dx);
        }
        start += extent[axis as usize];
    }
}

pub(super) fn flip(back: &mut Backward<'_>, node: NodeId, dy: NodeId) {
    let (op, x, extent) = (
        back.graph.nodes[node].op,
        back.operand(node, 0),
        back.extent(node),
    );
    let dx = back.push(op, &[dy], &extent);
    back.give(x, dx);
}

pub(super) fn pad(back: &mut Backward<'_>, node: NodeId, dy: NodeId) {
    let Op::Pad(how) = back.graph.nodes[node].op else {
        return;
    };
    let x = back.operand(node, 0);
    let extent = back.extent(x);
    let dx = back.push(Op::PadGradient(how), &[dy], &extent);
    back.give(x, dx);
}

/// Rows and elements taken by index.
pub(super) fn gather(back: &mut Backward<'_>, node: NodeId, dy: NodeId) {
    let (first, second) = (back.operand(node, 0), back.operand(node, 1));
    let (to, op, inputs) = match back.graph.nodes[node].op {
        Op::Gather { skip, by_frequency } => {
            let op = Op::GatherGradient { skip, by_frequency };
            (first, op, [second, dy])
        }
        Op::Pick { axis, ignore } => (first, Op::PickGradient { axis, ignore }, [second, dy]),
        Op::PickGradient { axis, ignore } => (second, Op::Pick { axis, ignore }, [dy, first]),
        _ => return,
    };
    let extent = back.extent(to);
    let dx = back.push(op, &inputs, &extent);
    back.give(to, dx);
}
