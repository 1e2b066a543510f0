//! Reverse-mode differentiation: the gradients of a graph as further nodes of it.
//!
//! [`gradients`] walks the nodes backwards. Each operation's row in the table of gradients (the
//! submodules, by family) says, from the gradient of its result, what each operand gets.

mod backward;
mod custom;
mod elementwise;
mod layout;
mod pieces;
mod product;
mod recurrence;
mod reduce;
mod window;

use crate::graph::op::Op;
use crate::graph::{Graph, NodeId};
use backward::{Backward, Rule};

/// Appends to `graph` the gradients of the sum of `outputs`, each weighted by the node beside it
/// (the gradient of a loss by that output, of the output's shape), and gives those of `wanted`.
///
/// A wanted node on which no output depends, or only through operations without a gradient, gets
/// `None`.
///
/// # Panics
///
/// If a wanted gradient leads through an operation that is itself a gradient and cannot be
/// differentiated again.
pub fn gradients(
    graph: &mut Graph,
    outputs: &[(NodeId, NodeId)],
    wanted: &[NodeId],
) -> Vec<Option<NodeId>> {
    let mut backward = Backward::new(graph, wanted);
    for &(output, seed) in outputs {
        backward.give(output, seed);
    }
    for node in (0..backward.original()).rev() {
        if let Some(dy) = backward.gradient(node) {
            let op = backward.graph.nodes[node].op;
            rule(op)(&mut backward, node, dy);
        }
    }
    wanted.iter().map(|&node| backward.gradient(node)).collect()
}

/// [`gradients`] of a loss that is a single number.
pub fn loss_gradients(graph: &mut Graph, loss: NodeId, wanted: &[NodeId]) -> Vec<Option<NodeId>> {
    let sizes = graph.extent(loss);
    let seed = graph.push(Op::Constant(1.0), &[], &sizes);
    gradients(graph, &[(loss, seed)], wanted)
}

/// Whether any gradient flows from an operation's result to its operand number `index`.
fn flows(op: &Op, index: usize) -> bool {
    match op {
        Op::Input(_) | Op::Parameter(_) | Op::Constant(_) | Op::Random { .. } => false,
        Op::Detach | Op::Moments(_) => false,
        Op::MaxPoolIndices(_) | Op::AdaptiveMaxPoolIndices(_) => false,
        Op::Gather { .. } | Op::Pick { .. } => index == 0,
        Op::Normalize(_) => index != 1,
        Op::GatherGradient { .. } | Op::PickGradient { .. } => index == 1,
        Op::Select => index > 0,
        Op::Custom(custom) => custom.is_differentiable(index),
        Op::Binary(function) => elementwise::is_arithmetic(*function),
        _ => true,
    }
}

/// The table of gradients.
fn rule(op: Op) -> Rule {
    match op {
        Op::Input(_) | Op::Parameter(_) | Op::Constant(_) | Op::Random { .. } => backward::nothing,
        Op::Detach | Op::Moments(_) => backward::nothing,
        Op::MaxPoolIndices(_) | Op::AdaptiveMaxPoolIndices(_) => backward::nothing,
        Op::Unary(_) => elementwise::unary,
        Op::UnaryGradient(_) => elementwise::unary_gradient,
        Op::Binary(_) => elementwise::binary,
        Op::Select => elementwise::select,
        Op::Broadcast => elementwise::broadcast,
        Op::SumTo => elementwise::sum_to,
        Op::MatMul { .. } => product::matmul,
        Op::Linear => product::linear,
        Op::Conv(_) => product::conv,
        Op::ConvInputGradient(_) => product::conv_input_gradient,
        Op::ConvWeightGradient(_) => product::conv_weight_gradient,
        Op::MaxPool(_)
        | Op::AvgPool(_)
        | Op::AvgPoolGradient(_)
        | Op::AdaptiveAvgPool(_)
        | Op::AdaptiveAvgPoolGradient(_)
        | Op::AdaptiveMaxPool(_)
        | Op::Resample(_)
        | Op::ResampleGradient(_) => window::window,
        Op::Reduce(..) => reduce::reduce,
        Op::Softmax(_) | Op::LogSoftmax(_) => reduce::softmax,
        Op::Normalize(_) => reduce::normalize,
        Op::Recurrence(_) => recurrence::recurrence,
        Op::Reshape | Op::Within(_) => layout::reshape,
        Op::Permute(_) => layout::permute,
        Op::Slice { .. } | Op::SliceGradient { .. } => layout::slice,
        Op::Concat(_) => layout::concat,
        Op::Flip(_) => layout::flip,
        Op::Pad(_) => layout::pad,
        Op::Gather { .. } | Op::Pick { .. } | Op::PickGradient { .. } => layout::gather,
        Op::Custom(_) => custom::custom,
        Op::CustomGradient(..)
        | Op::MaxPoolGradient(_)
        | Op::AdaptiveMaxPoolGradient(_)
        | Op::SoftmaxGradient(_)
        | Op::LogSoftmaxGradient(_)
        | Op::NormalizeSums(_)
        | Op::NormalizeGradient(_)
        | Op::PadGradient(_)
        | Op::GatherGradient { .. }
        | Op::RecurrenceGradient(_) => backward::twice,
    }
}
