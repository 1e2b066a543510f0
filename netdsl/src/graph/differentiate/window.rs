//! Gradients of pooling and resampling.

use super::backward::Backward;
use crate::graph::graph::NodeId;
use crate::graph::op::Op;

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
    let extent = back.extent(x);
    let inputs = [x, dy];
    let inputs = if reads_x { &inputs[..] } else { &inputs[1..] };
    let dx = back.push(op, inputs, &extent);
    back.give(x, dx);
}
