//! Gradients of pooling and resampling.

use super::backward::Backward;
use crate::engine::kernel::unary::Unary;
use crate::graph::NodeId;
use crate::graph::op::Op;

/// Whether `dy`, the gradient of the rectifier `y`, is that of a pool that has left out already
/// what the rectifier would.
pub(super) fn is_rectified(back: &Backward<'_>, y: NodeId, dy: NodeId) -> bool {
    let pooled = matches!(
        back.graph.nodes[dy].op,
        Op::MaxPoolGradient(_) | Op::AdaptiveMaxPoolGradient(_)
    );
    // Such a pool of the rectifier's own result is made nowhere else.
    pooled
        && back.operand(dy, 0) == y
        && back.graph.nodes[back.operand(dy, 1)].op == Op::UnaryGradient(Unary::Relu)
}

/// One rule for all: the gradient operation takes the operand if the choice depends on it.
pub(super) fn window(back: &mut Backward<'_>, node: NodeId, dy: NodeId) {
    let x = back.operand(node, 0);
    let (op, reads_x) = match back.graph.nodes[node].op {
        Op::MaxPool(how) => (Op::MaxPoolGradient(how), true),
        Op::AvgPool(how) => (Op::AvgPoolGradient(how), false),
        Op::AvgPoolGradient(how) => (Op::AvgPool(how), false),
        Op::AdaptiveAvgPool(rank) => (Op::AdaptiveAvgPoolGradient(rank), false),
        Op::AdaptiveAvgPoolGradient(rank) => (Op::AdaptiveAvgPool(rank), false),
        Op::AdaptiveMaxPool(rank) => (Op::AdaptiveMaxPoolGradient(rank), true),
        Op::Resample(how) => (Op::ResampleGradient(how), false),
        Op::ResampleGradient(how) => (Op::Resample(how), false),
        _ => return,
    };
    let mut dy = dy;
    if reads_x && back.graph.nodes[x].op == Op::Unary(Unary::Relu) {
        // The rectifier before passes on what goes to elements above 0: those of windows whose
        // maximum is above 0. Deciding that here takes a pass over the results only.
        let extent = back.extent(node);
        dy = back.push(Op::UnaryGradient(Unary::Relu), &[dy, node, dy], &extent);
    }
    let extent = back.extent(x);
    let inputs = [x, dy];
    let inputs = if reads_x { &inputs[..] } else { &inputs[1..] };
    let dx = back.push(op, inputs, &extent);
    back.give(x, dx);
}
