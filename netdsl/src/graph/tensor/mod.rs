//! A symbolic tensor: what flows through a definition's `forward`.
//!
//! Operations are methods, each a `const fn` that applies its shape rule and records itself. A
//! mistake is reported to the trace, and the result is then as good as can be told, so that one
//! mistake gives one error.
//!
//! Axes count as in PyTorch: axis 0 is the batch, axis 1 the first that a signature writes, −1 the
//! last.

mod arithmetic;
mod extend;
mod filled;
mod gather;
mod join;
mod layout;
mod listed;
mod number;
mod operator;
mod over;
mod pad;
mod permute;
mod random;
mod range;
mod reduce;
mod reshape;
mod slice;
mod window;

pub use arithmetic::select;
pub(crate) use filled::{Fill, Filled};
pub use join::{cat, stack};
pub use listed::Listed;
pub use number::{Number, Root};
pub use operator::{Lower, Negative};
pub use over::{Apart, Over};
pub(crate) use pad::Amounts;
pub(crate) use range::POSITIONS;

use crate::graph::op::Op;
use crate::graph::trace::Trace;
use crate::shape::{Axis, Cause, Dim, FaultKind, Origin, Role, Shape, rule};
use netdsl_engine::graph::custom::{Custom, MAX_OPERANDS, Operation};
use std::panic::Location;

/// Why an axis cannot be used.
const BATCH: &str = "it is the batch, whose samples stay apart";
const NO_AXIS: &str = "there is no such axis";

/// A symbolic tensor; see the module's documentation.
#[derive(Clone, Copy)]
#[must_use = "what nothing uses does not reach the result: use it, or leave it out"]
pub struct Tensor<'t> {
    trace: &'t Trace<'t>,
    node: u32,
    shape: Shape,
}

impl<'t> Tensor<'t> {
    pub(crate) const fn new(trace: &'t Trace<'t>, node: u32, shape: Shape) -> Self {
        Self { trace, node, shape }
    }

    pub(crate) const fn node(&self) -> u32 {
        self.node
    }

    pub(crate) const fn trace(&self) -> &'t Trace<'t> {
        self.trace
    }

    /// The shape, as far as it is known.
    pub const fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The size of an axis; an unknown where that is all that can be said. The batch is no size of a sample's.
    #[track_caller]
    pub const fn size(self, dim: i64) -> Dim {
        match rule::axis_index(dim, self.shape.rank()) {
            Some(0) if self.shape.batched && !self.shape.open => {
                self.pass();
                self.trace.fault(FaultKind::Axis {
                    operation: "size",
                    dim,
                    found: self.trace.sample(&self.shape),
                    why: "it is the batch, which no list of sizes has",
                });
                Dim::UNTRACKED
            }
            Some(axis) if !self.shape.open || dim < 0 => self.shape.axis(axis).dim,
            _ => Dim::UNTRACKED,
        }
    }

    /// How many axes there are, the batch included, where that is known.
    pub const fn rank(self) -> Option<usize> {
        if self.shape.open {
            self.trace.look_again(self.trace.current());
            None
        } else {
            Some(self.shape.rank())
        }
    }

    /// Whether the first axis is the batch.
    pub const fn batched(self) -> bool {
        self.shape.batched
    }

    /// The same values, of which no shape is known any more.
    pub(crate) const fn unknown(self) -> Self {
        Self::new(self.trace, self.node, Shape::unknown(self.shape.batched))
    }

    /// The same values, the batch being an axis like any other: what losses work on.
    pub const fn as_raw(mut self) -> Self {
        self.shape.batched = false;
        self
    }

    /// The same values with axes described anew.
    pub(crate) const fn reshaped_as(self, shape: Shape) -> Self {
        Self::new(self.trace, self.node, shape)
    }

    pub(crate) const fn record(self, op: Op, shape: Shape) -> Self {
        self.trace.push(op, &[self.node], shape)
    }

    pub(crate) const fn record_with(self, op: Op, other: Self, shape: Shape) -> Self {
        self.trace.push(op, &[self.node, other.node], shape)
    }

    /// An operation of the user's own ([`Operation`]) on this tensor and others, with a result of a shape. Its
    /// shape rule is the `const fn` that calls this.
    ///
    /// ```
    /// use netdsl::prelude::*;
    /// use netdsl::{Operand, Operation, Output};
    ///
    /// /// x·|x|
    /// struct SignedSquare;
    ///
    /// impl<E: Element> Operation<E> for SignedSquare {
    ///     fn forward(&self, inputs: &[Operand<'_, E>], y: Output<'_, E>) {
    ///         for (y, &x) in y.values.iter_mut().zip(inputs[0].values) {
    ///             *y = x * x.abs();
    ///         }
    ///     }
    ///
    ///     /// 2·|x|·dy
    ///     fn backward(
    ///         &self,
    ///         _operand: usize,
    ///         inputs: &[Operand<'_, E>],
    ///         _y: Operand<'_, E>,
    ///         dy: Operand<'_, E>,
    ///         dx: Output<'_, E>,
    ///     ) {
    ///         let two = E::ONE + E::ONE;
    ///         for ((dx, &x), &dy) in dx.values.iter_mut().zip(inputs[0].values).zip(dy.values) {
    ///             *dx = two * x.abs() * dy;
    ///         }
    ///     }
    /// }
    ///
    /// const fn signed_square(x: Tensor<'_>) -> Tensor<'_> {
    ///     x.custom(&SignedSquare, &[], *x.shape())
    /// }
    ///
    /// network! {
    ///     struct Net {
    ///         fc: Linear<_, 4>,
    ///         head: Linear<_, 2>,
    ///     }
    ///
    ///     fn forward(x: [3]) -> [2] {
    ///         head(signed_square(fc(x)))
    ///     }
    /// }
    ///
    /// let net = network!(Net)?;
    /// assert_eq!(net.forward(ndarray::array![[1.0, 2.0, 3.0]])?.shape(), [1, 2]);
    /// # Ok::<(), netdsl::Error>(())
    /// ```
    #[track_caller]
    pub const fn custom<O>(self, operation: &'static O, others: &[Self], shape: Shape) -> Self
    where
        O: Operation<f32> + Operation<f64> + 'static,
    {
        self.pass();
        let (mut nodes, mut i) = ([self.node; MAX_OPERANDS], 0);
        if others.len() >= MAX_OPERANDS {
            self.trace.fault(FaultKind::Other {
                message: "has more than 8 operands\n  = help: join some of them with `cat`",
            });
            return self.reshaped_as(shape);
        }
        while i < others.len() {
            nodes[i + 1] = others[i].node;
            i += 1;
        }
        let (nodes, _) = nodes.split_at(others.len() + 1);
        self.trace.push(Op::Custom(Custom(operation)), nodes, shape)
    }

    #[track_caller]
    pub(crate) const fn pass(self) {
        self.trace.pass(Location::caller());
    }

    /// The index of an axis that an operation is to work on; a mistake where there is none, or
    /// where it is the batch. `None` also where the rank is unknown.
    pub(crate) const fn axis(self, operation: &'static str, dim: i64) -> Option<usize> {
        if self.shape.open {
            return None;
        }
        let found = self.trace.sample(&self.shape);
        match rule::axis_index(dim, self.shape.rank()) {
            Some(0) if self.shape.batched => {
                self.trace.fault(FaultKind::Axis {
                    operation,
                    dim,
                    found,
                    why: BATCH,
                });
                None
            }
            Some(axis) => Some(axis),
            None => {
                self.trace.fault(FaultKind::Axis {
                    operation,
                    dim,
                    found,
                    why: NO_AXIS,
                });
                None
            }
        }
    }

    /// Where the last axis came from.
    pub(crate) const fn last_origin(self) -> Origin {
        match self.shape.rank() {
            0 => self.trace.origin(Axis::ANY),
            rank => self.trace.origin(self.shape.axis(rank - 1)),
        }
    }

    /// Requires an axis counted from the end to have a size, and gives the tensor as it then is.
    /// `what` names the axis in a mistake: `input features`.
    pub const fn expect(self, dim: i64, size: crate::graph::Size, what: &'static str) -> Self {
        let Some(axis) = rule::axis_index(dim, self.shape.rank()) else {
            self.trace.look_again(self.trace.current());
            return self;
        };
        if self.shape.open && dim >= 0 {
            self.trace.look_again(self.trace.current());
            return self;
        }
        let found = self.shape.axis(axis);
        if !self.trace.unify(size.dim, found.dim) {
            let (declared, number) = self.trace.amounts(size.dim, found.dim);
            let origin = self.trace.origin(found);
            let cause = self.trace.cause(size.dim, &size.arg, found.from);
            let kind = FaultKind::Declared {
                what,
                declared,
                cause,
                found: number,
                origin,
                divisor: self.divisor(&size),
                join_along: if self.trace.joins_to(self.node, found.dim, size.dim) {
                    Some(axis)
                } else {
                    None
                },
                first_last: if dim == -1 {
                    self.first_last(size)
                } else {
                    None
                },
            };
            self.trace.fault_at(kind, size.arg.at);
            // A tie that does not fit tells nothing of what the layer gives either.
            if matches!(cause, Cause::Tied(_)) {
                self.trace.leave_vague(self.trace.current());
            }
            // Which of the two it should be is not known: what has the size in turn is quiet.
            return self.reshaped_as(self.shape.with_axis(axis, found.unknown()));
        }
        self.reshaped_as(self.shape.with_axis(
            axis,
            Axis {
                dim: size.dim,
                // Of an input that nobody has seen it is the layer that says the size.
                from: if found.is_of_input()
                    && matches!(size.dim, Dim::Known(_))
                    && self.trace.is_blind()
                {
                    self.trace.current()
                } else {
                    found.from
                },
                ..found
            },
        ))
    }

    const fn divisor(self, size: &crate::graph::Size) -> Option<(&'static str, usize)> {
        if let Some(divisor) = size.divisor
            && let Some(number) = self.trace.value(divisor.dim)
        {
            return Some((divisor.name, number));
        }
        None
    }

    /// Requires as many axes as a layer takes, and learns the input's from it. Gives whether the
    /// axes are known and as many.
    pub const fn expect_rank(
        self,
        ranks: &[usize],
        wanted: &'static str,
        help: &'static str,
    ) -> bool {
        if self.shape.open {
            if ranks.len() == 1 {
                self.trace.learn_rank(&self.shape, ranks[0]);
            }
            self.trace.look_again(self.trace.current());
            return false;
        }
        let mut i = 0;
        while i < ranks.len() {
            if ranks[i] == self.shape.rank() {
                return true;
            }
            i += 1;
        }
        let origin = self.trace.origin_of(&self.shape);
        self.trace.fault(FaultKind::Rank {
            wanted,
            found: self.trace.sample(&self.shape),
            origin,
            help,
        });
        false
    }

    /// Whether this looks like an image: its last axis is one that windows slide over, and there is one that is not, of
    /// channels.
    pub(crate) const fn is_image(self) -> bool {
        let (shape, mut places) = (self.shape, 0);
        while places < shape.rank()
            && matches!(shape.axis(shape.rank() - 1 - places).role, Role::Space)
        {
            places += 1;
        }
        !shape.open && places > 0 && places < shape.rank() - shape.batch_axes()
    }
}
