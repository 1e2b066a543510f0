//! Arrangements of sequences and states, and the one that steps work on: `[steps, batch, features]`.

use crate::graph::{Op, Scope, Size, Tensor};
use crate::shape::{Arg, Axis, Dim, FaultKind, MAX_RANK, Role, Shape};

/// Which axes of a tensor are what.
#[derive(Clone, Copy)]
pub(super) struct Arrangement {
    batched: bool,
    /// The batch, if there is one.
    batch: Option<usize>,
    steps: usize,
}

impl Arrangement {
    /// That of sequences with their features; none where their axes are not known.
    pub(super) const fn of(x: Tensor<'_>, batch_first: bool) -> Option<Self> {
        if x.shape().open {
            return None;
        }
        let batched = x.batched();
        if batched {
            return Some(Self {
                batched,
                batch: Some(0),
                steps: 1,
            });
        }
        Some(match (x.shape().rank(), batch_first) {
            (2, _) => Self {
                batched,
                batch: None,
                steps: 0,
            },
            (_, true) => Self {
                batched,
                batch: Some(0),
                steps: 1,
            },
            (_, false) => Self {
                batched,
                batch: Some(1),
                steps: 0,
            },
        })
    }

    pub(super) const fn steps(self, x: Tensor<'_>) -> Dim {
        x.shape().axis(self.steps).dim
    }

    /// The axis of samples: a single one where there is none.
    pub(super) const fn batch(self, x: Tensor<'_>) -> Axis {
        match self.batch {
            Some(axis) => x.shape().axis(axis),
            None => Axis::new(Dim::Known(1)),
        }
    }

    /// The shape of a layer's result of so many features.
    pub(super) const fn shape(self, x: Tensor<'_>, features: Dim) -> Shape {
        let last = x.shape().rank() - 1;
        let from = x.trace().current();
        x.shape().with_axis(
            last,
            Axis {
                dim: features,
                role: Role::Channel,
                from,
            },
        )
    }

    /// x as `[steps, batch, features]`.
    pub(super) const fn steps_first<'t>(self, x: Tensor<'t>) -> Tensor<'t> {
        let axes = x.shape();
        match self.batch {
            Some(0) => {
                let shape = Shape::new(&[axes.axis(1), axes.axis(0), axes.axis(2)], false);
                x.record(Op::Permute(SWAP), shape)
            }
            Some(_) => x,
            None => x.view_as(&[axes.axis(0), self.batch(x), axes.axis(1)], false),
        }
    }

    /// Back from `[steps, batch, features]` to a shape.
    pub(super) const fn restored<'t>(self, y: Tensor<'t>, shape: Shape) -> Tensor<'t> {
        match self.batch {
            Some(0) => y.record(Op::Permute(SWAP), shape),
            Some(_) => y.reshaped_as(shape),
            None => y.record(Op::Reshape, shape),
        }
    }

    /// The shape of states `[count, batch, features]` as the layer gives and takes them.
    pub(super) const fn states(self, x: Tensor<'_>, count: usize, features: Dim) -> Shape {
        let made = Axis {
            from: x.trace().current(),
            ..Axis::new(features)
        };
        let (features, count) = (
            made,
            Axis {
                dim: Dim::Known(count),
                ..made
            },
        );
        match self.batch {
            Some(_) if self.batched => Shape::new(&[self.batch(x), count, features], true),
            Some(_) => Shape::new(&[count, self.batch(x), features], false),
            None => Shape::new(&[count, features], false),
        }
    }

    /// States in that shape from `[count, batch, features]`.
    pub(super) const fn states_out<'t>(self, states: Tensor<'t>, shape: Shape) -> Tensor<'t> {
        match (self.batch, self.batched) {
            (Some(_), true) => states.record(Op::Permute(SWAP), shape),
            (Some(_), false) => states.reshaped_as(shape),
            (None, _) => states.record(Op::Reshape, shape),
        }
    }

    /// Holds states that were given, `[count, batch, features]` as the layer takes them, against what they must be.
    pub(super) const fn checked<'t>(
        self,
        at: Scope<'t>,
        x: Tensor<'t>,
        states: Tensor<'t>,
        count: Count,
        features: (Size, &'static str),
    ) -> Option<Tensor<'t>> {
        let wanted = "states [layers · directions, features] for each sample";
        let rank = 2 + self.batch.is_some() as usize;
        if !states.expect_rank(&[rank], wanted, "") {
            return None;
        }
        let along = self.batched as usize;
        let mut states = count.checked(at, states, along);
        if self.batch.is_some() {
            let samples = Size::of(self.batch(x).dim);
            states = states.expect(1 - along as i64, samples, "samples of states");
        }
        let (size, what) = features;
        Some(states.expect(-1, size, what))
    }

    /// States that were given as `[count, batch, features]`.
    pub(super) const fn states_in<'t>(self, states: Tensor<'t>) -> Tensor<'t> {
        let axes = states.shape();
        match (self.batch, self.batched) {
            (Some(_), true) => {
                let shape = Shape::new(&[axes.axis(1), axes.axis(0), axes.axis(2)], false);
                states.record(Op::Permute(SWAP), shape)
            }
            (Some(_), false) => states,
            (None, _) => states.view_as(
                &[axes.axis(0), Axis::new(Dim::Known(1)), axes.axis(1)],
                false,
            ),
        }
    }
}

/// How many states there are: one for each layer and direction.
#[derive(Clone, Copy)]
pub(super) struct Count {
    pub(super) layers: usize,
    /// 1 or 2.
    pub(super) directions: usize,
    /// What was written for the number of layers.
    pub(super) num_layers: Arg,
}

impl Count {
    pub(super) const fn total(self) -> usize {
        self.layers * self.directions
    }

    /// Requires as many states along an axis.
    const fn checked<'t>(self, at: Scope<'t>, states: Tensor<'t>, axis: usize) -> Tensor<'t> {
        let found = states.shape().axis(axis);
        let total = Dim::Known(self.total());
        if at.trace().unify(total, found.dim) {
            return states;
        }
        let (_, amount) = at.trace().amounts(total, found.dim);
        let fault = FaultKind::States {
            layers: self.layers,
            directions: self.directions,
            found: amount,
            origin: at.trace().origin(found),
        };
        at.trace().fault_at(fault, self.num_layers.at);
        states.reshaped_as(states.shape().with_axis(axis, found.unknown()))
    }
}

/// Axes 0 and 1 exchanged.
const SWAP: [u8; MAX_RANK] = [1, 0, 2, 3, 4, 5, 6, 7];

/// Whether all of some sizes are known.
pub(super) const fn all_known(at: Scope<'_>, dims: &[Dim]) -> bool {
    let mut i = 0;
    while i < dims.len() {
        if at.known(dims[i]).is_none() {
            return false;
        }
        i += 1;
    }
    true
}
