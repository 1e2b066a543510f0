//! Gradients of the user's operations.

use super::backward::Backward;
use crate::graph::NodeId;
use crate::graph::op::Op;

/// A node for each operand that wants a gradient and has one.
pub(super) fn custom(back: &mut Backward<'_>, node: NodeId, dy: NodeId) {
    let Op::Custom(custom) = back.graph.nodes[node].op else {
        return;
    };
    let inputs = back.graph.inputs(node);
    let mut operands: Vec<NodeId> = inputs.iter().map(|&input| input as usize).collect();
    let count = operands.len();
    operands.extend([node, dy]);
    for index in 0..count {
        let x = operands[index];
        if back.wants(x) && custom.is_differentiable(index) {
            let extent = back.extent(x);
            let dx = back.push(Op::CustomGradient(custom, index as u8), &operands, &extent);
            back.give(x, dx);
        }
    }
}
