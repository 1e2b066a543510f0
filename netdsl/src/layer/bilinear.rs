//! yₖ = x₁ᵀ·Wₖ·x₂ + bₖ: `torch.nn.Bilinear`.
//!
//! x₁: `[…, in1_features]`, x₂: `[…, in2_features]` → `[…, out_features]`
//!
//! Done as a linear map of the products of all pairs, x₁ᵢ·x₂ⱼ.
//!
//! ```
//! use ndarray::array;
//! use netdsl::prelude::*;
//!
//! network! {
//!     struct Net {
//!         pairs: Bilinear<2, 2, 1>(bias = false),
//!     }
//!
//!     fn forward(a: [2], b: [2]) -> [1] { pairs(a, b) }
//! }
//!
//! let mut net = network!(Net)?;
//! net.initialize("*", Init::Ones)?;
//! assert_eq!(net.forward(array![[1.0, 2.0]], array![[3.0, 4.0]])?, array![[21.0]].into_dyn());
//! # Ok::<(), netdsl::Error>(())
//! ```

use crate::engine::kernel::binary::Binary;
use crate::graph::op::Op;
use crate::graph::{Scope, Size, Tensor};
use crate::shape::{Axis, Dim, FaultKind, MAX_RANK, Shape};

crate::layer! {
    /// A map that is linear in each of two inputs: `torch.nn.Bilinear`.
    ///
    /// Parameters: `weight [out_features, in1_features, in2_features]`, `bias [out_features]`, both
    /// from U(−1/√in1_features, 1/√in1_features).
    pub struct Bilinear<in1_features, in2_features, out_features> {
        /// Whether to add a bias.
        bias = true,
    }
}

impl Bilinear {
    /// x1: `[…, in1_features]`, x2: `[…, in2_features]` → `[…, out_features]`
    pub const fn forward<'t>(&self, at: Scope<'t>, x1: Tensor<'t>, x2: Tensor<'t>) -> Tensor<'t> {
        let in1 = at.size("in1_features", self.in1_features);
        let in2 = at.size("in2_features", self.in2_features);
        let out = at.size("out_features", self.out_features).dim;
        let weight = at.parameter_with_fan("weight", &[out, in1.dim, in2.dim], in1.dim);
        let bias = if at.flag("bias", self.bias) {
            Some(at.parameter_with_fan("bias", &[out], in1.dim))
        } else {
            None
        };
        let pairs = at.product(&[in1.dim, in2.dim]);
        let (x1, x2) = (x1.expect_features(in1), x2.expect_features(in2));
        if x1.shape().open || x2.shape().open {
            return if x1.shape().open {
                x2.unknown()
            } else {
                x1.unknown()
            };
        }
        let rank = x1.shape().rank();
        if !x2.expect_rank(&[rank], "as many axes in both inputs", "") {
            return x1.unknown();
        }
        if rank + 1 > MAX_RANK {
            at.fault(FaultKind::TooManyAxes);
            return x1.unknown();
        }
        let (mut left, mut right) = (Shape::new(&[], false), Shape::new(&[], false));
        let (mut both, mut flat, mut x2, mut i) = (left, Shape::new(&[], x1.batched()), x2, 0);
        while i + 1 < rank {
            let axis = x1.shape().axis(i);
            x2 = x2.expect(i as i64, Size::of(axis.dim), "samples");
            left = left.with_last(axis);
            right = right.with_last(axis);
            both = both.with_last(axis);
            flat = flat.with_last(axis);
            i += 1;
        }
        let (one, first, second) = (
            Axis::new(Dim::Known(1)),
            Axis::new(in1.dim),
            Axis::new(in2.dim),
        );
        left = left.with_last(first).with_last(one);
        right = right.with_last(one).with_last(second);
        both = both.with_last(first).with_last(second);
        flat = flat.with_last(Axis::new(pairs));
        let (left, right) = (x1.record(Op::Reshape, left), x2.record(Op::Reshape, right));
        let products = left
            .record_with(Op::Binary(Binary::Mul), right, both)
            .record(Op::Reshape, flat);
        let weight = weight.view(&[Axis::new(out), Axis::new(pairs)]);
        products.linear(weight, bias)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::Definition;
    use crate::layer::tests::{Given, at_compile_time, run};
    use crate::shape::Arg;

    #[test]
    fn features_follow_from_both_inputs() {
        let (shape, faults) = at_compile_time!([[-1, 7], [-1, 3]], |at, x1, x2| {
            Bilinear::BLANK
                .sizes(Arg::OPEN, Arg::OPEN, Arg::int(4))
                .forward(at, x1, x2)
        });
        assert_eq!((shape, faults), (vec![-1, 4], 0));
        let cases = [
            (vec![2], vec![3], vec![4]),
            (vec![8, 2], vec![8, 3], vec![8, 4]),
            (vec![8, 5, 2], vec![8, 5, 3], vec![8, 5, 4]),
        ];
        for (x1, x2, y) in cases {
            let outcome = run(true, &[Given::Raw(&x1), Given::Raw(&x2)], |at, x| {
                let layer = Bilinear::BLANK.sizes(Arg::OPEN, Arg::OPEN, Arg::int(4));
                vec![layer.forward(at, x[0], x[1])]
            });
            assert_eq!(outcome.outputs, [y]);
            assert_eq!(outcome.listing(), ["weight [4, 2, 3]", "bias [4]"]);
            assert!(outcome.faults.is_empty() && outcome.graph.is_some());
        }
    }

    #[test]
    fn inputs_of_different_length_are_a_mistake() {
        let outcome = run(
            true,
            &[Given::Raw(&[8, 2]), Given::Raw(&[7, 3])],
            |at, x| {
                let layer = Bilinear::BLANK.sizes(Arg::OPEN, Arg::OPEN, Arg::int(4));
                vec![layer.forward(at, x[0], x[1])]
            },
        );
        assert_eq!(outcome.faults.len(), 1);
    }
}
