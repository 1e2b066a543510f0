//! Softmax and its kin, which share out one along an axis: `torch.nn.Softmax`, `LogSoftmax`,
//! `Softmin`, `Softmax2d`.
//!
//! softmax(x)ᵢ = e^xᵢ / Σⱼ e^xⱼ
//!
//! x: any shape → the same
//!
//! ```
//! use ndarray::array;
//! use netdsl::prelude::*;
//!
//! network! {
//!     struct Net {
//!         shares: Softmax(dim = -1),
//!     }
//! }
//!
//! let net = network!(Net)?;
//! assert_eq!(net.forward(array![[7.0, 7.0]])?, array![[0.5, 0.5]].into_dyn());
//! # Ok::<(), netdsl::Error>(())
//! ```

use crate::graph::{Scope, Tensor};
use crate::shape::{Arg, Axis, Dim};

crate::layer! {
    /// e^x / Σ e^x along an axis: `torch.nn.Softmax`.
    pub struct Softmax {
        /// The axis. Absent: PyTorch's choice, 0 for 0, 1 or 3 axes and else 1.
        dim = Arg::ABSENT,
    }
}

crate::layer! {
    /// x − ln Σ e^x along an axis: `torch.nn.LogSoftmax`.
    pub struct LogSoftmax {
        /// The axis. Absent: PyTorch's choice, 0 for 0, 1 or 3 axes and else 1.
        dim = Arg::ABSENT,
    }
}

crate::layer! {
    /// Softmax of −x: `torch.nn.Softmin`.
    pub struct Softmin {
        /// The axis. Absent: PyTorch's choice, 0 for 0, 1 or 3 axes and else 1.
        dim = Arg::ABSENT,
    }
}

crate::layer! {
    /// Softmax over the channels of images: `torch.nn.Softmax2d`.
    pub struct Softmax2d;
}

impl Softmax {
    /// x: any shape → the same
    pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        match axis(at, x, self.dim) {
            Some(dim) if is_number(x) => as_one(x).softmax(dim).view_as(&[], false),
            Some(dim) => x.softmax(dim),
            None => x,
        }
    }
}

impl LogSoftmax {
    /// x: any shape → the same
    pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        match axis(at, x, self.dim) {
            Some(dim) if is_number(x) => as_one(x).log_softmax(dim).view_as(&[], false),
            Some(dim) => x.log_softmax(dim),
            None => x,
        }
    }
}

impl Softmin {
    /// x: any shape → the same
    pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        let x = x.scale(-1.0);
        match axis(at, x, self.dim) {
            Some(dim) if is_number(x) => as_one(x).softmax(dim).view_as(&[], false),
            Some(dim) => x.softmax(dim),
            None => x,
        }
    }
}

impl Softmax2d {
    /// x: `[batch, channels, height, width]` → the same
    pub const fn forward<'t>(&self, _at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        if x.expect_spatial(2) {
            x.softmax(-3)
        } else {
            x
        }
    }
}

/// Whether x is a single number, which counts as an array of one.
const fn is_number(x: Tensor<'_>) -> bool {
    matches!(x.rank(), Some(0))
}

const fn as_one(x: Tensor<'_>) -> Tensor<'_> {
    x.view_as(&[Axis::new(Dim::Known(1))], false)
}

/// The axis that is meant; none while the rank is unknown, where the shape stays as it is.
const fn axis<'t>(at: Scope<'t>, x: Tensor<'t>, dim: Arg) -> Option<i64> {
    let Some(rank) = x.rank() else { return None };
    if !dim.is_absent() {
        return Some(at.signed("dim", dim));
    }
    Some(if matches!(rank, 0 | 1 | 3) { 0 } else { 1 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Op;
    use crate::layer::Definition;
    use crate::layer::tests::{Given, run};

    #[test]
    fn axes_are_pytorchs() {
        let cases: [(&[i64], Option<i64>, u8); 6] = [
            (&[2, 3, 4, 5], Some(0), 0),
            (&[2, 3, 4, 5], Some(-1), 3),
            (&[2, 3, 4, 5], None, 1),
            (&[2, 3, 4], None, 0),
            (&[2, 3], None, 1),
            (&[2], None, 0),
        ];
        for (sizes, dim, axis) in cases {
            let outcome = run(true, &[Given::Raw(sizes)], |at, x| {
                let dim = dim.map_or(Arg::ABSENT, Arg::signed);
                vec![
                    Softmax { dim }.forward(at, x[0]),
                    LogSoftmax { dim }.forward(at, x[0]),
                    Softmin { dim }.forward(at, x[0]),
                ]
            });
            assert_eq!(outcome.outputs, [sizes, sizes, sizes]);
            let ops: Vec<_> = outcome
                .graph
                .unwrap()
                .nodes
                .iter()
                .map(|node| node.op)
                .collect();
            assert_eq!(
                [ops[1], ops[2], ops[4]],
                [Op::Softmax(axis), Op::LogSoftmax(axis), Op::Softmax(axis)]
            );
        }
    }

    #[test]
    fn samples_stay_apart() {
        let outcome = run(true, &[Given::Batched(&[2, 3])], |at, x| {
            vec![Softmax { dim: Arg::int(0) }.forward(at, x[0])]
        });
        assert_eq!(outcome.faults.len(), 1);
        let outcome = run(true, &[Given::Unknown], |at, x| {
            vec![Softmax::BLANK.forward(at, x[0])]
        });
        assert!(outcome.faults.is_empty());
    }
}
