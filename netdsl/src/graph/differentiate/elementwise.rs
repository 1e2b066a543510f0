//! Gradients of operations on single elements, and of broadcasting.

use super::backward::{Backward, twice};
use super::window::is_rectified;
use crate::engine::kernel::binary::Binary;
use crate::engine::kernel::unary::Unary;
use crate::graph::NodeId;
use crate::graph::op::Op;

/// Whether a function of two elements is more than a comparison.
pub(super) fn is_arithmetic(function: Binary) -> bool {
    use Binary::{Add, Div, Max, Min, Mul, Pow, Sub};
    matches!(function, Add | Sub | Mul | Div | Max | Min | Pow)
}

pub(super) fn unary(back: &mut Backward<'_>, node: NodeId, dy: NodeId) {
    let Op::Unary(function) = back.graph.nodes[node].op else {
        return;
    };
    let (x, extent) = (back.operand(node, 0), back.extent(node));
    let dx = match function {
        Unary::Neg => back.scale(dy, -1.0),
        Unary::Scale(by) => back.scale(dy, by),
        Unary::Shift(_) => dy,
        Unary::Relu if is_rectified(back, node, dy) => dy,
        Unary::Sign | Unary::Step => back.push(Op::Constant(0.0), &[], &extent),
        _ => gradient_of(back, function, x, node, dy),
    };
    back.give(x, dx);
}

/// dy · f′(x) where y = f(x). What the derivative does not read is left out, so that it need not
/// be kept: the gradient stands in its place.
fn gradient_of(
    back: &mut Backward<'_>,
    function: Unary,
    x: NodeId,
    y: NodeId,
    dy: NodeId,
) -> NodeId {
    let (needs_x, needs_y) = function.gradient_needs();
    let inputs = [
        if needs_x { x } else { dy },
        if needs_y { y } else { dy },
        dy,
    ];
    let extent = back.extent(x);
    back.push(Op::UnaryGradient(function), &inputs, &extent)
}

/// Linear in its last operand; the second derivative, by the others, is not in the table.
pub(super) fn unary_gradient(back: &mut Backward<'_>, node: NodeId, ddx: NodeId) {
    let Op::UnaryGradient(function) = back.graph.nodes[node].op else {
        return;
    };
    let [x, y, dy] = [0, 1, 2].map(|index| back.operand(node, index));
    let (needs_x, needs_y) = function.gradient_needs();
    let curved = !matches!(function, Unary::Relu | Unary::LeakyRelu(_) | Unary::Abs);
    if curved && (needs_x && back.wants(x) || needs_y && back.wants(y)) {
        twice(back, node, ddx);
    }
    if back.wants(dy) {
        let gradient = gradient_of(back, function, x, y, ddx);
        back.give(dy, gradient);
    }
}

pub(super) fn binary(back: &mut Backward<'_>, node: NodeId, dy: NodeId) {
    let Op::Binary(function) = back.graph.nodes[node].op else {
        return;
    };
    let (a, b) = (back.operand(node, 0), back.operand(node, 1));
    if back.wants(a) {
        let da = match function {
            Binary::Add | Binary::Sub => dy,
            Binary::Mul => back.mul(dy, b),
            Binary::Div => back.binary(Binary::Div, dy, b),
            Binary::Max => share(back, dy, (a, b), (Binary::Less, Binary::LessEqual)),
            Binary::Min => share(back, dy, (a, b), (Binary::Greater, Binary::GreaterEqual)),
            Binary::Pow => by_base(back, dy, (a, b)),
            _ => return,
        };
        back.give_summed(a, da);
    }
    if back.wants(b) {
        let db = match function {
            Binary::Add => dy,
            Binary::Sub => back.scale(dy, -1.0),
            Binary::Mul => back.mul(dy, a),
            Binary::Div => {
                let slope = back.binary(Binary::Div, node, b);
                let product = back.mul(dy, slope);
                back.scale(product, -1.0)
            }
            Binary::Max => share(back, dy, (b, a), (Binary::Less, Binary::LessEqual)),
            Binary::Min => share(back, dy, (b, a), (Binary::Greater, Binary::GreaterEqual)),
            Binary::Pow => by_exponent(back, dy, (a, b), node),
            _ => return,
        };
        back.give_summed(b, db);
    }
}

/// The part of the gradient of a maximum or minimum that belongs to the first of two operands:
/// none where it `loses`, half where they are equal, all elsewhere (also where one is NaN).
fn share(
    back: &mut Backward<'_>,
    dy: NodeId,
    (mine, other): (NodeId, NodeId),
    (loses, loses_or_ties): (Binary, Binary),
) -> NodeId {
    let extent = back.extent(dy);
    let loses = back.push(Op::Binary(loses), &[mine, other], &extent);
    let ties = back.push(Op::Binary(loses_or_ties), &[mine, other], &extent);
    let lost = back.binary(Binary::Add, loses, ties);
    let lost = back.unary(Unary::Scale(-0.5), lost);
    let kept = back.unary(Unary::Shift(1.0), lost);
    back.mul(dy, kept)
}

/// dy b aᵇ⁻¹, and 0 where b is 0, whatever a is.
fn by_base(back: &mut Backward<'_>, dy: NodeId, (a, b): (NodeId, NodeId)) -> NodeId {
    let extent = back.extent(dy);
    let less = back.unary(Unary::Shift(-1.0), b);
    let power = back.push(Op::Binary(Binary::Pow), &[a, less], &extent);
    let slope = back.mul(power, b);
    let product = back.mul(dy, slope);
    let zero = back.number(0.0);
    back.push(Op::Select, &[b, product, zero], &extent)
}

/// dy aᵇ ln a, and 0 where a is 0 unless b is negative.
fn by_exponent(back: &mut Backward<'_>, dy: NodeId, (a, b): (NodeId, NodeId), y: NodeId) -> NodeId {
    let extent = back.extent(dy);
    let log = back.unary(Unary::Log, a);
    let slope = back.mul(y, log);
    let product = back.mul(dy, slope);
    let zero = back.number(0.0);
    let size = back.unary(Unary::Abs, a);
    let negative = back.binary(Binary::Less, b, zero);
    let counts = back.push(Op::Binary(Binary::Max), &[size, negative], &extent);
    back.push(Op::Select, &[counts, product, zero], &extent)
}

pub(super) fn select(back: &mut Backward<'_>, node: NodeId, dy: NodeId) {
    let [condition, a, b] = [0, 1, 2].map(|index| back.operand(node, index));
    let extent = back.extent(node);
    let zero = back.number(0.0);
    if back.wants(a) {
        let da = back.push(Op::Select, &[condition, dy, zero], &extent);
        back.give_summed(a, da);
    }
    if back.wants(b) {
        let db = back.push(Op::Select, &[condition, zero, dy], &extent);
        back.give_summed(b, db);
    }
}

pub(super) fn broadcast(back: &mut Backward<'_>, node: NodeId, dy: NodeId) {
    let x = back.operand(node, 0);
    back.give_summed(x, dy);
}

pub(super) fn sum_to(back: &mut Backward<'_>, node: NodeId, dy: NodeId) {
    let x = back.operand(node, 0);
    let extent = back.extent(x);
    let dx = back.broadcast(dy, &extent);
    back.give(x, dx);
}
