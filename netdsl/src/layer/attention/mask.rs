//! What attention must not look at.

use super::Arrangement;
use crate::engine::kernel::binary::Binary;
use crate::graph::op::{PadMode, Padding, Reduction};
use crate::graph::tensor::{Fill, Filled, select};
use crate::graph::{Op, Tensor};
use crate::shape::{Amount, Axis, Cause, Dim, FaultKind, Origin, Role, Shape, rule};
use crate::{Element, Output};

/// A mask for attention: PyTorch's boolean or floating-point one.
#[derive(Clone, Copy)]
pub enum Mask<'t> {
    /// Not 0 where a key is not to be looked at.
    Exclude(Tensor<'t>),
    /// Added to the scores.
    Add(Tensor<'t>),
}

/// 1 for keys after the step, which are not to be looked at; 0 elsewhere.
struct Later;

impl Fill for Later {
    fn fill<E: Element>(&self, y: Output<'_, E>) {
        let keys = y.shape[1].max(1);
        for (step, row) in y.values.chunks_mut(keys).enumerate() {
            for (key, value) in row.iter_mut().enumerate() {
                *value = if key > step { E::ONE } else { E::ZERO };
            }
        }
    }
}

/// The axes of scores: `[batch, heads, steps, keys]`.
#[derive(Clone, Copy)]
pub(super) struct Scores {
    pub(super) batch: Axis,
    pub(super) heads: usize,
    pub(super) steps: Axis,
    /// Without those that the layer adds.
    pub(super) keys: Axis,
    /// How many keys the layer adds at the end.
    pub(super) extra: usize,
    /// With them.
    pub(super) all: Axis,
}

/// What to do about a mask in the place of the other one.
const EXCHANGED: &str = "what each sample must not look at, [batch, keys], and what each step must not, [steps, keys] \
     as of `Mask::causal`, are two arguments: exchange them";

const ONE: Axis = Axis::new(Dim::Known(1));

impl<'t> Mask<'t> {
    /// Each step of x, `[…, steps, features]`, looks at itself and at those before it: PyTorch's `is_causal`.
    ///
    /// ```
    /// use netdsl::prelude::*;
    ///
    /// network! {
    ///     struct Block<heads> {
    ///         attn: MultiheadAttention<8, heads>,
    ///     }
    ///
    ///     fn forward(x: [steps, 8]) -> [steps, 8] {
    ///         let (y, _) = attn.forward_masked(x, x, x, None, Some(Mask::causal(x)));
    ///         x + y
    ///     }
    /// }
    ///
    /// let net = network!(Block<2>)?;
    /// let mut x = ndarray::Array3::<f32>::ones((1, 4, 8));
    /// let before = net.forward(&x)?;
    /// x[[0, 3, 0]] = 5.0;
    /// let after = net.forward(&x)?;
    /// // The last step has changed, and nothing before it.
    /// assert_eq!(before.slice(ndarray::s![.., ..3, ..]), after.slice(ndarray::s![.., ..3, ..]));
    /// assert_ne!(before, after);
    /// # Ok::<(), netdsl::Error>(())
    /// ```
    pub const fn causal(x: Tensor<'t>) -> Self {
        let none = x.constant(0.0);
        let Some(rank) = x.rank() else {
            return Self::Exclude(none.unknown());
        };
        if rank < 2 {
            return Self::Exclude(none);
        }
        let steps = x.shape().axis(rank - 2);
        let square = Shape::new(&[steps, steps], false);
        Self::Exclude(none.custom(&Filled(Later), &[], square))
    }

    const fn tensor(self) -> Tensor<'t> {
        match self {
            Self::Exclude(tensor) | Self::Add(tensor) => tensor,
        }
    }

    /// As numbers to add, seen in a shape of as many elements.
    const fn added(self, axes: &[Axis]) -> Tensor<'t> {
        let mask = self.tensor().view_as(axes, false);
        match self {
            Self::Exclude(_) => select(mask, mask.constant(f64::NEG_INFINITY), mask.constant(0.0)),
            Self::Add(_) => mask,
        }
    }
}

/// Both masks as one to add, `[batch or 1, heads or 1, steps or 1, keys]`, the layer's own keys never
/// excluded. `padding` is `[batch, keys]`, or `[keys]` for one sequence; `attention` is
/// `[steps, keys]`, `[batch · heads, steps, keys]`, or, with the batch as such,
/// `[batch, steps, keys]` or `[batch, heads, steps, keys]`.
pub(super) const fn merged<'t>(
    arrangement: Arrangement,
    scores: Scores,
    padding: Option<Mask<'t>>,
    attention: Option<Mask<'t>>,
) -> Option<Tensor<'t>> {
    let padding = match padding {
        Some(mask) => of_keys(arrangement, scores, mask),
        None => None,
    };
    let attention = match attention {
        Some(mask) => of_pairs(scores, mask),
        None => None,
    };
    let mask = match (padding, attention) {
        (Some(padding), Some(attention)) => {
            let shape = attention.shape().with_axis(0, scores.batch);
            attention.record_with(Op::Binary(Binary::Add), padding, shape)
        }
        (Some(mask), None) | (None, Some(mask)) => mask,
        (None, None) => return None,
    };
    if scores.extra == 0 {
        return Some(mask);
    }
    let high = [scores.extra, 0, 0];
    let how = Padding {
        rank: 1,
        low: [0; 3],
        high,
        mode: PadMode::Constant(0.0),
    };
    Some(mask.record(Op::Pad(how), mask.shape().with_axis(3, scores.all)))
}

/// A mask has as many elements along an axis as the scores that it is for.
const fn has(mask: Tensor<'_>, dim: i64, wanted: Axis, what: &'static str) {
    let (trace, shape) = (mask.trace(), mask.shape());
    let Some(axis) = rule::axis_index(dim, shape.rank()) else {
        return;
    };
    let found = shape.axis(axis);
    if !trace.unify(wanted.dim, found.dim) {
        let (declared, number) = trace.amounts(wanted.dim, found.dim);
        trace.fault(FaultKind::Declared {
            what,
            declared,
            cause: Cause::Inferred,
            found: number,
            origin: trace.origin(found),
            divisor: None,
            join_along: None,
            first_last: None,
        });
    }
}

/// `[batch, 1, 1, keys]`
const fn of_keys<'t>(
    arrangement: Arrangement,
    scores: Scores,
    mask: Mask<'t>,
) -> Option<Tensor<'t>> {
    let tensor = mask.tensor();
    let single = matches!(arrangement, Arrangement::Single);
    let (rank, wanted) = if single {
        (1, "as key_padding_mask [keys]")
    } else {
        (2, "as key_padding_mask [batch, keys]")
    };
    if !tensor.expect_rank(&[rank], wanted, EXCHANGED) {
        return None;
    }
    if matches!(scores.batch.role, Role::Batch) && !tensor.batched() {
        // What is the same for all samples says nothing of the keys of each.
        let kind = FaultKind::Rank {
            wanted,
            found: tensor.trace().sample(tensor.shape()),
            origin: Origin::new("all samples are given one"),
            help: EXCHANGED,
        };
        tensor.trace().fault(kind);
        return None;
    }
    has(tensor, -1, scores.keys, "keys in its key_padding_mask");
    if !single {
        has(tensor, 0, scores.batch, "samples in its key_padding_mask");
    }
    Some(mask.added(&[scores.batch, ONE, ONE, scores.keys]))
}

/// `[1, 1, steps, keys]` or `[batch, 1 or heads, steps, keys]`
const fn of_pairs<'t>(scores: Scores, mask: Mask<'t>) -> Option<Tensor<'t>> {
    let tensor = mask.tensor();
    let wanted = "as attn_mask [steps, keys], or one such for each head of each sample";
    let ranks: &[usize] = if tensor.batched() { &[3, 4] } else { &[2, 3] };
    if !tensor.expect_rank(ranks, wanted, EXCHANGED) {
        return None;
    }
    let heads = Axis::new(Dim::Known(scores.heads));
    has(tensor, -1, scores.keys, "keys in its attn_mask");
    has(tensor, -2, scores.steps, "steps in its attn_mask");
    let (batch, heads) = match (tensor.batched(), tensor.shape().rank()) {
        (true, 3) => (scores.batch, ONE),
        (true, _) => {
            has(tensor, 1, heads, "heads in its attn_mask");
            (scores.batch, heads)
        }
        (false, 2) => (ONE, ONE),
        (false, _) => {
            let trace = tensor.trace();
            let first = trace.value(tensor.shape().axis(0).dim);
            if let (Some(found), Some(batch)) = (first, trace.value(scores.batch.dim))
                && found != batch.saturating_mul(scores.heads)
            {
                let wanted = batch.saturating_mul(scores.heads);
                trace.fault(FaultKind::Count {
                    operation: "attn_mask",
                    found: Amount::Known(found),
                    wanted,
                    open: false,
                });
                return None;
            }
            (scores.batch, heads)
        }
    };
    if tensor.batched() {
        has(tensor, 0, scores.batch, "samples in its attn_mask");
    }
    Some(mask.added(&[batch, heads, scores.steps, scores.keys]))
}

/// Scores with a mask added, and, if it is `safe`, what tells rows of nothing but excluded keys
/// apart.
pub(super) const fn applied<'t>(
    scores: Tensor<'t>,
    mask: Tensor<'t>,
    safe: bool,
) -> (Tensor<'t>, Option<Tensor<'t>>) {
    let sum = scores.record_with(Op::Binary(Binary::Add), mask, *scores.shape());
    if !safe {
        return (sum, None);
    }
    let most = mask.detach().reduce(Reduction::Max, 1 << 3, true);
    let lowest = most.constant(f64::NEG_INFINITY);
    let empty = most.record_with(Op::Binary(Binary::Equal), lowest, *most.shape());
    (cleared(sum, empty), Some(empty))
}

/// 0 in rows that are empty.
pub(super) const fn cleared<'t>(x: Tensor<'t>, empty: Tensor<'t>) -> Tensor<'t> {
    let zero = x.constant(0.0);
    let shape: Shape = *x.shape();
    x.trace()
        .push(Op::Select, &[empty.node(), zero.node(), x.node()], shape)
}
