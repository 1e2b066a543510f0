//! Sizes of convolutions, pools and resampling, their sliding axes held as three.

use super::{Kernel, product};
use crate::graph::op::{Convolution, Pooling, Resampling};
use crate::graph::window::Window;
use crate::graph::{Graph, NodeId, Op};
use crate::kernel::conv::ConvSizes;
use crate::kernel::pooling::{AdaptiveSizes, AverageRule, PoolSizes};
use crate::kernel::resample::{Resample, ResampleSizes};

/// The last `rank` sizes as the last of three, ones before.
fn spatial(sizes: &[usize], rank: usize) -> [usize; 3] {
    let mut spatial = [1; 3];
    spatial[3 - rank..].copy_from_slice(&sizes[sizes.len() - rank..]);
    spatial
}

/// One number of each window, and what it is along axes that do not slide.
fn of<T: Copy>(windows: &[Window; 3], rank: u8, other: T, get: impl Fn(&Window) -> T) -> [T; 3] {
    let rank = rank as usize;
    std::array::from_fn(|axis| match (axis + rank).checked_sub(3) {
        Some(axis) => get(&windows[axis]),
        None => other,
    })
}

fn conv(how: Convolution, x: &[usize], y: &[usize]) -> ConvSizes {
    let rank = how.rank as usize;
    ConvSizes {
        batch: x[0],
        in_channels: x[1],
        out_channels: y[1],
        groups: how.groups,
        rank,
        input: spatial(x, rank),
        kernel: of(&how.windows, how.rank, 1, |window| window.kernel),
        stride: of(&how.windows, how.rank, 1, |window| window.stride),
        padding: of(&how.windows, how.rank, 0, |window| window.low),
        dilation: of(&how.windows, how.rank, 1, |window| window.dilation),
        output: spatial(y, rank),
    }
}

fn pool(how: Pooling, x: &[usize], y: &[usize]) -> PoolSizes {
    let rank = how.rank as usize;
    PoolSizes {
        planes: product(&x[..x.len() - rank]),
        input: spatial(x, rank),
        kernel: of(&how.windows, how.rank, 1, |window| window.kernel),
        stride: of(&how.windows, how.rank, 1, |window| window.stride),
        padding: of(&how.windows, how.rank, 0, |window| window.low),
        dilation: of(&how.windows, how.rank, 1, |window| window.dilation),
        output: spatial(y, rank),
    }
}

fn rule(how: Pooling) -> AverageRule {
    AverageRule {
        count_include_pad: how.count_include_pad,
        divisor_override: how.divisor,
    }
}

fn adaptive(rank: u8, x: &[usize], y: &[usize]) -> AdaptiveSizes {
    let rank = rank as usize;
    AdaptiveSizes {
        planes: product(&x[..x.len() - rank]),
        input: spatial(x, rank),
        output: spatial(y, rank),
    }
}

fn resample(how: Resampling, x: &[usize], y: &[usize]) -> (Resample, ResampleSizes) {
    let rank = how.rank as usize;
    let factor = |axis: usize| {
        (axis + rank)
            .checked_sub(3)
            .and_then(|axis| how.scales[axis])
    };
    let sizes = ResampleSizes {
        planes: product(&x[..x.len() - rank]),
        input: spatial(x, rank),
        output: spatial(y, rank),
        factor: std::array::from_fn(factor),
    };
    (how.mode, sizes)
}

/// The kernel of an operation that slides windows.
pub(super) fn lower(graph: &Graph, node: NodeId) -> Kernel {
    let inputs = graph.inputs(node);
    let y = graph.extent(node);
    let operand = |index: usize| graph.extent(inputs[index] as usize);
    match graph.nodes[node].op {
        Op::Conv(how) => Kernel::Conv(conv(how, &operand(0), &y), false),
        Op::ConvInputGradient(how) => Kernel::ConvInputGradient(conv(how, &y, &operand(0))),
        Op::ConvWeightGradient(how) => {
            Kernel::ConvWeightGradient(conv(how, &operand(0), &operand(1)))
        }
        Op::MaxPool(how) => Kernel::MaxPool(pool(how, &operand(0), &y)),
        Op::MaxPoolGradient(how) => Kernel::MaxPoolGradient(pool(how, &y, &operand(1))),
        Op::MaxPoolIndices(how) => Kernel::MaxPoolIndices(pool(how, &operand(0), &y)),
        Op::AvgPool(how) => Kernel::AvgPool(pool(how, &operand(0), &y), rule(how)),
        Op::AvgPoolGradient(how) => Kernel::AvgPoolGradient(pool(how, &y, &operand(0)), rule(how)),
        Op::AdaptiveAvgPool(rank) => Kernel::AdaptiveAvgPool(adaptive(rank, &operand(0), &y)),
        Op::AdaptiveAvgPoolGradient(rank) => {
            Kernel::AdaptiveAvgPoolGradient(adaptive(rank, &y, &operand(0)))
        }
        Op::AdaptiveMaxPool(rank) => Kernel::AdaptiveMaxPool(adaptive(rank, &operand(0), &y)),
        Op::AdaptiveMaxPoolGradient(rank) => {
            Kernel::AdaptiveMaxPoolGradient(adaptive(rank, &y, &operand(1)))
        }
        Op::AdaptiveMaxPoolIndices(rank) => {
            Kernel::AdaptiveMaxPoolIndices(adaptive(rank, &operand(0), &y))
        }
        Op::Resample(how) => {
            let (mode, sizes) = resample(how, &operand(0), &y);
            Kernel::Resample(mode, sizes)
        }
        Op::ResampleGradient(how) => {
            let (mode, sizes) = resample(how, &y, &operand(0));
            Kernel::ResampleGradient(mode, sizes)
        }
        _ => Kernel::Copy,
    }
}
