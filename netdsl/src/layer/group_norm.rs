//! Group normalisation: `torch.nn.GroupNorm`.
//!
//! y = (x − mean) / √(variance + eps) · weight + bias, with the mean and the (biased) variance of
//! each group of channels of each sample.
//!
//! x: `[batch, num_channels, …]` → the same
//!
//! ```
//! use ndarray::array;
//! use netdsl::prelude::*;
//!
//! network! {
//!     struct Net {
//!         norm: GroupNorm<1, 2>(eps = 0.0),
//!     }
//! }
//!
//! let net = network!(Net)?;
//! assert_eq!(net.forward(array![[1.0, 3.0]])?, array![[-1.0, 1.0]].into_dyn());
//! # Ok::<(), netdsl::Error>(())
//! ```

use crate::graph::op::{Op, Statistics};
use crate::graph::{Scope, Tensor};
use crate::layer::affine::Affine;
use crate::shape::{Axis, Dim, FaultKind, MAX_RANK, Shape};

crate::layer! {
    /// Normalisation of groups of channels, sample by sample: `torch.nn.GroupNorm`.
    ///
    /// Parameters: `weight` (ones) and `bias` (zeros) `[num_channels]`.
    pub struct GroupNorm<num_groups, num_channels> {
        /// Added to the variance.
        eps = 1e-5,
        /// Whether there are `weight` and `bias`.
        affine = true,
        /// Whether there is `bias`, if `affine`.
        bias = true,
    }
}

impl GroupNorm {
    /// x: `[batch, num_channels, …]` → the same
    pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        let groups = at.divisor("num_groups", self.num_groups);
        let channels = at
            .size("num_channels", self.num_channels)
            .divided_by(groups);
        let per_group = at.divided("num_channels", channels, groups);
        let (weighted, bias) = (at.flag("affine", self.affine), at.flag("bias", self.bias));
        let affine = Affine::new(at, &[channels.dim], weighted, bias);
        let Some(rank) = x.rank() else { return x };
        if rank < 2 || rank >= MAX_RANK {
            at.fault(FaultKind::Other {
                message: "takes a batch of samples with channels",
            });
            return x;
        }
        let x = x.expect(1 - rank as i64, channels, "channels");
        // [batch, groups, channels of a group, …]
        let (batch, each) = (x.shape().axis(0), Axis::new(groups.dim));
        let within = Axis::new(per_group);
        let mut split = Shape::new(&[batch, each, within], x.batched());
        let (mut parameters, mut i) = (Shape::new(&[each, within], false), 2);
        while i < rank {
            split = split.with_last(x.shape().axis(i));
            parameters = parameters.with_last(Axis::new(Dim::Known(1)));
            i += 1;
        }
        let affine = affine.reshaped(parameters);
        let statistics = Statistics {
            first: 0,
            end: 2,
            eps: at.number("eps", self.eps),
            rms: false,
        };
        let pair = Shape::new(&[Axis::new(Dim::Known(2)), batch, each], false);
        let grouped = x.record(Op::Reshape, split);
        let moments = grouped.record(Op::Moments(statistics), pair);
        let normal = affine.normalize(grouped, moments, statistics);
        normal.record(Op::Reshape, *x.shape())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::Definition;
    use crate::layer::tests::{Given, at_compile_time, run};
    use crate::shape::Arg;

    #[test]
    fn channels_are_inferred() {
        let (shape, faults) = at_compile_time!([[-1, 6, 2, -1]], |at, x| {
            GroupNorm::BLANK
                .sizes(Arg::int(3), Arg::OPEN)
                .forward(at, x)
        });
        assert_eq!((shape, faults), (vec![-1, 6, 2, -1], 0));
        for sizes in [vec![4, 6], vec![4, 6, 2, 3]] {
            let outcome = run(true, &[Given::Raw(&sizes)], |at, x| {
                vec![
                    GroupNorm::BLANK
                        .sizes(Arg::int(3), Arg::OPEN)
                        .forward(at, x[0]),
                ]
            });
            assert_eq!(outcome.outputs[0], sizes);
            assert_eq!(outcome.listing(), ["weight [6]", "bias [6]"]);
            assert!(outcome.faults.is_empty() && outcome.graph.is_some());
        }
    }

    #[test]
    fn groups_divide_channels() {
        let outcome = run(true, &[Given::Raw(&[4, 7])], |at, x| {
            vec![
                GroupNorm::BLANK
                    .sizes(Arg::int(3), Arg::OPEN)
                    .forward(at, x[0]),
            ]
        });
        assert_eq!(outcome.faults.len(), 1);
    }
}
