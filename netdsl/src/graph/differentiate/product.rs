//! Gradients of matrix products and convolutions: all are linear in each operand.

use super::backward::Backward;
use crate::graph::op::{Op, Reduction};
use crate::graph::{Extent, NodeId};
use crate::shape::MAX_RANK;

/// The product of leading sizes and the last two.
fn split(sizes: &[usize]) -> (usize, usize, usize) {
    let (leading, last) = sizes.split_at(sizes.len() - 2);
    (Extent::new(leading).count(), last[0], last[1])
}

fn product(
    back: &mut Backward<'_>,
    (a, transpose_a): (NodeId, bool),
    (b, transpose_b): (NodeId, bool),
) -> NodeId {
    let (a_sizes, b_sizes) = (back.extent(a), back.extent(b));
    let ((_, a_rows, a_cols), (_, b_rows, b_cols)) = (split(&a_sizes), split(&b_sizes));
    let mut sizes = [0; MAX_RANK];
    let longer = if a_sizes.len() >= b_sizes.len() {
        a_sizes
    } else {
        b_sizes
    };
    let rank = longer.len();
    sizes[..rank].copy_from_slice(&longer);
    sizes[rank - 2] = if transpose_a { a_cols } else { a_rows };
    sizes[rank - 1] = if transpose_b { b_rows } else { b_cols };
    let op = Op::MatMul {
        transpose_a,
        transpose_b,
    };
    back.push(op, &[a, b], &sizes[..rank])
}

pub(super) fn matmul(back: &mut Backward<'_>, node: NodeId, dy: NodeId) {
    let Op::MatMul {
        transpose_a,
        transpose_b,
    } = back.graph.nodes[node].op
    else {
        return;
    };
    let (mut a, b, mut dy) = (back.operand(node, 0), back.operand(node, 1), dy);
    let (left, right) = (a, b);
    // A right matrix shared by a batch of left ones: one product of all their rows.
    if back.extent(b).len() == 2 && back.extent(a).len() > 2 && !transpose_a {
        let flat = |back: &mut Backward<'_>, x: NodeId| {
            let (leading, rows, cols) = split(&back.extent(x));
            back.reshape(x, &[leading * rows, cols])
        };
        a = flat(back, a);
        dy = flat(back, dy);
    }
    if back.wants(left) {
        let da = if transpose_a {
            product(back, (b, transpose_b), (dy, true))
        } else {
            product(back, (dy, false), (b, !transpose_b))
        };
        give_matrix(back, left, da);
    }
    if back.wants(right) {
        let db = if transpose_b {
            product(back, (dy, true), (a, transpose_a))
        } else {
            product(back, (a, !transpose_a), (dy, false))
        };
        give_matrix(back, right, db);
    }
}

/// Gives an operand its gradient, which may have leading axes that the operand lacks.
fn give_matrix(back: &mut Backward<'_>, operand: NodeId, gradient: NodeId) {
    let (wanted, found) = (back.extent(operand), back.extent(gradient));
    let gradient = if found.len() > 2 && wanted.len() == 2 {
        back.sum_to(gradient, &wanted)
    } else {
        back.reshape(gradient, &wanted)
    };
    back.give(operand, gradient);
}

pub(super) fn linear(back: &mut Backward<'_>, node: NodeId, dy: NodeId) {
    let (x, weight) = (back.operand(node, 0), back.operand(node, 1));
    let (sizes, shape) = (back.extent(weight), back.extent(x));
    let rows = Extent::new(&shape[..shape.len() - 1]).count();
    let dy = back.reshape(dy, &[rows, sizes[0]]);
    if back.wants(x) {
        let dx = product(back, (dy, false), (weight, false));
        let dx = back.reshape(dx, &shape);
        back.give(x, dx);
    }
    if back.wants(weight) {
        let flat = back.reshape(x, &[rows, sizes[1]]);
        let dw = product(back, (dy, true), (flat, false));
        back.give(weight, dw);
    }
    give_bias(back, node, dy, 0b1);
}

/// Gives the third operand, if there is one, the sum of `dy` over a set of axes.
fn give_bias(back: &mut Backward<'_>, node: NodeId, dy: NodeId, axes: u8) {
    let Some(&bias) = back.graph.inputs(node).get(2) else {
        return;
    };
    let bias = bias as usize;
    if back.wants(bias) {
        let extent = back.extent(bias);
        let db = back.push(Op::Reduce(Reduction::Sum, axes), &[dy], &extent);
        back.give(bias, db);
    }
}

pub(super) fn conv(back: &mut Backward<'_>, node: NodeId, dy: NodeId) {
    let Op::Conv(how) = back.graph.nodes[node].op else {
        return;
    };
    let (x, weight) = (back.operand(node, 0), back.operand(node, 1));
    if back.wants(x) {
        let extent = back.extent(x);
        let dx = back.push(Op::ConvInputGradient(how), &[dy, weight], &extent);
        back.give(x, dx);
    }
    if back.wants(weight) {
        let extent = back.extent(weight);
        let dw = back.push(Op::ConvWeightGradient(how), &[x, dy], &extent);
        back.give(weight, dw);
    }
    let all = (1u16 << back.extent(node).len()) - 1;
    give_bias(back, node, dy, all as u8 & !0b10);
}

/// y = the x whose convolution with `weight` has gradient `u`: a transposed convolution of u.
pub(super) fn conv_input_gradient(back: &mut Backward<'_>, node: NodeId, dy: NodeId) {
    let Op::ConvInputGradient(how) = back.graph.nodes[node].op else {
        return;
    };
    let (u, weight) = (back.operand(node, 0), back.operand(node, 1));
    if back.wants(u) {
        let extent = back.extent(u);
        let du = back.push(Op::Conv(how), &[dy, weight], &extent);
        back.give(u, du);
    }
    if back.wants(weight) {
        let extent = back.extent(weight);
        let dw = back.push(Op::ConvWeightGradient(how), &[dy, u], &extent);
        back.give(weight, dw);
    }
}

pub(super) fn conv_weight_gradient(back: &mut Backward<'_>, node: NodeId, dy: NodeId) {
    let Op::ConvWeightGradient(how) = back.graph.nodes[node].op else {
        return;
    };
    let (x, u) = (back.operand(node, 0), back.operand(node, 1));
    if back.wants(x) {
        let extent = back.extent(x);
        let dx = back.push(Op::ConvInputGradient(how), &[u, dy], &extent);
        back.give(x, dx);
    }
    if back.wants(u) {
        let extent = back.extent(u);
        let du = back.push(Op::Conv(how), &[x, dy], &extent);
        back.give(u, du);
    }
}
