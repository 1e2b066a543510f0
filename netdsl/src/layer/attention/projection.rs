//! The linear maps that make queries, keys and values.

use crate::graph::{Op, Scope, Tensor};
use crate::init::Init;
use crate::shape::{Axis, Dim, Shape};

/// The parameters of an attention.
#[derive(Clone, Copy)]
pub(super) struct Projections<'t> {
    /// The number of features.
    embed: Dim,
    /// `in_proj_weight [3 · embed_dim, embed_dim]`, where all inputs have as many features.
    together: Option<Tensor<'t>>,
    /// `q_proj_weight`, `k_proj_weight`, `v_proj_weight` otherwise.
    apart: Option<[Tensor<'t>; 3]>,
    bias: Option<Tensor<'t>>,
    /// `bias_k` and `bias_v`, `[1, 1, embed_dim]`.
    pub(super) extra: Option<[Tensor<'t>; 2]>,
    out_weight: Tensor<'t>,
    out_bias: Option<Tensor<'t>>,
}

impl<'t> Projections<'t> {
    /// Declares the parameters in PyTorch's order. `others` are the features of keys and values where
    /// those differ.
    pub(super) const fn new(
        at: Scope<'t>,
        embed: Dim,
        others: Option<[Dim; 2]>,
        biased: bool,
        extra: bool,
    ) -> Self {
        let triple = at.multiplied(embed, 3);
        let xavier = Init::xavier_uniform();
        let (mut together, mut apart) = (None, None);
        match others {
            None => together = Some(at.parameter("in_proj_weight", &[triple, embed], xavier)),
            Some([keys, values]) => {
                apart = Some([
                    at.parameter("q_proj_weight", &[embed, embed], xavier),
                    at.parameter("k_proj_weight", &[embed, keys], xavier),
                    at.parameter("v_proj_weight", &[embed, values], xavier),
                ]);
            }
        }
        let bias = if biased {
            Some(at.parameter("in_proj_bias", &[triple], Init::Zeros))
        } else {
            None
        };
        let extra = if extra {
            let dims = [Dim::Known(1), Dim::Known(1), embed];
            let normal = Init::xavier_normal();
            Some([
                at.parameter("bias_k", &dims, normal),
                at.parameter("bias_v", &dims, normal),
            ])
        } else {
            None
        };
        let out = at.part("out_proj", "Linear").enter();
        let out_weight = out.parameter("weight", &[embed, embed], Init::FanInUniform);
        let out_bias = if biased {
            Some(out.parameter("bias", &[embed], Init::Zeros))
        } else {
            None
        };
        out.leave();
        Self {
            embed,
            together,
            apart,
            bias,
            extra,
            out_weight,
            out_bias,
        }
    }

    /// Queries, keys and values `[batch, steps, embed_dim]`.
    pub(super) const fn inputs(&self, inputs: [Tensor<'t>; 3]) -> [Tensor<'t>; 3] {
        let [query, key, value] = inputs;
        if let Some(weight) = self.together
            && query.node() == key.node()
            && key.node() == value.node()
        {
            // One product for all three.
            let all = query.linear(weight, self.bias);
            return [
                self.part(all, 2, 0),
                self.part(all, 2, 1),
                self.part(all, 2, 2),
            ];
        }
        let (mut outputs, mut i) = (inputs, 0);
        while i < 3 {
            let weight = match (self.apart, self.together) {
                (Some(weights), _) => weights[i],
                (None, Some(weight)) => self.part(weight, 0, i),
                (None, None) => return inputs,
            };
            let bias = match self.bias {
                Some(bias) => Some(self.part(bias, 0, i)),
                None => None,
            };
            outputs[i] = inputs[i].linear(weight, bias);
            i += 1;
        }
        outputs
    }

    /// The `index`th third along an axis.
    const fn part(&self, x: Tensor<'t>, axis: usize, index: usize) -> Tensor<'t> {
        let start = match x.trace().value(self.embed) {
            Some(embed) => Some(index * embed),
            None => None,
        };
        x.part(axis, start, self.embed)
    }

    /// What the heads found, `[batch, steps, embed_dim]`, mixed.
    pub(super) const fn output(&self, x: Tensor<'t>) -> Tensor<'t> {
        x.linear(self.out_weight, self.out_bias)
    }

    /// Keys (0) or values (1) `[batch, keys, embed_dim]` with what the layer adds at their end, to
    /// `all` keys: its own one, then one of zeros.
    pub(super) const fn extended(
        &self,
        x: Tensor<'t>,
        which: usize,
        all: Axis,
        zeros: bool,
    ) -> Tensor<'t> {
        let axes = *x.shape();
        let row = [axes.axis(0), Axis::new(Dim::Known(1)), axes.axis(2)];
        let (mut nodes, mut count) = ([x.node(); 3], 1);
        if let Some(extra) = self.extra {
            nodes[count] = extra[which]
                .record(Op::Broadcast, Shape::new(&row, false))
                .node();
            count += 1;
        }
        if zeros {
            nodes[count] = x.filled(0.0, &row).node();
            count += 1;
        }
        let (nodes, _) = nodes.split_at(count);
        if count == 1 {
            x
        } else {
            x.trace().push(Op::Concat(1), nodes, axes.with_axis(1, all))
        }
    }
}
