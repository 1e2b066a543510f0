//! The primitive operations a network is made of.
//!
//! Shapes are whole ones here, the batch axis included. The shape of a result is in its node.

use super::custom::Custom;
use super::window::Window;
use crate::kernel::MAX_RANK;
use crate::kernel::binary::Binary;
use crate::kernel::domain::Domain;
use crate::kernel::random::Law;
use crate::kernel::recurrence::Cell;
use crate::kernel::resample::Resample;
use crate::kernel::unary::Unary;

/// A set of axes, bit `i` standing for axis `i`.
pub type AxisSet = u8;

/// A primitive operation. Each has a row in the table of gradients and a kernel in the engine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Op {
    /// The `n`th input of the network.
    Input(u32),
    /// The `n`th parameter or buffer.
    Parameter(u32),
    /// A number, broadcast to the node's shape.
    Constant(f64),
    /// A function of each element.
    Unary(Unary),
    /// (x, y, dy) → dy · f′(x), where y = f(x).
    UnaryGradient(Unary),
    /// A function of each pair of elements; operands are broadcast.
    Binary(Binary),
    /// (condition, a, b) → a where the condition is not 0, b elsewhere; operands are broadcast.
    Select,
    /// Repeats along axes of size 1 and new leading axes, to the node's shape.
    Broadcast,
    /// Sums what [`Op::Broadcast`] repeated, to the node's shape.
    SumTo,
    /// (a, b) → a·b over the last two axes, each transposed first if so marked; leading axes are
    /// equal, or missing on one side.
    MatMul {
        /// The left operand is `[…, k, m]`.
        transpose_a: bool,
        /// The right operand is `[…, n, k]`.
        transpose_b: bool,
    },
    /// (x `[…, in]`, weight `[out, in]`, bias `[out]` if there) → x·weightᵀ + bias.
    Linear,
    /// (x `[b, c, …]`, weight `[o, c / groups, …]`, bias `[o]` if there), up to three sliding axes.
    Conv(Convolution),
    /// (dy, weight) → gradient of [`Op::Conv`] by x, of the node's shape: a transposed convolution.
    ConvInputGradient(Convolution),
    /// (x, dy) → gradient of [`Op::Conv`] by its weight.
    ConvWeightGradient(Convolution),
    /// The greatest element in each window.
    MaxPool(Pooling),
    /// (x, dy) → gradient of [`Op::MaxPool`].
    MaxPoolGradient(Pooling),
    /// The flat index within its plane of the greatest element in each window.
    MaxPoolIndices(Pooling),
    /// The mean of each window.
    AvgPool(Pooling),
    /// dy → gradient of [`Op::AvgPool`], of the node's shape.
    AvgPoolGradient(Pooling),
    /// The mean of each of as many parts as the node has positions, over the last `n` axes.
    AdaptiveAvgPool(u8),
    /// dy → gradient of [`Op::AdaptiveAvgPool`].
    AdaptiveAvgPoolGradient(u8),
    /// The maximum of each part.
    AdaptiveMaxPool(u8),
    /// (x, dy) → gradient of [`Op::AdaptiveMaxPool`].
    AdaptiveMaxPoolGradient(u8),
    /// The flat index within its plane of the maximum of each part.
    AdaptiveMaxPoolIndices(u8),
    /// A reduction over a set of axes; whether they stay as size 1 or go is in the node's shape.
    Reduce(Reduction, AxisSet),
    /// Softmax along an axis.
    Softmax(u8),
    /// (y, dy) → gradient of [`Op::Softmax`].
    SoftmaxGradient(u8),
    /// Logarithm of softmax along an axis.
    LogSoftmax(u8),
    /// (y, dy) → gradient of [`Op::LogSoftmax`].
    LogSoftmaxGradient(u8),
    /// x → `[2, groups]`: means, then biased variances, over all but the groups of `Statistics`.
    Moments(Statistics),
    /// (x, moments, weight if there, bias if there) → (x − mean) / √(variance + eps) · weight + bias.
    /// Weight and bias are broadcast to x and vary along neighbouring axes only. Differentiated with
    /// the moments as functions of x where they are computed from it, as constants otherwise.
    Normalize(Statistics),
    /// (x, moments, dy, weight if there) → `[2, channels]`: gradients of [`Op::Normalize`] by the
    /// weight, then by the bias, the moments constant; without a weight for each group.
    NormalizeSums(Statistics),
    /// (x, moments, dy, weight if there) → gradient of [`Op::Normalize`] by x, through the moments,
    /// where there are no axes before the groups; else there are those sums after `dy`, which are
    /// what is needed if channels are groups.
    NormalizeGradient(Statistics),
    /// The same elements in another shape.
    Reshape,
    /// Axes in another order: axis `i` of the result is axis `order[i]` of the operand.
    Permute([u8; MAX_RANK]),
    /// Every `step`th element along an axis, from `start`; the count is in the node's shape.
    Slice {
        /// The axis.
        axis: u8,
        /// The first element.
        start: usize,
        /// The distance between elements.
        step: usize,
    },
    /// dy → zeros of the node's shape with dy where [`Op::Slice`] took from.
    SliceGradient {
        /// The axis.
        axis: u8,
        /// The first element.
        start: usize,
        /// The distance between elements.
        step: usize,
    },
    /// The operands one behind the other along an axis.
    Concat(u8),
    /// The elements in reverse order along a set of axes.
    Flip(AxisSet),
    /// More elements before and after, along the last axes.
    Pad(Padding),
    /// dy → gradient of [`Op::Pad`].
    PadGradient(Padding),
    /// (table `[n, d]`, indices) → rows of the table, `[…, d]`. Its fields are those of its gradient.
    Gather {
        /// A row that gets no gradient.
        skip: Option<usize>,
        /// Divide a row's gradient by how often it was looked up.
        by_frequency: bool,
    },
    /// (indices, dy) → gradient of [`Op::Gather`] by the table, of the node's shape.
    GatherGradient {
        /// A row that gets no gradient.
        skip: Option<usize>,
        /// Divide a row's gradient by how often it was looked up.
        by_frequency: bool,
    },
    /// (x, indices) → the element of x at the index, along an axis of x that the result lacks; 0
    /// where the index is `ignore`.
    Pick {
        /// The axis of x.
        axis: u8,
        /// An index that stands for nothing.
        ignore: Option<i64>,
    },
    /// (indices, dy) → gradient of [`Op::Pick`] by x, of the node's shape.
    PickGradient {
        /// The axis of x.
        axis: u8,
        /// An index that stands for nothing.
        ignore: Option<i64>,
    },
    /// Another resolution, over the axes after the first two.
    Resample(Resampling),
    /// dy → gradient of [`Op::Resample`], of the node's shape.
    ResampleGradient(Resampling),
    /// (inputs `[steps, batch, gates]`, weight `[gates, state]`, first hidden states
    /// `[batch, state]`, first cell states `[batch, hidden]` if the cell has such, projection
    /// `[state, hidden]` if state is not hidden, bias `[gates]` if there) → the record of all steps,
    /// one axis of the parts of [`Sizes::record`]. Its gradient is by the hidden states after the
    /// steps and the last cell states; the rest of the record is not for others to read.
    ///
    /// [`Sizes::record`]: crate::kernel::recurrence::Sizes::record
    Recurrence(Cell),
    /// (record, weight, gradient by the hidden states after the steps, by the last cell states if
    /// the cell has such, projection if there) → the parts of [`Sizes::gradient`], one axis.
    ///
    /// [`Sizes::gradient`]: crate::kernel::recurrence::Sizes::gradient
    RecurrenceGradient(Cell),
    /// Random numbers of the node's shape, other ones at every run.
    Random {
        /// How they are spread.
        law: Law,
        /// Tells the draws of one network apart.
        stream: u32,
    },
    /// The operand, through which no gradient flows.
    Detach,
    /// The operand, all of whose elements have to be in a domain: a run with others ends here.
    Within(&'static Domain),
    /// An operation of the user's.
    Custom(Custom),
    /// (operands of [`Op::Custom`], y, dy) → its gradient by the operand of a number, of the node's
    /// shape.
    CustomGradient(Custom, u8),
}

/// How a convolution slides, over up to three axes (the last `rank` ones).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Convolution {
    /// Sliding axes: 1 to 3.
    pub rank: u8,
    /// The window along each of them.
    pub windows: [Window; 3],
    /// Groups of channels that do not see each other.
    pub groups: usize,
}

/// How a pool slides, over up to three axes (the last `rank` ones).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pooling {
    /// Sliding axes: 1 to 3.
    pub rank: u8,
    /// The window along each of them.
    pub windows: [Window; 3],
    /// For means: padding counts as elements.
    pub count_include_pad: bool,
    /// For means: divide by this instead.
    pub divisor: Option<usize>,
}

/// Which elements share a mean and a variance: the operand seen as `[outer, groups, inner]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Statistics {
    /// Axes before this one are `outer`.
    pub first: u8,
    /// Axes from this one on are `inner`; those between are `groups`.
    pub end: u8,
    /// Added to the variance before its root.
    pub eps: f64,
    /// No mean is subtracted, and the variance is the mean square: RMS normalisation.
    pub rms: bool,
}

/// What a reduction makes of its elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reduction {
    /// Their sum.
    Sum,
    /// Their mean.
    Mean,
    /// The greatest.
    Max,
    /// The least.
    Min,
}

/// Elements added around the last `rank` axes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Padding {
    /// Padded axes: 1 to 3.
    pub rank: u8,
    /// How many before.
    pub low: [usize; 3],
    /// How many after.
    pub high: [usize; 3],
    /// Which.
    pub mode: PadMode,
}

/// What elements a padding adds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PadMode {
    /// All the same number.
    Constant(f64),
    /// Mirrored at the edge, which is not repeated.
    Reflect,
    /// The edge, repeated.
    Replicate,
    /// From the other end.
    Circular,
}

/// How [`Op::Resample`] reads between elements.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Resampling {
    /// Axes that change: 1 to 3.
    pub rank: u8,
    /// How a position between elements gets its value.
    pub mode: Resample,
    /// Scale factors where they were given; sizes decide where not.
    pub scales: [Option<f64>; 3],
}
