//! Attention of several heads: `torch.nn.MultiheadAttention`.
//!
//! softmax(q·kᵀ / √head_dim + mask)·v for each head, q, k and v being linear in the query, the key
//! and the value, and the heads' results mixed by a linear map.
//!
//! query: `[batch, steps, embed_dim]`, key: `[batch, keys, kdim]`, value: `[batch, keys, vdim]` →
//! (`[batch, steps, embed_dim]`, weights `[batch, steps, keys]`, or those of each head,
//! `[batch, num_heads, steps, keys]`)
//!
//! ```
//! use ndarray::array;
//! use netdsl::prelude::*;
//!
//! network! {
//!     struct Net {
//!         attention: MultiheadAttention<2, 1>,
//!     }
//!
//!     fn forward(x: [_, 2]) -> [_, _] {
//!         let (_, weights) = attention(x, x, x);
//!         weights
//!     }
//! }
//!
//! let mut net = network!(Net)?;
//! // All keys are alike: each is looked at as much as any other.
//! net.initialize("*", Init::Zeros)?;
//! assert_eq!(net.forward(array![[[1.0, 2.0], [3.0, 4.0]]])?, array![[[0.5, 0.5], [0.5, 0.5]]].into_dyn());
//! # Ok::<(), netdsl::Error>(())
//! ```

use super::mask::{Scores, applied, cleared, merged};
use super::projection::Projections;
use super::{Arrangement, Mask};
use crate::graph::op::Reduction;
use crate::graph::{Divisor, Op, Scope, Size, Tensor};
use crate::shape::rule::sqrt;
use crate::shape::{Arg, Axis, Dim, MAX_RANK, Shape};

crate::layer! {
    /// Attention of several heads: `torch.nn.MultiheadAttention` (Vaswani and others, "Attention is
    /// all you need", 2017).
    ///
    /// Parameters: `in_proj_weight [3 · embed_dim, embed_dim]`, or, with `kdim` or `vdim`,
    /// `q_proj_weight [embed_dim, embed_dim]`, `k_proj_weight [embed_dim, kdim]` and
    /// `v_proj_weight [embed_dim, vdim]`, Xavier uniform; `in_proj_bias [3 · embed_dim]` (zeros);
    /// `bias_k`, `bias_v [1, 1, embed_dim]` (Xavier normal); `out_proj.weight
    /// [embed_dim, embed_dim]`, as `Linear`; `out_proj.bias [embed_dim]` (zeros).
    pub struct MultiheadAttention<embed_dim, num_heads> {
        /// The probability in training that a key is not looked at.
        dropout = 0.0,
        /// Whether there are biases.
        bias = true,
        /// Whether a learned key and value are added to all sequences.
        add_bias_kv = false,
        /// Whether a key and value of zeros are added to all sequences.
        add_zero_attn = false,
        /// The features of keys; absent: `embed_dim`.
        kdim = Arg::ABSENT,
        /// The features of values; absent: `embed_dim`.
        vdim = Arg::ABSENT,
        /// The batch comes first in tensors that do not say so themselves: those of `Standalone`. Within a network it always
        /// does.
        batch_first = false,
        /// Whether the weights given are means over the heads (an argument of PyTorch's `forward`).
        average_attn_weights = true,
        /// Whether the weights are asked for (an argument of PyTorch's `forward`). If not, a step that may look at
        /// nothing gives what it would with values of zeros, and not NaN.
        need_weights = true,
    }
}

impl MultiheadAttention {
    /// query: `[batch, steps, embed_dim]`, key: `[batch, keys, kdim]`, value: `[batch, keys, vdim]` →
    /// (`[batch, steps, embed_dim]`, weights `[batch, steps, keys]`, means over the heads, or, without
    /// `average_attn_weights`, `[batch, num_heads, steps, keys]`)
    pub const fn forward<'t>(
        &self,
        at: Scope<'t>,
        query: Tensor<'t>,
        key: Tensor<'t>,
        value: Tensor<'t>,
    ) -> (Tensor<'t>, Tensor<'t>) {
        self.forward_masked(at, query, key, value, None, None)
    }

    /// As [`Self::forward`], with masks: `key_padding_mask [batch, keys]` (`[keys]` for one sequence)
    /// and `attn_mask [steps, keys]`, or `[batch · num_heads, steps, keys]`; if its first axis is
    /// known to be the batch, `[batch, steps, keys]` or `[batch, num_heads, steps, keys]`.
    pub const fn forward_masked<'t>(
        &self,
        at: Scope<'t>,
        query: Tensor<'t>,
        key: Tensor<'t>,
        value: Tensor<'t>,
        key_padding_mask: Option<Mask<'t>>,
        attn_mask: Option<Mask<'t>>,
    ) -> (Tensor<'t>, Tensor<'t>) {
        let plan = self.plan(at);
        let safe = !at.flag("need_weights", self.need_weights);
        let (output, weights) =
            plan.attend(at, [query, key, value], [key_padding_mask, attn_mask], safe);
        at.shows(output);
        (output, weights)
    }

    /// The options read and the parameters declared.
    pub(super) const fn plan<'t>(&self, at: Scope<'t>) -> Plan<'t> {
        let heads = at.positive("num_heads", self.num_heads);
        let by = Divisor::of("num_heads", heads, self.num_heads);
        let embed = at.size("embed_dim", self.embed_dim).divided_by(by);
        let width = at.divided("embed_dim", embed, by);
        let keys = if self.kdim.is_absent() {
            Size::of(embed.dim)
        } else {
            at.size("kdim", self.kdim)
        };
        let values = if self.vdim.is_absent() {
            Size::of(embed.dim)
        } else {
            at.size("vdim", self.vdim)
        };
        let same = is_same(keys.dim, embed.dim) && is_same(values.dim, embed.dim);
        let others = if same {
            None
        } else {
            Some([keys.dim, values.dim])
        };
        let biased = at.flag("bias", self.bias);
        let extra = at.flag("add_bias_kv", self.add_bias_kv);
        Plan {
            sizes: [embed, keys, values],
            names: [
                "input features",
                if self.kdim.is_absent() {
                    "features of keys, as no `kdim` says otherwise"
                } else {
                    "features of keys"
                },
                if self.vdim.is_absent() {
                    "features of values, as no `vdim` says otherwise"
                } else {
                    "features of values"
                },
            ],
            heads,
            width,
            dropout: at.probability("dropout", self.dropout),
            zeros: at.flag("add_zero_attn", self.add_zero_attn),
            batch_first: at.flag("batch_first", self.batch_first),
            average: at.flag("average_attn_weights", self.average_attn_weights),
            projections: Projections::new(at, embed.dim, others, biased, extra),
        }
    }
}

/// Whether two sizes are one, as written: what is learned later does not change the parameters.
const fn is_same(a: Dim, b: Dim) -> bool {
    match (a, b) {
        (Dim::Known(a), Dim::Known(b)) => a == b,
        (Dim::Unknown(a), Dim::Unknown(b)) => a == b,
        _ => false,
    }
}

/// An attention with its parameters.
#[derive(Clone, Copy)]
pub(super) struct Plan<'t> {
    /// Features of query, key and value, and what they are called.
    sizes: [Size; 3],
    names: [&'static str; 3],
    heads: usize,
    /// Features of a head.
    width: Dim,
    dropout: f64,
    zeros: bool,
    batch_first: bool,
    /// Whether the weights given are means over the heads.
    average: bool,
    projections: Projections<'t>,
}

impl<'t> Plan<'t> {
    /// Keys or values with the features that they should have: what is the query as well is wrong once.
    const fn other(&self, inputs: [Tensor<'t>; 3], which: usize, query: Tensor<'t>) -> Tensor<'t> {
        let (input, size) = (inputs[which], self.sizes[which]);
        if input.node() == inputs[0].node() && is_same(size.dim, self.sizes[0].dim) {
            return query;
        }
        input.expect_features_of_steps(size, self.names[which])
    }

    /// `masks` are for padding and for pairs. Where all keys are excluded the result is NaN, or, if
    /// `safe`, as if there had been values of zeros.
    pub(super) const fn attend(
        &self,
        at: Scope<'t>,
        inputs: [Tensor<'t>; 3],
        masks: [Option<Mask<'t>>; 2],
        safe: bool,
    ) -> (Tensor<'t>, Tensor<'t>) {
        let query = inputs[0].expect_features_of_steps(self.sizes[0], self.names[0]);
        let key = self.other(inputs, 1, query);
        let value = self.other(inputs, 2, query);
        let (Some(arrangement), Some(_), Some(_)) = (
            Arrangement::of(query, self.batch_first),
            Arrangement::of(key, self.batch_first),
            Arrangement::of(value, self.batch_first),
        ) else {
            return (query.unknown(), query.unknown());
        };
        let rank = query.shape().rank();
        let wanted = "as many axes in keys and values as in queries";
        if !key.expect_rank(&[rank], wanted, "") || !value.expect_rank(&[rank], wanted, "") {
            return (query.unknown(), query.unknown());
        }
        let q = arrangement.batch_first(query);
        // The same tensor stays the same: it is then projected at once.
        let k = if key.node() == query.node() {
            q
        } else {
            arrangement.batch_first(key)
        };
        let v = if value.node() == key.node() {
            k
        } else {
            arrangement.batch_first(value)
        };
        let (batch, steps, keys) = (q.shape().axis(0), q.shape().axis(1), k.shape().axis(1));
        let samples = Size::of(batch.dim);
        let k = k.expect(0, samples, "samples of keys");
        let v = v
            .expect(0, samples, "samples of values")
            .expect(1, Size::of(keys.dim), "values");
        let extra = self.projections.extra.is_some() as usize + self.zeros as usize;
        let all = Axis {
            dim: longer(at, keys.dim, extra),
            ..keys
        };
        let [q, k, v] = self.projections.inputs([q, k, v]);
        let k = self.projections.extended(k, 0, all, self.zeros);
        let v = self.projections.extended(v, 1, all, self.zeros);
        // Each [batch, heads, steps, width]
        let (q, k, v) = (self.split(q), self.split(k), self.split(v));
        let factor = match at.known(self.width) {
            Some(width) if width > 0 => sqrt(1.0 / width as f64),
            _ => 1.0,
        };
        let square = q.shape().with_axis(3, all);
        let product = Op::MatMul {
            transpose_a: false,
            transpose_b: true,
        };
        let scores = q.scale(factor).record_with(product, k, square);
        let axes = Scores {
            batch,
            heads: self.heads,
            steps,
            keys,
            extra,
            all,
        };
        let (scores, empty) = match merged(arrangement, axes, masks[0], masks[1]) {
            Some(mask) => applied(scores, mask, safe),
            None => (scores, None),
        };
        let weights = scores.softmax(3);
        let weights = match empty {
            Some(empty) => cleared(weights, empty),
            None => weights,
        };
        let weights = weights.dropout(self.dropout);
        let product = Op::MatMul {
            transpose_a: false,
            transpose_b: false,
        };
        let found = weights.record_with(product, v, *q.shape());
        let output = self.projections.output(self.merge(found));
        (
            arrangement.restored(output, query).with_features_of(query),
            self.seen(arrangement, weights, query),
        )
    }

    /// The weights `[batch, heads, steps, keys]` as they are given: means over the heads or not, and
    /// without the batch for one sequence.
    const fn seen(
        &self,
        arrangement: Arrangement,
        weights: Tensor<'t>,
        query: Tensor<'t>,
    ) -> Tensor<'t> {
        let weights = if self.average {
            weights.reduce(Reduction::Mean, 1 << 1, false)
        } else {
            weights
        };
        // While the number of heads is still to be given, no shape is known.
        if weights.shape().rank() == 0 {
            return weights.unknown();
        }
        let (_, rest) = weights.shape().axes().split_at(1);
        match arrangement {
            Arrangement::Single => weights.view_as(rest, false),
            _ => weights.reshaped_as(Shape::new(weights.shape().axes(), query.batched())),
        }
    }

    /// `[batch, steps, embed_dim]` → `[batch, heads, steps, width]`
    const fn split(&self, x: Tensor<'t>) -> Tensor<'t> {
        let (batch, steps) = (x.shape().axis(0), x.shape().axis(1));
        let (heads, width) = (Axis::new(Dim::Known(self.heads)), Axis::new(self.width));
        let apart = x.view(&[batch, steps, heads, width]);
        apart.record(
            Op::Permute(MIDDLE),
            Shape::new(&[batch, heads, steps, width], false),
        )
    }

    /// `[batch, heads, steps, width]` → `[batch, steps, embed_dim]`
    const fn merge(&self, x: Tensor<'t>) -> Tensor<'t> {
        let axes = x.shape();
        let (batch, heads, steps, width) = (axes.axis(0), axes.axis(1), axes.axis(2), axes.axis(3));
        let moved = Shape::new(&[batch, steps, heads, width], false);
        let embed = Axis::new(self.sizes[0].dim);
        x.record(Op::Permute(MIDDLE), moved)
            .view(&[batch, steps, embed])
    }
}

/// Axes 1 and 2 exchanged.
const MIDDLE: [u8; MAX_RANK] = [0, 2, 1, 3, 4, 5, 6, 7];

/// A size and a number more.
const fn longer(at: Scope<'_>, size: Dim, extra: usize) -> Dim {
    if extra == 0 {
        return size;
    }
    let sum = match at.known(size) {
        Some(size) => Some(size + extra),
        None => None,
    };
    at.derived(&[size], sum)
}

crate::network::taken_elsewhere! { MultiheadAttention: 3, not 4 5,
    "`MultiheadAttention` takes masks in another function: `let (y, _) = attn.forward_masked(x, x, x, None, Some(Mask::Exclude(mask)));`"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::Definition;
    use crate::layer::tests::{Given, at_compile_time, both, run};

    fn layer() -> MultiheadAttention {
        MultiheadAttention::BLANK.sizes(Arg::OPEN, Arg::int(2))
    }

    #[test]
    fn arrangements_are_pytorchs() {
        let (shape, faults) = at_compile_time!([[-1, 5, 8], [-1, -1, 8]], |at, q, k| {
            MultiheadAttention::BLANK
                .sizes(Arg::OPEN, Arg::int(2))
                .forward(at, q, k, k)
                .1
        });
        assert_eq!((shape, faults), (vec![-1, 5, -1], 0));
        let first = MultiheadAttention {
            batch_first: Arg::flag(true),
            ..layer()
        };
        type Case<'a> = (MultiheadAttention, [Given<'a>; 2], [&'a [i64]; 2]);
        let cases: [Case<'_>; 4] = [
            (
                layer(),
                [Given::Raw(&[5, 3, 8]), Given::Raw(&[7, 3, 8])],
                [&[5, 3, 8], &[3, 5, 7]],
            ),
            (
                first,
                [Given::Raw(&[3, 5, 8]), Given::Raw(&[3, 7, 8])],
                [&[3, 5, 8], &[3, 5, 7]],
            ),
            (
                layer(),
                [Given::Raw(&[5, 8]), Given::Raw(&[7, 8])],
                [&[5, 8], &[5, 7]],
            ),
            (
                layer(),
                [Given::Batched(&[3, 5, 8]), Given::Batched(&[3, 7, 8])],
                [&[3, 5, 8], &[3, 5, 7]],
            ),
        ];
        for (layer, given, shapes) in cases {
            let outcome = run(true, &given, |at, x| {
                both(layer.forward(at, x[0], x[1], x[1]))
            });
            assert_eq!(outcome.outputs, shapes);
            assert!(outcome.faults.is_empty() && outcome.graph.is_some());
        }
    }

    #[test]
    fn weights_of_each_head() {
        let cases: [([Given<'_>; 2], &[i64]); 3] = [
            (
                [Given::Raw(&[5, 3, 8]), Given::Raw(&[7, 3, 8])],
                &[3, 2, 5, 7],
            ),
            ([Given::Raw(&[5, 8]), Given::Raw(&[7, 8])], &[2, 5, 7]),
            (
                [Given::Batched(&[3, 5, 8]), Given::Batched(&[3, 7, 8])],
                &[3, 2, 5, 7],
            ),
        ];
        let layer = MultiheadAttention {
            average_attn_weights: Arg::flag(false),
            ..layer()
        };
        for (given, shape) in cases {
            let outcome = run(true, &given, |at, x| {
                vec![layer.forward(at, x[0], x[1], x[1]).1]
            });
            assert_eq!(outcome.outputs, [shape]);
            assert!(outcome.faults.is_empty() && outcome.graph.is_some());
        }
    }

    #[test]
    fn parameters_are_pytorchs() {
        let layer = MultiheadAttention {
            kdim: Arg::OPEN,
            vdim: Arg::int(6),
            add_bias_kv: Arg::flag(true),
            add_zero_attn: Arg::flag(true),
            ..layer()
        };
        let given = [
            Given::Raw(&[5, 3, 8]),
            Given::Raw(&[7, 3, 4]),
            Given::Raw(&[7, 3, 6]),
        ];
        let outcome = run(true, &given, |at, x| {
            both(layer.forward(at, x[0], x[1], x[2]))
        });
        assert_eq!(outcome.outputs, [[5, 3, 8], [3, 5, 9]]);
        let wanted = [
            "q_proj_weight [8, 8]",
            "k_proj_weight [8, 4]",
            "v_proj_weight [8, 6]",
            "in_proj_bias [24]",
            "bias_k [1, 1, 8]",
            "bias_v [1, 1, 8]",
            "out_proj.weight [8, 8]",
            "out_proj.bias [8]",
        ];
        assert_eq!(outcome.listing(), wanted);
    }

    #[test]
    fn masks_must_fit() {
        let cases: [(&[i64], &[i64], usize); 6] = [
            (&[3, 7], &[5, 7], 0),
            (&[3, 7], &[6, 5, 7], 0),
            (&[3, 6], &[5, 7], 1),
            (&[2, 7], &[5, 7], 1),
            (&[3, 7], &[5, 5, 7], 1),
            (&[7], &[5, 7], 1),
        ];
        for (keys, pairs, mistakes) in cases {
            let given = [
                Given::Raw(&[5, 3, 8]),
                Given::Raw(&[7, 3, 8]),
                Given::Raw(keys),
                Given::Raw(pairs),
            ];
            let outcome = run(true, &given, |at, x| {
                let masks = (Some(Mask::Exclude(x[2])), Some(Mask::Add(x[3])));
                both(layer().forward_masked(at, x[0], x[1], x[1], masks.0, masks.1))
            });
            assert_eq!(outcome.faults.len(), mistakes, "{keys:?} {pairs:?}");
        }
        let given = [Given::Batched(&[3, 5, 8]), Given::Batched(&[3, 2, 5, 5])];
        let outcome = run(true, &given, |at, x| {
            both(layer().forward_masked(at, x[0], x[0], x[0], None, Some(Mask::Add(x[1]))))
        });
        assert!(outcome.faults.is_empty() && outcome.graph.is_some());
    }
}
