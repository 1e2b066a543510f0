//! Cross entropy of two classes: `torch.nn.BCELoss`, `torch.nn.BCEWithLogitsLoss`.
//!
//! −(y·ln p + (1 − y)·ln(1 − p)), p = σ(x) for logits x
//!
//! input, target: any shape, the same → a number, or the same shape with `reduction = "none"`
//!
//! ```
//! use ndarray::array;
//! use netdsl::Standalone;
//! use netdsl::prelude::*;
//! use netdsl::train::BceWithLogitsLoss;
//!
//! let shapes: [Option<&[usize]>; 2] = [Some(&[2]), Some(&[2])];
//! let loss = Standalone::<f64>::new(&shapes, false, 0, &|at, x| vec![BceWithLogitsLoss::BLANK.forward(at, x[0], x[1])])?;
//! let (input, target) = (array![0.0, 0.0].into_dyn(), array![0.0, 1.0].into_dyn());
//! let loss = &loss.run(&[input.view(), target.view()])?[0];
//! assert!((loss.sum() - std::f64::consts::LN_2).abs() < 1e-15);
//! # Ok::<(), netdsl::Error>(())
//! ```

use super::{Reduce, alike};
use crate::engine::kernel::binary::Binary;
use crate::engine::kernel::domain::Domain;
use crate::engine::kernel::unary::Unary;
use crate::graph::{Scope, Tensor};

crate::layer! {
    /// Cross entropy of probabilities: `torch.nn.BCELoss`. Logarithms count as at least −100.
    ///
    /// Outputs and targets are from 0 to 1. Others, NaN among them, are an error of the step, which then changes nothing:
    /// outputs as a last layer gives them are for [`BceWithLogitsLoss`].
    #[doc(alias = "BCELoss")]
    pub struct BceLoss {
        /// `"mean"`, `"sum"` or `"none"`.
        reduction = "mean",
    }
}

crate::layer! {
    /// Cross entropy of probabilities σ(x): `torch.nn.BCEWithLogitsLoss`.
    #[doc(alias = "BCEWithLogitsLoss")]
    pub struct BceWithLogitsLoss {
        /// `"mean"`, `"sum"` or `"none"`.
        reduction = "mean",
    }
}

const PROBABILITIES: &Domain = &Domain {
    least: 0.0,
    greatest: 1.0,
    rule: "`BceLoss` takes probabilities, from 0 to 1",
    help: "make `.sigmoid()` the last operation of the network, or train with `BceWithLogitsLoss`, which takes outputs \
           without it",
};

const TARGETS: &Domain = &Domain {
    least: 0.0,
    greatest: 1.0,
    rule: "`BceLoss` takes targets from 0 to 1",
    help: "give 0 or 1 for each output, or a probability; numbers of classes are for `CrossEntropyLoss`",
};

/// The least p·(1 − p) in a slope: PyTorch's, which is of single precision, whatever the elements are.
const LEAST_SPREAD: f64 = 1e-12f32 as f64;

impl BceLoss {
    /// input (from 0 to 1), target: the same shape → a number, or that shape
    pub const fn forward<'t>(
        &self,
        at: Scope<'t>,
        input: Tensor<'t>,
        target: Tensor<'t>,
    ) -> Tensor<'t> {
        self.forward_weighted(at, input, target, None)
    }

    /// As [`Self::forward`], the loss of each element times a weight, which is broadcast.
    pub const fn forward_weighted<'t>(
        &self,
        at: Scope<'t>,
        input: Tensor<'t>,
        target: Tensor<'t>,
        weight: Option<Tensor<'t>>,
    ) -> Tensor<'t> {
        let (p, y) = alike(input, target);
        let y = y.within(TARGETS);
        // The slope is (p − y) / max(p·(1 − p), 1e-12), as PyTorch's, which the logarithms would not
        // give at 0 and 1. So they are taken of a constant, and p − p with that slope is added.
        let fixed = p.detach().within(PROBABILITIES);
        let rest = fixed.scale(-1.0).shift(1.0);
        let at_least = Unary::Clamp {
            min: -100.0,
            max: f64::INFINITY,
        };
        let (yes, no) = (fixed.map(Unary::Log), fixed.scale(-1.0).map(Unary::Log1p));
        let (yes, no) = (yes.map(at_least), no.map(at_least));
        // y·(ln(1 − p) − ln p) − ln(1 − p), in PyTorch's order
        let value = y.shift(-1.0).mul(no).sub(y.mul(yes));
        let spread = fixed.mul(rest).map(Unary::Clamp {
            min: LEAST_SPREAD,
            max: f64::INFINITY,
        });
        let slope = fixed.sub(y.detach()).div(spread);
        let losses = value.add(p.sub(fixed).mul(slope));
        Reduce::read(at, self.reduction).of(weighted(losses, weight))
    }
}

impl BceWithLogitsLoss {
    /// input, target: the same shape → a number, or that shape
    pub const fn forward<'t>(
        &self,
        at: Scope<'t>,
        input: Tensor<'t>,
        target: Tensor<'t>,
    ) -> Tensor<'t> {
        self.forward_weighted(at, input, target, None, None)
    }

    /// As [`Self::forward`], the loss of each element times a weight, and that of a 1 in the target
    /// times `pos_weight`; both are broadcast.
    pub const fn forward_weighted<'t>(
        &self,
        at: Scope<'t>,
        input: Tensor<'t>,
        target: Tensor<'t>,
        weight: Option<Tensor<'t>>,
        pos_weight: Option<Tensor<'t>>,
    ) -> Tensor<'t> {
        let (x, y) = alike(input, target);
        // The slope is σ(x) − y, as PyTorch's. That of the logarithms, (1 − y) − (1 − σ(x)), has no digits left where x
        // is far below 0. So they are taken of a constant, and x − x with that slope is added.
        let (fixed, target) = (x.detach(), y.detach());
        // (1 − y)·x − (1 + (pos_weight − 1)·y)·ln σ(x)
        let (log, probability) = (fixed.map(Unary::LogSigmoid), fixed.map(Unary::Sigmoid));
        let (log, slope) = match pos_weight {
            Some(weight) => {
                let weight = weight.as_raw();
                // (pos_weight·y + 1 − y)·σ(x) − pos_weight·y
                let positive = weight.mul(target);
                let slope = positive
                    .shift(1.0)
                    .sub(target)
                    .mul(probability)
                    .sub(positive);
                (weight.shift(-1.0).mul(y).shift(1.0).mul(log), slope)
            }
            None => (log, probability.sub(target)),
        };
        let value = y.scale(-1.0).shift(1.0).mul(fixed).sub(log);
        let losses = value.add(x.sub(fixed).mul(slope));
        Reduce::read(at, self.reduction).of(weighted(losses, weight))
    }
}

const fn weighted<'t>(losses: Tensor<'t>, weight: Option<Tensor<'t>>) -> Tensor<'t> {
    match weight {
        Some(weight) => losses.pair(weight.as_raw(), Binary::Mul, "weight"),
        None => losses,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::Definition;
    use crate::layer::tests::{Given, run};
    use crate::shape::Arg;

    #[test]
    fn weights_are_broadcast() {
        for weight in [vec![], vec![3], vec![4, 3]] {
            let given = [
                Given::Raw(&[4, 3]),
                Given::Raw(&[4, 3]),
                Given::Raw(&weight),
            ];
            let outcome = run(true, &given, |at, x| {
                let reduction = Arg::word("none");
                let (weight, pos_weight) = (Some(x[2]), Some(x[2]));
                let logits = BceWithLogitsLoss { reduction };
                vec![
                    BceLoss { reduction }.forward_weighted(at, x[0], x[1], weight),
                    logits.forward_weighted(at, x[0], x[1], weight, pos_weight),
                    BceLoss::BLANK.forward(at, x[0], x[1]),
                ]
            });
            assert_eq!(outcome.outputs, [vec![4, 3], vec![4, 3], vec![]]);
            assert!(outcome.faults.is_empty() && outcome.graph.is_some());
        }
        let given = [Given::Raw(&[4, 3]), Given::Raw(&[4, 3]), Given::Raw(&[4])];
        let outcome = run(true, &given, |at, x| {
            vec![BceLoss::BLANK.forward_weighted(at, x[0], x[1], Some(x[2]))]
        });
        assert_eq!(outcome.faults.len(), 1);
    }
}
