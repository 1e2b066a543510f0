//! Gradients of reductions, softmax and normalisation.

use super::backward::Backward;
use crate::engine::kernel::binary::Binary;
use crate::engine::kernel::unary::Unary;
use crate::graph::op::{AxisSet, Op, Reduction, Statistics};
use crate::graph::{Extent, NodeId};
use crate::shape::MAX_RANK;

/// A shape with some axes as size 1.
fn kept(sizes: &[usize], axes: AxisSet) -> Extent {
    let mut kept = [1; MAX_RANK];
    for (axis, &size) in sizes.iter().enumerate() {
        if axes >> axis & 1 == 0 {
            kept[axis] = size;
        }
    }
    Extent::new(&kept[..sizes.len()])
}

pub(super) fn reduce(back: &mut Backward<'_>, node: NodeId, dy: NodeId) {
    let Op::Reduce(how, axes) = back.graph.nodes[node].op else {
        return;
    };
    let x = back.operand(node, 0);
    let extent = back.extent(x);
    let row = kept(&extent, axes);
    let dy = back.reshape(dy, &row);
    let dx = match how {
        Reduction::Sum => back.broadcast(dy, &extent),
        Reduction::Mean => {
            let terms = extent.iter().enumerate();
            let terms = terms.filter(|(axis, _)| axes >> axis & 1 == 1);
            let count: f64 = terms.map(|(_, &size)| size as f64).product();
            let share = back.scale(dy, 1.0 / count);
            back.broadcast(share, &extent)
        }
        Reduction::Max | Reduction::Min => {
            // Equal extremes share the gradient equally.
            let y = back.reshape(node, &row);
            let found = back.binary(Binary::Equal, x, y);
            let count = back.push(Op::Reduce(Reduction::Sum, axes), &[found], &row);
            let share = back.binary(Binary::Div, dy, count);
            back.mul(found, share)
        }
    };
    back.give(x, dx);
}

pub(super) fn softmax(back: &mut Backward<'_>, node: NodeId, dy: NodeId) {
    let op = match back.graph.nodes[node].op {
        Op::Softmax(axis) => Op::SoftmaxGradient(axis),
        Op::LogSoftmax(axis) => Op::LogSoftmaxGradient(axis),
        _ => return,
    };
    let (x, extent) = (back.operand(node, 0), back.extent(node));
    let dx = back.push(op, &[node, dy], &extent);
    back.give(x, dx);
}

pub(super) fn normalize(back: &mut Backward<'_>, node: NodeId, dy: NodeId) {
    let Op::Normalize(how) = back.graph.nodes[node].op else {
        return;
    };
    let (x, moments) = (back.operand(node, 0), back.operand(node, 1));
    let of_x = match back.graph.nodes[moments].op {
        Op::Moments(same) => {
            let grouping = |how: Statistics| (how.first, how.end, how.rms);
            grouping(same) == grouping(how) && back.operand(moments, 0) == x
        }
        _ => false,
    };
    let extent = back.extent(x);
    let dx = if of_x {
        back.push(Op::NormalizeGradient(how), &[x, moments, dy], &extent)
    } else {
        // dy / √(variance + eps), with constant moments.
        let sizes = back.extent(moments);
        let groups = Extent::new(&sizes[1..]).count();
        let both = back.reshape(moments, &[2, groups]);
        let second = Op::Slice {
            axis: 0,
            start: 1,
            step: 1,
        };
        let variance = back.push(second, &[both], &[1, groups]);
        let mut shape = [1; MAX_RANK];
        let range = how.first as usize..how.end as usize;
        shape[range.clone()].copy_from_slice(&extent[range]);
        let variance = back.reshape(variance, &shape[..extent.len()]);
        let shifted = back.unary(Unary::Shift(how.eps), variance);
        let deviation = back.unary(Unary::Rsqrt, shifted);
        back.mul(dy, deviation)
    };
    back.give(x, dx);
}
