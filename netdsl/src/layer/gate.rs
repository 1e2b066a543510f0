//! Activations that are more than a function of each element: `torch.nn.GLU` and `torch.nn.PReLU`.
//!
//! ```
//! use ndarray::array;
//! use netdsl::prelude::*;
//!
//! network! {
//!     struct Net {
//!         gate: Glu,
//!     }
//! }
//!
//! let net = network!(Net)?;
//! assert_eq!(net.forward(array![[3.0, 0.0]])?, array![[1.5]].into_dyn());
//! # Ok::<(), netdsl::Error>(())
//! ```

use crate::engine::kernel::binary::Binary;
use crate::graph::tensor::select;
use crate::graph::{Op, Scope, Tensor};
use crate::init::Init;
use crate::shape::{Arg, Dim};

crate::layer! {
    /// a · σ(b), a and b being the halves of x along an axis: `torch.nn.GLU`.
    #[doc(alias = "GLU")]
    pub struct Glu {
        /// The axis, of an even size.
        dim = Arg::signed(-1),
    }
}

crate::layer! {
    /// x where positive, weight · x elsewhere: `torch.nn.PReLU`.
    ///
    /// Parameters: `weight [num_parameters]`, all `init`.
    #[doc(alias = "PReLU")]
    pub struct PRelu {
        /// Slopes: 1, or as many as there are channels (axis 1); `_` for the latter.
        num_parameters = 1usize,
        /// What the slopes start from.
        init = 0.25,
    }
}

impl Glu {
    /// x: `[…, 2·n, …]` → `[…, n, …]`
    pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        let [a, b] = x.chunk(at.signed("dim", self.dim));
        a.mul(b.sigmoid())
    }
}

impl PRelu {
    /// x: `[batch, channels, …]` → the same
    pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        let slopes = at.size("num_parameters", self.num_parameters);
        let weight = at.parameter(
            "weight",
            &[slopes.dim],
            Init::Constant(at.number("init", self.init)),
        );
        let Some(rank) = x.rank() else {
            return at.unchanged(x);
        };
        // 0 and NaN are on the negative side, as PyTorch's.
        let positive = x.record_with(Op::Binary(Binary::Greater), x.constant(0.0), *x.shape());
        let negative = select(positive, x.constant(0.0), x);
        let one = matches!(slopes.dim, Dim::Known(1));
        let scaled = match (one, rank) {
            (true, 0) => negative.mul(weight.view(&[])),
            (true, _) => negative.mul(weight),
            (false, 0 | 1) => {
                x.expect_rank(&[2], "channels along axis 1, or one parameter", "");
                return x;
            }
            (false, _) => negative
                .expect(1 - rank as i64, slopes, "channels")
                .mul_channels(weight),
        };
        select(positive, x, scaled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Size;
    use crate::layer::Definition;
    use crate::layer::tests::{Given, at_compile_time, run};

    #[test]
    fn gates_halve() {
        let (shape, faults) = at_compile_time!([[-1, 6, 3]], |at, x| {
            Glu { dim: Arg::int(1) }.forward(at, x)
        });
        assert_eq!((shape, faults), (vec![-1, 3, 3], 0));
        let outcome = run(true, &[Given::Raw(&[5, -1])], |at, x| {
            vec![
                Glu::BLANK
                    .forward(at, x[0])
                    .expect(-1, Size::of(Dim::Known(4)), "features"),
            ]
        });
        assert_eq!(outcome.inputs, [[5, 8]]);
        let outcome = run(true, &[Given::Raw(&[5, 7])], |at, x| {
            vec![Glu::BLANK.forward(at, x[0])]
        });
        assert_eq!(outcome.faults.len(), 1);
    }

    #[test]
    fn slopes_are_one_or_one_for_each_channel() {
        let cases: [(Arg, &[i64], &str); 5] = [
            (Arg::int(1), &[2, 3, 4], "weight [1]"),
            (Arg::int(1), &[], "weight [1]"),
            (Arg::int(3), &[2, 3, 4], "weight [3]"),
            (Arg::OPEN, &[2, 3, 4, 5, 6], "weight [3]"),
            (Arg::OPEN, &[2, 3], "weight [3]"),
        ];
        for (num_parameters, sizes, weight) in cases {
            let outcome = run(true, &[Given::Raw(sizes)], |at, x| {
                vec![
                    PRelu {
                        num_parameters,
                        ..PRelu::BLANK
                    }
                    .forward(at, x[0]),
                ]
            });
            assert_eq!(
                (outcome.outputs, outcome.faults.len()),
                (vec![sizes.to_vec()], 0)
            );
            assert_eq!(outcome.parameters.len(), 1);
            assert!(outcome.graph.is_some() && outcome.parameters[0].0 == "weight");
            assert_eq!(format!("weight {:?}", outcome.parameters[0].1), weight);
        }
    }
}
