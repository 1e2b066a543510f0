//! The same elements in another order: axes exchanged, or run backwards.

use super::{Listed, NO_AXIS, Tensor};
use crate::graph::op::{AxisSet, Op};
use crate::shape::{Arg, FaultKind, Item, MAX_RANK, Shape, Value, rule};

impl<'t> Tensor<'t> {
    /// Two axes exchanged.
    #[track_caller]
    pub const fn transpose(self, a: i64, b: i64) -> Self {
        self.pass();
        let (Some(a), Some(b)) = (self.axis("transpose", a), self.axis("transpose", b)) else {
            return self.record(Op::Permute([0; MAX_RANK]), Shape::unknown(self.batched()));
        };
        let mut order = identity();
        order[a] = b as u8;
        order[b] = a as u8;
        self.permuted(order)
    }

    /// The axes in another order, the batch staying first: `permute([0, 2, 3, 1])`.
    #[track_caller]
    pub const fn permute(self, order: Arg) -> Self {
        self.pass();
        let shape = *self.shape();
        if shape.open {
            return self.record(Op::Permute([0; MAX_RANK]), Shape::unknown(self.batched()));
        }
        let Value::List(items, count) = order.value else {
            if matches!(order.value, Value::TooLong) {
                self.trace().fault(FaultKind::TooLong { name: "permute" });
                return self.unknown();
            }
            return self.no_order(0);
        };
        let (mut axes, mut seen, mut i) = (identity(), 0u16, 0);
        while i < count {
            let Item::Int(dim) = items[i] else {
                return self.no_order(count);
            };
            match rule::axis_index(dim, shape.rank()) {
                Some(axis) if i == 0 && axis > 0 && shape.batched => {
                    return self.bad_axis("permute", dim, "the batch stays first: begin with 0");
                }
                Some(axis) if seen >> axis & 1 == 0 => {
                    axes[i] = axis as u8;
                    seen |= 1 << axis;
                }
                Some(_) => return self.bad_axis("permute", dim, "it is listed twice"),
                None => return self.bad_axis("permute", dim, NO_AXIS),
            }
            i += 1;
        }
        if count != shape.rank() {
            return self.no_order(count);
        }
        self.permuted(axes)
    }

    /// Reports an order of `count` axes where there are others.
    const fn no_order(self, count: usize) -> Self {
        let (trace, shape) = (self.trace(), self.shape());
        trace.fault(FaultKind::Order {
            count,
            wanted: shape.rank(),
            found: trace.sample(shape),
        });
        self.unknown()
    }

    /// Axis `i` of the result is axis `order[i]` of this.
    pub const fn permuted(self, order: [u8; MAX_RANK]) -> Self {
        let (mut result, mut i) = (*self.shape(), 0);
        while i < self.shape().rank() {
            result = result.with_axis(i, self.shape().axis(order[i] as usize));
            i += 1;
        }
        result.batched = self.shape().batched && order[0] == 0;
        self.record(Op::Permute(order), result)
    }

    /// The elements in reverse order along an axis, in a body along several as well, `x.flip([2, 3])`: `torch.flip`.
    ///
    /// x: any shape → the same
    ///
    /// ```
    /// use netdsl::prelude::*;
    ///
    /// network! {
    ///     /// Says the same of an image and of its mirror image.
    ///     struct Mirrored<classes> {
    ///         conv: Conv2d<_, 8, 3>,
    ///         head: Linear<_, classes>,
    ///     }
    ///
    ///     fn forward(image: [_, _, _]) -> [classes] {
    ///         let (seen, mirrored) = (conv(image), conv(image.flip(-1)));
    ///         head((seen + mirrored.flip(-1)).relu().mean([2, 3]))
    ///     }
    ///
    ///     /// Turned by half a turn.
    ///     struct Turned {}
    ///
    ///     fn forward(x: [_, _]) {
    ///         x.flip([1, 2])
    ///     }
    /// }
    ///
    /// let net = network!(Mirrored<3>)?;
    /// assert_eq!(net.forward(ndarray::Array4::<f32>::ones((2, 1, 5, 9)))?.shape(), [2, 3]);
    /// let turned = network!(Turned)?.forward(ndarray::array![[[1.0, 2.0], [3.0, 4.0]]])?;
    /// assert_eq!(turned, ndarray::array![[[4.0, 3.0], [2.0, 1.0]]].into_dyn());
    /// # Ok::<(), netdsl::Error>(())
    /// ```
    #[track_caller]
    pub const fn flip(self, dim: i64) -> Self {
        self.pass();
        self.flipped(match self.axis("flip", dim) {
            Some(axis) => 1 << axis,
            None => 0,
        })
    }

    const fn flipped(self, axes: AxisSet) -> Self {
        self.record(Op::Flip(axes), *self.shape())
    }
}

impl<'t> Listed<Tensor<'t>> {
    /// [`Tensor::flip`], along several axes.
    #[track_caller]
    pub const fn flip(self) -> Tensor<'t> {
        self.x.pass();
        self.x.flipped(match self.axes("flip") {
            Some(axes) => axes,
            None => 0,
        })
    }
}

const fn identity() -> [u8; MAX_RANK] {
    let (mut order, mut i) = ([0; MAX_RANK], 0);
    while i < MAX_RANK {
        order[i] = i as u8;
        i += 1;
    }
    order
}
