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
    let operands = back.graph.inputs(node);
    let operand = |index: usize| operands.get(index).map(|&operand| operand as usize);
    let (x, moments) = (back.operand(node, 0), back.operand(node, 1));
    let (weight, bias) = (operand(2), operand(3));
    if [weight, bias]
        .into_iter()
        .flatten()
        .any(|parameter| back.wants(parameter))
    {
        let sums = sums(back, how, [x, moments, dy], weight);
        for (row, parameter) in [weight, bias].into_iter().enumerate() {
            if let Some(parameter) = parameter {
                give_row(back, sums, row, parameter);
            }
        }
    }
    if back.wants(x) {
        let dx = if depend(back, moments, how, x) {
            through_moments(back, how, [x, moments, dy], weight)
        } else {
            by_constant_moments(back, how, [x, moments, dy], weight)
        };
        back.give(x, dx);
    }
}

/// Whether moments are those of x itself.
fn depend(back: &Backward<'_>, moments: NodeId, how: Statistics, x: NodeId) -> bool {
    let grouping = |how: Statistics| (how.first, how.end, how.rms);
    match back.graph.nodes[moments].op {
        Op::Moments(of) => grouping(of) == grouping(how) && back.operand(moments, 0) == x,
        _ => false,
    }
}

/// The gradients of weight and bias, one row each; without a weight, for each group.
fn sums(
    back: &mut Backward<'_>,
    how: Statistics,
    [x, moments, dy]: [NodeId; 3],
    weight: Option<NodeId>,
) -> NodeId {
    let channels = match weight {
        Some(weight) => back.extent(weight).count(),
        None => back.extent(moments).count() / 2,
    };
    let operands = [x, moments, dy, weight.unwrap_or(dy)];
    let count = 3 + usize::from(weight.is_some());
    back.push(Op::NormalizeSums(how), &operands[..count], &[2, channels])
}

/// Gives a parameter its gradient, a row of the sums.
fn give_row(back: &mut Backward<'_>, sums: NodeId, row: usize, parameter: NodeId) {
    let (shape, channels) = (back.extent(parameter), back.extent(sums)[1]);
    let slice = Op::Slice {
        axis: 0,
        start: row,
        step: 1,
    };
    let row = back.push(slice, &[sums], &[1, channels]);
    let gradient = back.reshape(row, &shape);
    back.give(parameter, gradient);
}

fn through_moments(
    back: &mut Backward<'_>,
    how: Statistics,
    [x, moments, mut dy]: [NodeId; 3],
    mut weight: Option<NodeId>,
) -> NodeId {
    let extent = back.extent(x);
    let (outer, rest) = extent.split_at(how.first as usize);
    if outer.iter().product::<usize>() == 1 {
        let operands = [x, moments, dy, weight.unwrap_or(dy)];
        let count = 3 + usize::from(weight.is_some());
        return back.push(Op::NormalizeGradient(how), &operands[..count], &extent);
    }
    // The sums serve the gradient where each group is a channel.
    if let Some(other) = weight {
        let groups = how.end as usize - how.first as usize;
        let inner = extent.len() - how.end as usize;
        let shape = back.extent(other);
        let alike = shape.len() == groups + inner
            && shape[..groups] == rest[..groups]
            && shape[groups..].iter().all(|&size| size == 1);
        if !alike {
            dy = back.mul(dy, other);
            weight = None;
        }
    }
    let sums = sums(back, how, [x, moments, dy], weight);
    let operands = [x, moments, dy, sums, weight.unwrap_or(dy)];
    let count = 4 + usize::from(weight.is_some());
    back.push(Op::NormalizeGradient(how), &operands[..count], &extent)
}

/// dy · weight / √(variance + eps)
fn by_constant_moments(
    back: &mut Backward<'_>,
    how: Statistics,
    [x, moments, mut dy]: [NodeId; 3],
    weight: Option<NodeId>,
) -> NodeId {
    let (extent, sizes) = (back.extent(x), back.extent(moments));
    if let Some(weight) = weight {
        dy = back.mul(dy, weight);
    }
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
}
