//! From an operation and its shapes to the call of a kernel.
//!
//! Everything that follows from shapes is worked out here, once; running only looks up operands.

mod product;
mod strided;
mod window;

pub(super) use product::{Product, lower as lower_product, permuted as permuted_product};
pub(super) use strided::{Strided, is_view};

use super::chain::Spread;
use super::kernel::MAX_RANK;
use super::kernel::conv::ConvSizes;
use super::kernel::domain::Domain;
use super::kernel::normalize::{Affine, View};
use super::kernel::pad;
use super::kernel::pooling::{AdaptiveSizes, AverageRule, PoolSizes};
use super::kernel::random::Law;
use super::kernel::recurrence::{self, Sizes};
use super::kernel::reduce::Reduce;
use super::kernel::resample::{Resample, ResampleSizes};
use super::kernel::unary::Unary;
use crate::graph::custom::Custom;
use crate::graph::op::{AxisSet, PadMode, Padding, Reduction, Statistics};
use crate::graph::{Extent, Graph, NodeId, Op};
use std::ops::Range;

/// A shape as (outer, size, inner) about one axis.
type Along = (usize, usize, usize);

/// The call of a kernel, all sizes known.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kernel {
    /// Steps on single elements; how many registers they need and what an element costs.
    Chain {
        first: u32,
        steps: u32,
        registers: u8,
        cost: u32,
    },
    Copy,
    Product(Product),
    Conv(ConvSizes, bool),
    ConvNormalized(ConvSizes, Normalized),
    ConvInputGradient(ConvSizes),
    ConvWeightGradient(ConvSizes),
    MaxPool(PoolSizes),
    MaxPoolGradient(PoolSizes),
    MaxPoolIndices(PoolSizes),
    AvgPool(PoolSizes, AverageRule),
    AvgPoolGradient(PoolSizes, AverageRule),
    AdaptiveAvgPool(AdaptiveSizes),
    AdaptiveAvgPoolGradient(AdaptiveSizes),
    AdaptiveMaxPool(AdaptiveSizes),
    AdaptiveMaxPoolGradient(AdaptiveSizes),
    AdaptiveMaxPoolIndices(AdaptiveSizes),
    Reduce(Reduce, Extent, u32),
    /// Of an array times a number.
    Softmax(Along, f64),
    SoftmaxGradient(Along),
    LogSoftmax(Along),
    LogSoftmaxGradient(Along),
    Moments(View, bool),
    NormalizeSums(View, Affine, Statistics),
    NormalizeGradient(View, Affine, Statistics),
    Permute(Extent, [u8; MAX_RANK]),
    Slice(Cut),
    SliceGradient(Cut),
    Concat(usize, Extent),
    Flip(AxisSet, Extent),
    Pad(pad::Padding, Extent, [(isize, isize); MAX_RANK]),
    PadGradient(pad::Padding, Extent, [(isize, isize); MAX_RANK]),
    Gather(usize),
    GatherGradient {
        width: usize,
        skip: Option<usize>,
        by_frequency: bool,
    },
    Pick(Along, Option<i64>),
    PickGradient(Along, Option<i64>),
    Recurrence(Sizes),
    RecurrenceGradient(Sizes),
    Resample(Resample, ResampleSizes),
    ResampleGradient(Resample, ResampleSizes),
    Random(Law, u32),
    Within(&'static Domain),
    /// A user's operation, or its gradient by the operand of a number, and where its shapes begin.
    Custom(Custom, Option<u8>, u32),
}

/// Positions taken along an axis of a shape.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cut {
    pub(super) shape: Extent,
    pub(super) axis: usize,
    pub(super) start: usize,
    pub(super) step: usize,
    pub(super) length: usize,
}

/// What is done to a convolution as it is stored. The operands that are there follow those of the
/// convolution: moments, weight, bias.
#[derive(Clone, Copy, Debug)]
pub(super) struct Normalized {
    pub(super) how: Statistics,
    /// Whether the convolution has a bias.
    pub(super) biased: bool,
    /// Negative results become 0.
    pub(super) relu: bool,
}

impl Kernel {
    /// How many elements the kernel needs beside its result while it runs.
    pub(super) fn scratch(&self) -> usize {
        match self {
            // Reciprocal deviations.
            Self::NormalizeSums(view, ..) | Self::NormalizeGradient(view, ..) => view.groups,
            Self::ConvNormalized(sizes, _) => sizes.normalized_room(),
            Self::Recurrence(sizes) => recurrence::scratch(sizes),
            // What the cells of a step made.
            Self::RecurrenceGradient(sizes) if sizes.is_projected() => sizes.batch * sizes.hidden,
            _ => 0,
        }
    }
}

/// The product of some sizes, saturating.
pub(super) fn product(sizes: &[usize]) -> usize {
    sizes
        .iter()
        .fold(1, |total, &size| total.saturating_mul(size))
}

fn along(shape: &[usize], axis: usize) -> Along {
    (
        product(&shape[..axis]),
        shape[axis],
        product(&shape[axis + 1..]),
    )
}

/// What shares moments in an array of this shape.
pub(super) fn view(shape: &[usize], how: Statistics) -> View {
    let (first, end) = (how.first as usize, how.end as usize);
    View {
        outer: product(&shape[..first]),
        groups: product(&shape[first..end]),
        inner: product(&shape[end..]),
    }
}

/// Which weight an element of an array of this shape has; without weights, that of its group.
pub(super) fn affine(weight: Option<Extent>, shape: &[usize], how: Statistics) -> Affine {
    let Some(weight) = weight else {
        let view = view(shape, how);
        return Affine {
            channels: view.groups,
            span: view.inner,
        };
    };
    let (channels, span) = match Spread::new(&weight, shape) {
        Spread::Full => (weight.count(), 1),
        Spread::Scalar => (1, product(shape)),
        Spread::Periodic { span, channels } => (channels, span),
        Spread::Walk(_) => unreachable!("weights vary along neighbouring axes"),
    };
    Affine { channels, span }
}

/// The axes over which an array of one shape is summed to become one of another.
fn summed(shape: &[usize], target: &[usize]) -> u32 {
    let skipped = shape.len() - target.len();
    let goes = |axis: usize| axis < skipped || target[axis - skipped] != shape[axis];
    (0..shape.len())
        .filter(|&axis| goes(axis))
        .fold(0, |axes, axis| axes | 1 << axis)
}

fn padding(how: Padding, shape: &[usize]) -> (pad::Padding, [(isize, isize); MAX_RANK]) {
    let mode = match how.mode {
        PadMode::Constant(value) => pad::Padding::Constant(value),
        PadMode::Reflect => pad::Padding::Reflect,
        PadMode::Replicate => pad::Padding::Replicate,
        PadMode::Circular => pad::Padding::Circular,
    };
    let mut pads = [(0, 0); MAX_RANK];
    let (rank, skipped) = (how.rank as usize, shape.len() - how.rank as usize);
    for axis in 0..rank {
        pads[skipped + axis] = (how.low[axis] as isize, how.high[axis] as isize);
    }
    (mode, pads)
}

/// What a node is a multiple of, and how many times: itself once, unless it is scaled.
pub(super) fn scaled(graph: &Graph, node: u32) -> (NodeId, f64) {
    let node = node as NodeId;
    match graph.nodes[node].op {
        Op::Unary(Unary::Scale(by)) => (graph.inputs(node)[0] as NodeId, by),
        _ => (node, 1.0),
    }
}

/// How many elements before its first a node's result begins in its operand's, if it is the very
/// same elements in the same order.
pub(super) fn view_offset(graph: &Graph, node: NodeId) -> Option<usize> {
    let inputs = graph.inputs(node);
    let (&first, y) = (inputs.first()?, graph.extent(node));
    let x = graph.extent(first as usize);
    let still = |range: Range<usize>| x[range].iter().all(|&size| size == 1);
    let same = match graph.nodes[node].op {
        Op::Reshape | Op::Detach => true,
        Op::Broadcast | Op::SumTo => x.count() == y.count(),
        Op::Concat(_) => inputs.len() == 1,
        Op::Flip(axes) | Op::Reduce(_, axes) => {
            (0..x.len()).all(|axis| axes >> axis & 1 == 0 || x[axis] == 1)
        }
        Op::Permute(order) => {
            let moving = order[..x.len()]
                .iter()
                .filter(|&&axis| x[axis as usize] != 1);
            moving.is_sorted()
        }
        Op::Slice { axis, start, step } => {
            let axis = axis as usize;
            if !still(0..axis) || step != 1 && y[axis] > 1 {
                return None;
            }
            return Some(start * product(&x[axis + 1..]));
        }
        _ => false,
    };
    same.then_some(0)
}

/// The kernel of an operation that is no chain, input, parameter or view. `shapes` is where its shapes
/// would begin among those that kernels look up as they run.
pub(super) fn lower(graph: &Graph, node: NodeId, shapes: u32) -> Kernel {
    let (op, y) = (graph.nodes[node].op, graph.extent(node));
    let inputs = graph.inputs(node);
    let operand = |index: usize| graph.extent(inputs[index] as usize);
    match op {
        Op::MatMul { .. } | Op::Linear => Kernel::Product(product::lower(graph, node).0),
        Op::Reduce(how, axes) => {
            let how = match how {
                Reduction::Sum => Reduce::Sum,
                Reduction::Mean => Reduce::Mean,
                Reduction::Max => Reduce::Max,
                Reduction::Min => Reduce::Min,
            };
            Kernel::Reduce(how, operand(0), u32::from(axes))
        }
        Op::SumTo => Kernel::Reduce(Reduce::Sum, operand(0), summed(&operand(0), &y)),
        Op::Softmax(axis) => Kernel::Softmax(along(&y, axis as usize), scaled(graph, inputs[0]).1),
        Op::SoftmaxGradient(axis) => Kernel::SoftmaxGradient(along(&y, axis as usize)),
        Op::LogSoftmax(axis) => Kernel::LogSoftmax(along(&y, axis as usize)),
        Op::LogSoftmaxGradient(axis) => Kernel::LogSoftmaxGradient(along(&y, axis as usize)),
        Op::Moments(how) => Kernel::Moments(view(&operand(0), how), how.rms),
        Op::NormalizeSums(how) => {
            let (x, weight) = (operand(0), (inputs.len() > 3).then(|| operand(3)));
            Kernel::NormalizeSums(view(&x, how), affine(weight, &x, how), how)
        }
        Op::NormalizeGradient(how) => {
            let view = view(&y, how);
            let before = if view.outer == 1 { 3 } else { 4 };
            let weight = (inputs.len() > before).then(|| operand(before));
            Kernel::NormalizeGradient(view, affine(weight, &y, how), how)
        }
        Op::Permute(order) => Kernel::Permute(operand(0), order),
        Op::Slice { axis, start, step } | Op::SliceGradient { axis, start, step } => {
            let gradient = matches!(op, Op::SliceGradient { .. });
            let (whole, part) = if gradient {
                (y, operand(0))
            } else {
                (operand(0), y)
            };
            let axis = axis as usize;
            let cut = Cut {
                shape: whole,
                axis,
                start,
                step,
                length: part[axis],
            };
            if gradient {
                Kernel::SliceGradient(cut)
            } else {
                Kernel::Slice(cut)
            }
        }
        Op::Concat(axis) => Kernel::Concat(axis as usize, y),
        Op::Flip(axes) => Kernel::Flip(axes, y),
        Op::Pad(how) => {
            let (mode, pads) = padding(how, &y);
            Kernel::Pad(mode, operand(0), pads)
        }
        Op::PadGradient(how) => {
            let (mode, pads) = padding(how, &y);
            Kernel::PadGradient(mode, y, pads)
        }
        Op::Gather { .. } => Kernel::Gather(product(&operand(0)[1..])),
        Op::GatherGradient { skip, by_frequency } => Kernel::GatherGradient {
            width: product(&y[1..]),
            skip,
            by_frequency,
        },
        Op::Pick { axis, ignore } => Kernel::Pick(along(&operand(0), axis as usize), ignore),
        Op::PickGradient { axis, ignore } => Kernel::PickGradient(along(&y, axis as usize), ignore),
        Op::Recurrence(cell) => Kernel::Recurrence(graph.recurrence(node, cell).sizes),
        Op::RecurrenceGradient(cell) => {
            Kernel::RecurrenceGradient(graph.recurrence(inputs[0] as NodeId, cell).sizes)
        }
        Op::Random { law, stream } => Kernel::Random(law, stream),
        Op::Within(domain) => Kernel::Within(domain),
        Op::Input(_)
        | Op::Parameter(_)
        | Op::Constant(_)
        | Op::Unary(_)
        | Op::UnaryGradient(_)
        | Op::Binary(_)
        | Op::Select
        | Op::Broadcast
        | Op::Normalize(_)
        | Op::Reshape
        | Op::Detach => Kernel::Copy,
        Op::Custom(custom) => Kernel::Custom(custom, None, shapes),
        Op::CustomGradient(custom, operand) => Kernel::Custom(custom, Some(operand), shapes),
        _ => window::lower(graph, node),
    }
}
