//! Losses by the distance of two tensors: `torch.nn.MSELoss`, `L1Loss`, `SmoothL1Loss`, `HuberLoss`.
//!
//! input, target: any shape, the same → a number, or the same shape with `reduction = "none"`
//!
//! ```
//! use ndarray::array;
//! use netdsl::Standalone;
//! use netdsl::prelude::*;
//! use netdsl::train::MseLoss;
//!
//! let shapes: [Option<&[usize]>; 2] = [Some(&[2]), Some(&[2])];
//! let loss = Standalone::<f64>::new(&shapes, false, 0, &|at, x| vec![MseLoss::BLANK.forward(at, x[0], x[1])])?;
//! let (input, target) = (array![1.0, 3.0].into_dyn(), array![1.0, 1.0].into_dyn());
//! let loss = &loss.run(&[input.view(), target.view()])?[0];
//! assert_eq!(loss.sum(), 2.0);
//! # Ok::<(), netdsl::Error>(())
//! ```

use super::{Reduce, alike};
use crate::engine::kernel::unary::Unary;
use crate::graph::{Scope, Tensor};

crate::layer! {
    /// (x − y)²: `torch.nn.MSELoss`.
    #[doc(alias = "MSELoss")]
    pub struct MseLoss {
        /// `"mean"`, `"sum"` or `"none"`.
        reduction = "mean",
    }
}

crate::layer! {
    /// |x − y|: `torch.nn.L1Loss`.
    pub struct L1Loss {
        /// `"mean"`, `"sum"` or `"none"`.
        reduction = "mean",
    }
}

crate::layer! {
    /// |x − y| − beta / 2, and (x − y)² / (2·beta) below beta: `torch.nn.SmoothL1Loss`.
    pub struct SmoothL1Loss {
        /// `"mean"`, `"sum"` or `"none"`.
        reduction = "mean",
        /// Where the square ends; 0: there is none.
        beta = 1.0,
    }
}

crate::layer! {
    /// delta · (|x − y| − delta / 2), and (x − y)² / 2 below delta: `torch.nn.HuberLoss`.
    pub struct HuberLoss {
        /// `"mean"`, `"sum"` or `"none"`.
        reduction = "mean",
        /// Where the square ends, above 0.
        delta = 1.0,
    }
}

impl MseLoss {
    /// input, target: the same shape → a number, or that shape
    pub const fn forward<'t>(
        &self,
        at: Scope<'t>,
        input: Tensor<'t>,
        target: Tensor<'t>,
    ) -> Tensor<'t> {
        Reduce::read(at, self.reduction).of(difference(input, target).map(Unary::Square))
    }
}

impl L1Loss {
    /// input, target: the same shape → a number, or that shape
    pub const fn forward<'t>(
        &self,
        at: Scope<'t>,
        input: Tensor<'t>,
        target: Tensor<'t>,
    ) -> Tensor<'t> {
        Reduce::read(at, self.reduction).of(distance(input, target))
    }
}

impl SmoothL1Loss {
    /// input, target: the same shape → a number, or that shape
    pub const fn forward<'t>(
        &self,
        at: Scope<'t>,
        input: Tensor<'t>,
        target: Tensor<'t>,
    ) -> Tensor<'t> {
        let beta = at.number("beta", self.beta);
        if beta < 0.0 || beta.is_nan() {
            at.option_fault("beta", "a number not below 0", self.beta);
        }
        let distance = distance(input, target);
        let losses = if beta > 0.0 {
            bent(distance, beta).scale(1.0 / beta)
        } else {
            distance
        };
        Reduce::read(at, self.reduction).of(losses)
    }
}

impl HuberLoss {
    /// input, target: the same shape → a number, or that shape
    pub const fn forward<'t>(
        &self,
        at: Scope<'t>,
        input: Tensor<'t>,
        target: Tensor<'t>,
    ) -> Tensor<'t> {
        let delta = at.number("delta", self.delta);
        if delta <= 0.0 || delta.is_nan() {
            at.option_fault("delta", "a number above 0", self.delta);
        }
        Reduce::read(at, self.reduction).of(bent(distance(input, target), delta))
    }
}

const fn difference<'t>(input: Tensor<'t>, target: Tensor<'t>) -> Tensor<'t> {
    let (input, target) = alike(input, target);
    input.sub(target)
}

const fn distance<'t>(input: Tensor<'t>, target: Tensor<'t>) -> Tensor<'t> {
    difference(input, target).map(Unary::Abs)
}

/// d²/2 up to an end, and from there straight on: m·(d − m/2) where m = min(d, end).
const fn bent<'t>(distance: Tensor<'t>, end: f64) -> Tensor<'t> {
    let least = distance.map(Unary::Clamp {
        min: f64::NEG_INFINITY,
        max: end,
    });
    least.mul(distance.sub(least.scale(0.5)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::Definition;
    use crate::layer::tests::{Given, at_compile_time, run};
    use crate::shape::Arg;

    #[test]
    fn losses_are_one_number_or_all() {
        let (shape, faults) = at_compile_time!([[-1, 3], [-1, 3]], |at, x, y| MseLoss::BLANK
            .forward(at, x, y));
        assert_eq!((shape, faults), (vec![], 0));
        for sizes in [vec![], vec![3], vec![2, 3, 4], vec![0, 3]] {
            for (word, shape) in [("none", sizes.clone()), ("mean", vec![]), ("sum", vec![])] {
                let given = [Given::Batched(&sizes), Given::Raw(&sizes)];
                let outcome = run(true, &given[..], |at, x| {
                    let reduction = Arg::word(word);
                    vec![
                        MseLoss { reduction }.forward(at, x[0], x[1]),
                        L1Loss { reduction }.forward(at, x[0], x[1]),
                        SmoothL1Loss {
                            reduction,
                            ..SmoothL1Loss::BLANK
                        }
                        .forward(at, x[0], x[1]),
                        HuberLoss {
                            reduction,
                            ..HuberLoss::BLANK
                        }
                        .forward(at, x[0], x[1]),
                    ]
                });
                assert_eq!(outcome.outputs, vec![shape; 4]);
                assert!(outcome.faults.is_empty() && outcome.graph.is_some());
            }
        }
    }

    #[test]
    fn options_have_bounds() {
        let smooth = run(true, &[Given::Raw(&[3])], |at, x| {
            let loss = SmoothL1Loss {
                beta: Arg::float(-1.0),
                ..SmoothL1Loss::BLANK
            };
            vec![loss.forward(at, x[0], x[0])]
        });
        let huber = run(true, &[Given::Raw(&[3])], |at, x| {
            let loss = HuberLoss {
                delta: Arg::int(0),
                ..HuberLoss::BLANK
            };
            vec![loss.forward(at, x[0], x[0])]
        });
        assert_eq!((smooth.faults.len(), huber.faults.len()), (1, 1));
    }
}
