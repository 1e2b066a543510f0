//! More of the same: along axes of size 1, for each sample, or a number everywhere.

use super::Tensor;
use crate::graph::op::Op;
use crate::graph::trace::EXPAND;
use crate::shape::{Arg, Axis, FaultKind, Item, Role, Shape, Value};

const REPEATED: &str = "an axis of size 1 is repeated; write `_` for another, which stays";
const SIZES: &str =
    "a list with a size for each axis of a sample, `_` for one that stays: `[16, _]`";

impl<'t> Tensor<'t> {
    /// The same number everywhere, in a shape of these axes.
    pub(crate) const fn filled(self, value: f64, axes: &[Axis]) -> Self {
        self.trace()
            .push(Op::Constant(value), &[], Shape::new(axes, false))
    }

    /// Repeated along axes of size 1 and new leading ones, to the shape of `other`.
    pub const fn broadcast_like(self, other: Self) -> Self {
        self.record(Op::Broadcast, *other.shape())
    }

    /// Repeated along axes of size 1 to the sizes listed, one for each axis of a sample, as `torch.Tensor.expand`: `_` is an
    /// axis that stays.
    #[track_caller]
    pub const fn expand(self, sizes: Arg) -> Self {
        self.pass();
        let (trace, mut shape) = (self.trace(), *self.shape());
        if shape.open {
            trace.look_again(trace.current());
            return self.unknown();
        }
        let first = shape.batch_axes();
        let Value::List(items, count) = sizes.value else {
            return self.wrong_sizes();
        };
        if count != shape.rank() - first {
            return self.wrong_sizes();
        }
        let mut i = 0;
        while i < count {
            let dim = match items[i] {
                Item::Open | Item::Int(-1) => shape.axis(first + i).dim,
                Item::Size(dim) => dim,
                Item::Int(size) if size >= 0 => crate::shape::Dim::Known(size as usize),
                _ => return self.wrong_sizes(),
            };
            let (mine, from) = (shape.axis(first + i), trace.made_by(EXPAND));
            let axis = Axis { dim, from, ..mine };
            let repeats = matches!(trace.value(mine.dim), Some(1));
            if !repeats && !trace.unify(mine.dim, dim) {
                self.operands("expand", ((first + i) as i64, ""), mine, axis, REPEATED);
                return self.unknown();
            }
            shape = shape.with_axis(first + i, axis);
            i += 1;
        }
        self.record(Op::Broadcast, shape)
    }

    const fn wrong_sizes(self) -> Self {
        self.trace().fault(FaultKind::Option {
            operation: "expand",
            name: "sizes",
            wanted: SIZES,
            given: None,
        });
        self.unknown()
    }

    /// A tensor that has no batch, such as a [`Parameter`](crate::layer::Parameter), once for each sample of `x`.
    #[track_caller]
    pub const fn for_each_sample(self, x: Self) -> Self {
        self.pass();
        self.of_each_sample(x)
    }

    /// [`Self::for_each_sample`] of whatever has no batch, from within an operation.
    pub(super) const fn of_each_sample(self, x: Self) -> Self {
        let (mine, theirs) = (*self.shape(), x.shape());
        if mine.batched || !theirs.batched {
            return self;
        }
        if mine.open {
            return self.record(Op::Broadcast, Shape::unknown(true));
        }
        let batch = if theirs.open {
            Axis {
                role: Role::Batch,
                ..Axis::ANY
            }
        } else {
            theirs.axis(0)
        };
        let (mut shape, mut i) = (Shape::new(&[batch], true), 0);
        while i < mine.rank() {
            shape = shape.with_last(mine.axis(i));
            i += 1;
        }
        self.record(Op::Broadcast, shape)
    }
}
