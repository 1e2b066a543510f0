//! How far one distribution is from another: `torch.nn.KLDivLoss`.
//!
//! y·(ln y − x), x being logarithms of probabilities
//!
//! input, target: any shape, the same → a number, or the same shape with `reduction = "none"`
//!
//! ```
//! use ndarray::array;
//! use netdsl::Standalone;
//! use netdsl::prelude::*;
//! use netdsl::train::KlDivLoss;
//!
//! let shapes: [Option<&[usize]>; 2] = [Some(&[2]), Some(&[2])];
//! let loss = Standalone::<f64>::new(&shapes, false, 0, &|at, x| vec![KlDivLoss::BLANK.forward(at, x[0], x[1])])?;
//! let (input, target) = (array![0.0, 0.0].into_dyn(), array![0.5, 0.5].into_dyn());
//! let loss = &loss.run(&[input.view(), target.view()])?[0];
//! assert!((loss.sum() + std::f64::consts::LN_2 / 2.0).abs() < 1e-15);
//! # Ok::<(), netdsl::Error>(())
//! ```

use super::{Reduce, alike, total};
use crate::engine::kernel::binary::Binary;
use crate::engine::kernel::unary::Unary;
use crate::graph::op::Reduction;
use crate::graph::tensor::select;
use crate::graph::{Op, Scope, Tensor};
use crate::shape::Value;

crate::layer! {
    /// Kullback-Leibler divergence: `torch.nn.KLDivLoss`. A probability of 0 in the target adds
    /// nothing.
    #[doc(alias = "KLDivLoss")]
    pub struct KlDivLoss {
        /// `"mean"`, `"sum"`, `"none"` or `"batchmean"`: the sum, divided by the size of axis 0.
        reduction = "mean",
        /// Whether the target is logarithms too.
        log_target = false,
    }
}

impl KlDivLoss {
    /// input (logarithms), target: the same shape → a number, or that shape
    pub const fn forward<'t>(
        &self,
        at: Scope<'t>,
        input: Tensor<'t>,
        target: Tensor<'t>,
    ) -> Tensor<'t> {
        let (x, y) = alike(input, target);
        let losses = if at.flag("log_target", self.log_target) {
            y.map(Unary::Exp).mul(y.sub(x))
        } else {
            // 0·ln 0 is 0; its slope is NaN, as PyTorch's.
            let zero = y.record_with(Op::Binary(Binary::Equal), y.constant(0.0), *y.shape());
            let entropy = y.mul(y.map(Unary::Log));
            select(zero, y.constant(0.0), entropy).sub(y.mul(x))
        };
        let words = ["none", "mean", "sum", "batchmean"];
        let wanted = "\"none\", \"mean\", \"sum\" or \"batchmean\"";
        if let Value::Word(_) = self.reduction.value
            && at.choice("reduction", self.reduction, &words, wanted) == 3
        {
            let sum = total(losses, Reduction::Sum);
            return match batch(at, x) {
                Some(batch) => sum.scale(1.0 / batch as f64),
                None => sum,
            };
        }
        Reduce::read(at, self.reduction).of(losses)
    }
}

/// The size of axis 0, where there is one and it is known.
const fn batch(at: Scope<'_>, x: Tensor<'_>) -> Option<usize> {
    match x.rank() {
        None | Some(0) => None,
        Some(_) => at.known(x.shape().axis(0).dim),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::Definition;
    use crate::layer::tests::{Given, run};
    use crate::shape::Arg;

    #[test]
    fn reductions_have_pytorchs_names() {
        for (word, shape) in [
            ("none", vec![4, 5]),
            ("mean", vec![]),
            ("sum", vec![]),
            ("batchmean", vec![]),
        ] {
            let given = [Given::Batched(&[4, 5]), Given::Raw(&[4, 5])];
            let outcome = run(true, &given, |at, x| {
                let loss = KlDivLoss {
                    reduction: Arg::word(word),
                    ..KlDivLoss::BLANK
                };
                let log = KlDivLoss {
                    log_target: Arg::flag(true),
                    ..loss
                };
                vec![loss.forward(at, x[0], x[1]), log.forward(at, x[0], x[1])]
            });
            assert_eq!(outcome.outputs, [shape.clone(), shape]);
            assert!(outcome.faults.is_empty());
            let nodes = outcome.graph.unwrap().nodes;
            let scaled = Op::Unary(Unary::Scale(0.25));
            assert_eq!(
                nodes.iter().any(|node| node.op == scaled),
                word == "batchmean"
            );
        }
        let outcome = run(true, &[Given::Raw(&[4])], |at, x| {
            let loss = KlDivLoss {
                reduction: Arg::word("median"),
                ..KlDivLoss::BLANK
            };
            vec![loss.forward(at, x[0], x[0])]
        });
        assert!(!outcome.faults.is_empty());
    }
}
