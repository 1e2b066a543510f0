//! Losses over classes: `torch.nn.CrossEntropyLoss`, `torch.nn.NLLLoss`.
//!
//! −Σ_c w_c·y_c·ln p_c
//!
//! input: `[batch, classes, …]` (or `[classes]`), target: class indices `[batch, …]` (or `[]`), or
//! probabilities in the shape of the input → a number, or `[batch, …]` with `reduction = "none"`
//!
//! ```
//! use ndarray::array;
//! use netdsl::Standalone;
//! use netdsl::prelude::*;
//! use netdsl::train::CrossEntropyLoss;
//!
//! let shapes: [Option<&[usize]>; 2] = [Some(&[1, 2]), Some(&[1])];
//! let loss = Standalone::<f64>::new(&shapes, false, 0, &|at, x| vec![CrossEntropyLoss::BLANK.forward(at, x[0], x[1])])?;
//! let (input, target) = (array![[0.0, 0.0]].into_dyn(), array![1.0].into_dyn());
//! let loss = &loss.run(&[input.view(), target.view()])?[0];
//! assert!((loss.sum() - std::f64::consts::LN_2).abs() < 1e-15);
//! # Ok::<(), netdsl::Error>(())
//! ```

use super::{Reduce, same_sizes, total};
use crate::engine::kernel::binary::Binary;
use crate::graph::op::Reduction;
use crate::graph::{Op, Scope, Size, Tensor};
use crate::shape::{Arg, Axis, Dim, FaultKind, Shape, Text};

crate::layer! {
    /// Cross entropy of softmax(x): `torch.nn.CrossEntropyLoss`. The target is class indices, or, if
    /// it has as many axes as the input, probabilities.
    pub struct CrossEntropyLoss {
        /// A class index that counts for nothing.
        ignore_index = Arg::signed(-100),
        /// `"mean"`, `"sum"` or `"none"`. Of class indices the mean is weighted.
        reduction = "mean",
        /// The part of each target that is shared out among all classes.
        label_smoothing = 0.0,
    }
}

crate::layer! {
    /// The negative logarithm of the target's probability: `torch.nn.NLLLoss`. The input is
    /// logarithms of probabilities, the target class indices.
    #[doc(alias = "NLLLoss")]
    pub struct NllLoss {
        /// A class index that counts for nothing.
        ignore_index = Arg::signed(-100),
        /// `"mean"`, weighted, `"sum"` or `"none"`.
        reduction = "mean",
    }
}

impl CrossEntropyLoss {
    /// input: `[batch, classes, …]`, target: `[batch, …]` or as the input → a number, or `[batch, …]`
    pub const fn forward<'t>(
        &self,
        at: Scope<'t>,
        input: Tensor<'t>,
        target: Tensor<'t>,
    ) -> Tensor<'t> {
        self.forward_weighted(at, input, target, None)
    }

    /// As [`Self::forward`], with a weight for each class, `[classes]`.
    pub const fn forward_weighted<'t>(
        &self,
        at: Scope<'t>,
        input: Tensor<'t>,
        target: Tensor<'t>,
        weight: Option<Tensor<'t>>,
    ) -> Tensor<'t> {
        let reduce = Reduce::read(at, self.reduction);
        let smoothing = at.number("label_smoothing", self.label_smoothing);
        if !(smoothing >= 0.0 && smoothing <= 1.0) {
            at.option_fault(
                "label_smoothing",
                "a number from 0 to 1",
                self.label_smoothing,
            );
        }
        let ignore = at.signed("ignore_index", self.ignore_index);
        let Some(classes) = Classes::of(at, input.as_raw(), weight) else {
            return undone(input, reduce);
        };
        let logs = classes.x.log_softmax(classes.axis as i64);
        let classes = Classes { x: logs, ..classes };
        let target = target.as_raw();
        match target.rank() {
            Some(rank) if rank == logs.shape().rank() => {
                if ignore >= 0 {
                    at.option_fault(
                        "ignore_index",
                        "a value only for class indices",
                        self.ignore_index,
                    );
                }
                classes.of_probabilities(target, smoothing, reduce)
            }
            _ => classes.of_indices(target, ignore, smoothing, reduce),
        }
    }
}

impl NllLoss {
    /// input: `[batch, classes, …]`, target: `[batch, …]` → a number, or `[batch, …]`
    pub const fn forward<'t>(
        &self,
        at: Scope<'t>,
        input: Tensor<'t>,
        target: Tensor<'t>,
    ) -> Tensor<'t> {
        self.forward_weighted(at, input, target, None)
    }

    /// As [`Self::forward`], with a weight for each class, `[classes]`.
    pub const fn forward_weighted<'t>(
        &self,
        at: Scope<'t>,
        input: Tensor<'t>,
        target: Tensor<'t>,
        weight: Option<Tensor<'t>>,
    ) -> Tensor<'t> {
        let reduce = Reduce::read(at, self.reduction);
        let ignore = at.signed("ignore_index", self.ignore_index);
        match Classes::of(at, input.as_raw(), weight) {
            Some(classes) => classes.of_indices(target.as_raw(), ignore, 0.0, reduce),
            None => undone(input, reduce),
        }
    }
}

/// A result where the axes of the input are not known.
const fn undone<'t>(input: Tensor<'t>, reduce: Reduce) -> Tensor<'t> {
    match reduce {
        Reduce::None => input.as_raw().unknown(),
        _ => input.view_as(&[], false),
    }
}

/// Logarithms of the probabilities of classes.
#[derive(Clone, Copy)]
struct Classes<'t> {
    x: Tensor<'t>,
    /// The axis of classes.
    axis: usize,
    /// How many there are, where that is known.
    count: f64,
    /// Their weights, broadcast to the shape of x.
    weight: Option<Tensor<'t>>,
}

impl<'t> Classes<'t> {
    const fn of(at: Scope<'t>, x: Tensor<'t>, weight: Option<Tensor<'t>>) -> Option<Self> {
        let Some(rank) = x.rank() else { return None };
        if rank == 0 {
            at.fault(FaultKind::Other {
                message: "takes scores [batch, classes, …] or [classes]",
            });
            return None;
        }
        let axis = if rank == 1 { 0 } else { 1 };
        let classes = x.shape().axis(axis);
        let weight = match weight {
            Some(weight) => {
                let weight = weight.as_raw();
                if !weight.expect_rank(&[1], "a weight for each class, [classes]", "") {
                    return None;
                }
                let _ = weight.expect(0, Size::of(classes.dim), "weights of classes");
                let (mut column, mut i) = (Shape::new(&[classes], false), axis + 1);
                while i < rank {
                    column = column.with_last(Axis::new(Dim::Known(1)));
                    i += 1;
                }
                Some(weight.record(Op::Reshape, column).broadcast_like(x))
            }
            None => None,
        };
        let count = match at.known(classes.dim) {
            Some(count) => count as f64,
            None => 1.0,
        };
        Some(Self {
            x,
            axis,
            count,
            weight,
        })
    }

    /// Targets are indices, of x without its classes.
    const fn of_indices(
        self,
        target: Tensor<'t>,
        ignore: i64,
        smoothing: f64,
        reduce: Reduce,
    ) -> Tensor<'t> {
        if !target.shape().open && !self.has_shape(&target) {
            self.refuse(target, false);
            return undone(self.x, reduce);
        }
        let Some(target) = self.as_indices(target) else {
            return undone(self.x, reduce);
        };
        let shape = *target.shape();
        let ignored = target.constant(ignore as f64);
        let counts = target.record_with(Op::Binary(Binary::NotEqual), ignored, shape);
        let picked = self.x.pick(target, self.axis, Some(ignore));
        let (picked, weights) = match self.weight {
            Some(weight) => {
                // 0 for an index that is ignored
                let weights = weight.pick(target, self.axis, Some(ignore));
                (
                    picked.record_with(Op::Binary(Binary::Mul), weights, shape),
                    weights,
                )
            }
            None => (picked, counts),
        };
        let losses = if smoothing > 0.0 {
            let all = self.summed(self.weighted(self.x));
            let zero = target.constant(0.0);
            let nodes = [counts.node(), all.node(), zero.node()];
            let all = target
                .trace()
                .push(Op::Select, &nodes, shape)
                .scale(-smoothing / self.count);
            picked
                .scale(smoothing - 1.0)
                .record_with(Op::Binary(Binary::Add), all, shape)
        } else {
            picked.scale(-1.0)
        };
        match reduce {
            Reduce::None => losses,
            Reduce::Sum => total(losses, Reduction::Sum),
            // 0 / 0 where all are ignored, as in PyTorch
            Reduce::Mean => {
                let (sum, weight) = (
                    total(losses, Reduction::Sum),
                    total(weights, Reduction::Sum),
                );
                sum.record_with(Op::Binary(Binary::Div), weight, *sum.shape())
            }
        }
    }

    /// Targets are probabilities, in the shape of x.
    const fn of_probabilities(
        self,
        target: Tensor<'t>,
        smoothing: f64,
        reduce: Reduce,
    ) -> Tensor<'t> {
        if !same_sizes(&target, &self.x) {
            self.refuse(target, true);
            return undone(self.x, reduce);
        }
        let (mut target, mut i) = (target, 0);
        while i < self.x.shape().rank() {
            target = target.expect(i as i64, Size::of(self.x.shape().axis(i).dim), "targets");
            i += 1;
        }
        if smoothing > 0.0 {
            target = target.scale(1.0 - smoothing).shift(smoothing / self.count);
        }
        let product = self
            .x
            .record_with(Op::Binary(Binary::Mul), target, *self.x.shape());
        reduce.of(self.summed(self.weighted(product)).scale(-1.0))
    }

    /// The axes of x without its classes.
    const fn sites(&self) -> Shape {
        let (mut sites, mut i) = (Shape::new(&[], false), 0);
        while i < self.x.shape().rank() {
            if i != self.axis {
                sites = sites.with_last(self.x.shape().axis(i));
            }
            i += 1;
        }
        sites
    }

    /// Whether a target has the shape of indices, as far as it is known.
    const fn has_shape(&self, target: &Tensor<'t>) -> bool {
        same_sizes(target, &self.x.reshaped_as(self.sites()))
    }

    /// A target with the sizes of x.
    const fn as_indices(&self, target: Tensor<'t>) -> Option<Tensor<'t>> {
        let sites = self.sites();
        if !target.expect_rank(&[sites.rank()], "class indices [batch, …] as targets", "") {
            return None;
        }
        let (mut target, mut i) = (target, 0);
        while i < sites.rank() {
            target = target.expect(i as i64, Size::of(sites.axis(i).dim), "targets");
            i += 1;
        }
        Some(target)
    }

    /// Reports a target of another shape; where classes seem to be the last axis, or the output not to be flat, what
    /// to write in the network.
    const fn refuse(&self, target: Tensor<'t>, probabilities: bool) {
        let (trace, rank) = (self.x.trace(), self.x.shape().rank());
        let (mut last, mut i) = (Shape::new(&[], false), 0);
        while i + 1 < rank {
            last = last.with_last(self.x.shape().axis(i));
            i += 1;
        }
        let classes_last = rank > 2 && same_sizes(&target, &self.x.reshaped_as(last));
        let help = match (classes_last, rank) {
            (true, 3) => "classes are axis 1: write `.transpose(1, 2)` after what gives the scores",
            (true, _) => {
                "classes are axis 1: move them there by `.permute(…)` after what gives the scores"
            }
            (false, _) if rank > 2 && target.shape().rank() == 1 => {
                "for one class a sample write `.flatten()` in the network, before its last layer"
            }
            _ => "",
        };
        trace.fault(FaultKind::Classes {
            target: trace.sample(target.shape()),
            output: trace.sample(self.x.shape()),
            // Of classes that come last the scores are wrong, and not the target.
            wanted: match classes_last {
                true => Text::EMPTY,
                false => trace.sample(&self.sites()),
            },
            probabilities,
            help,
        });
    }

    const fn weighted(self, x: Tensor<'t>) -> Tensor<'t> {
        match self.weight {
            Some(weight) => x.record_with(Op::Binary(Binary::Mul), weight, *x.shape()),
            None => x,
        }
    }

    /// Sums over the classes.
    const fn summed(self, x: Tensor<'t>) -> Tensor<'t> {
        x.reduce(Reduction::Sum, 1 << self.axis, false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::Definition;
    use crate::layer::tests::{Given, at_compile_time, run};

    #[test]
    fn targets_are_indices_or_probabilities() {
        let (shape, faults) = at_compile_time!([[-1, 3, 5], [-1, 5]], |at, x, y| {
            CrossEntropyLoss {
                reduction: Arg::word("none"),
                ..CrossEntropyLoss::BLANK
            }
            .forward(at, x, y)
        });
        assert_eq!((shape, faults), (vec![-1, 5], 0));
        let cases: [(&[i64], &[i64], &[i64]); 8] = [
            (&[3], &[], &[]),
            (&[3], &[3], &[]),
            (&[2, 3], &[2], &[2]),
            (&[2, 3], &[2, 3], &[2]),
            (&[2, 3, 5], &[2, 5], &[2, 5]),
            (&[2, 3, 5, 5, 2, 2], &[2, 5, 5, 2, 2], &[2, 5, 5, 2, 2]),
            (&[2, 3, 5, 5, 2, 2], &[2, 3, 5, 5, 2, 2], &[2, 5, 5, 2, 2]),
            (&[0, 3, 5], &[0, 5], &[0, 5]),
        ];
        for (input, target, losses) in cases {
            for (word, shape) in [("none", losses), ("mean", &[]), ("sum", &[])] {
                let given = [Given::Raw(input), Given::Raw(target), Given::Raw(&[3])];
                let outcome = run(true, &given, |at, x| {
                    let loss = CrossEntropyLoss {
                        reduction: Arg::word(word),
                        ..CrossEntropyLoss::BLANK
                    };
                    let smooth = CrossEntropyLoss {
                        label_smoothing: Arg::float(0.1),
                        ..loss
                    };
                    vec![
                        loss.forward(at, x[0], x[1]),
                        smooth.forward_weighted(at, x[0], x[1], Some(x[2])),
                    ]
                });
                assert_eq!(outcome.outputs, [shape, shape]);
                assert!(outcome.faults.is_empty() && outcome.graph.is_some());
            }
        }
    }

    #[test]
    fn shapes_must_agree() {
        let cases: [(&[i64], &[i64], &[i64]); 5] = [
            (&[2, 3], &[3], &[3]),
            (&[2, 3], &[2], &[2]),
            (&[2, 3], &[2, 4], &[3]),
            (&[2, 3, 5], &[2], &[3]),
            (&[], &[], &[3]),
        ];
        for (input, target, weight) in cases {
            let given = [Given::Raw(input), Given::Raw(target), Given::Raw(weight)];
            let outcome = run(true, &given, |at, x| {
                vec![CrossEntropyLoss::BLANK.forward_weighted(at, x[0], x[1], Some(x[2]))]
            });
            assert_eq!(outcome.faults.len(), 1, "{input:?} {target:?} {weight:?}");
        }
    }

    #[test]
    fn logarithms_are_picked() {
        let outcome = run(
            true,
            &[Given::Batched(&[6, 5]), Given::Batched(&[6])],
            |at, x| {
                let loss = NllLoss {
                    ignore_index: Arg::int(2),
                    ..NllLoss::BLANK
                };
                vec![loss.forward(at, x[0], x[1])]
            },
        );
        assert_eq!(outcome.outputs, [Vec::<i64>::new()]);
        let nodes = outcome.graph.unwrap().nodes;
        assert!(nodes.iter().any(|node| node.op
            == Op::Pick {
                axis: 1,
                ignore: Some(2)
            }));
    }
}
