//! The same elements in another arrangement: reshapes, transposes, slices, concatenations.

use super::Tensor;
use crate::graph::Trace;
use crate::graph::op::{Op, PadMode, Padding};
use crate::shape::{Arg, Axis, Dim, FaultKind, Item, Lift, MAX_RANK, Role, Shape, Value, rule};

impl<'t> Tensor<'t> {
    /// All of a sample in one axis.
    #[track_caller]
    pub const fn flatten(self) -> Self {
        self.pass();
        self.flatten_axes(self.shape().batch_axes() as i64, -1)
    }

    /// The axes from `start` to `end`, both included, as one: `torch.flatten`.
    pub const fn flatten_axes(self, start: i64, end: i64) -> Self {
        let (trace, shape) = (self.trace(), *self.shape());
        if shape.open {
            if !shape.batched {
                return self.record(Op::Reshape, Shape::unknown(false));
            }
            let batch = Axis {
                dim: Dim::UNTRACKED,
                role: Role::Batch,
                from: 0,
            };
            let flat = Axis {
                dim: trace.fresh_from_something(),
                role: Role::Any,
                from: trace.current(),
            };
            return self.record(Op::Reshape, Shape::new(&[batch, flat], true));
        }
        let rank = shape.rank();
        if rank == 0 || (shape.batched && rank == 1) {
            return self.record(Op::Reshape, shape.with_last(Axis::new(Dim::Known(1))));
        }
        let (Some(start), Some(end)) = (rule::axis_index(start, rank), rule::axis_index(end, rank))
        else {
            let found = trace.sample(&shape);
            trace.fault(FaultKind::Axis {
                operation: "flatten",
                dim: start,
                found,
                why: "there is no such axis",
            });
            return self.unknown();
        };
        if start >= end {
            return self;
        }
        let (mut flat, mut i) = (Shape::new(&[], shape.batched && start > 0), 0);
        while i < start {
            flat = flat.with_last(shape.axis(i));
            i += 1;
        }
        let from = self.common_origin(start, end);
        flat = flat.with_last(Axis {
            dim: self.product_of(start, end + 1),
            role: Role::Any,
            from,
        });
        let mut i = end + 1;
        while i < rank {
            flat = flat.with_last(shape.axis(i));
            i += 1;
        }
        self.record(Op::Reshape, flat)
    }

    /// The scope a flattened size came from: the channels' if any.
    const fn common_origin(self, start: usize, end: usize) -> u32 {
        let last = self.shape().axis(end);
        if last.from != 0 {
            last.from
        } else {
            self.shape().axis(start).from
        }
    }

    /// The product of the sizes of axes `start .. end`. A single unknown among known ones is solved
    /// from the product, should that become known.
    const fn product_of(self, start: usize, end: usize) -> Dim {
        let trace = self.trace();
        let (mut known, mut unknown, mut open) = (Some(1usize), Dim::UNTRACKED, 0);
        let (mut sizes, mut i) = ([Dim::UNTRACKED; MAX_RANK], start);
        while i < end {
            let dim = self.shape().axis(i).dim;
            sizes[i - start] = dim;
            match trace.value(dim) {
                Some(size) => {
                    known = match known {
                        Some(product) => product.checked_mul(size),
                        None => None,
                    }
                }
                None => {
                    unknown = dim;
                    open += 1;
                }
            }
            i += 1;
        }
        let Some(known) = known else {
            trace.fault(FaultKind::Overflow {
                operation: "flatten",
            });
            return trace.fresh_from_something();
        };
        let (sizes, _) = sizes.split_at(end - start);
        let product = trace.derived(sizes, if open == 0 { Some(known) } else { None });
        if open == 1
            && known > 0
            && let Some(whole) = trace.value(product)
            && whole % known == 0
        {
            trace.unify(unknown, Dim::Known(whole / known));
        }
        if open > 0 {
            trace.relate(sizes, product);
        }
        product
    }

    /// The same elements with the sample's axes as listed; one of them may be `_`.
    #[track_caller]
    pub const fn reshape(self, sizes: Arg) -> Self {
        self.pass();
        let (trace, shape) = (self.trace(), *self.shape());
        let Value::List(items, count) = sizes.value else {
            trace.fault(match sizes.value {
                Value::TooLong => FaultKind::TooManyAxes,
                _ => FaultKind::Option {
                    operation: "",
                    name: "reshape",
                    wanted: "a list of sizes such as `[16, _]`",
                },
            });
            return self.unknown();
        };
        let batch = shape.batch_axes();
        let (mut result, mut i) = (Shape::new(&[], shape.batched), 0);
        if shape.batched {
            result = result.with_last(if shape.open { Axis::ANY } else { shape.axis(0) });
        }
        let (mut known, mut open_at) = (Some(1usize), None);
        while i < count {
            let dim = match items[i] {
                Item::Int(-1) | Item::Open | Item::Float(_) => Dim::UNTRACKED,
                Item::Int(size) => Dim::Known(size.unsigned_abs() as usize),
                Item::Size(dim) => dim,
            };
            match trace.value(dim) {
                Some(size) => {
                    known = match known {
                        Some(product) => product.checked_mul(size),
                        None => None,
                    }
                }
                None if matches!(dim, Dim::Unknown(u32::MAX)) => open_at = Some(batch + i),
                None => known = None,
            }
            result = result.with_last(Axis {
                dim,
                role: Role::Any,
                from: trace.current(),
            });
            i += 1;
        }
        if shape.open {
            if let Some(at) = open_at {
                result = result.with_axis(at, Axis::new(trace.fresh_from_something()));
            }
            return self.record(Op::Reshape, result);
        }
        let whole = self.product_of(batch, shape.rank());
        match (trace.value(whole), known, open_at) {
            (Some(found), Some(wanted), None) if found != wanted => {
                trace.fault(FaultKind::Count {
                    operation: "reshape",
                    found,
                    wanted,
                });
            }
            (Some(found), Some(wanted), Some(_)) if wanted == 0 || found % wanted != 0 => {
                trace.fault(FaultKind::Count {
                    operation: "reshape",
                    found,
                    wanted,
                });
            }
            (None, Some(wanted), None) => {
                trace.unify(whole, Dim::Known(wanted));
            }
            _ => {}
        }
        if let Some(at) = open_at {
            let rest = match (trace.value(whole), known) {
                (Some(whole), Some(known)) if known > 0 && whole % known == 0 => {
                    Some(whole / known)
                }
                _ => None,
            };
            let dim = trace.derived(&[whole], rest);
            if let (Some(rest), Some(known)) = (trace.value(dim), known)
                && let Some(product) = rest.checked_mul(known)
            {
                trace.unify(whole, Dim::Known(product));
            }
            trace.relate(&[dim], whole);
            result = result.with_axis(
                at,
                Axis {
                    dim,
                    role: Role::Any,
                    from: trace.current(),
                },
            );
        }
        self.record(Op::Reshape, result)
    }

    /// The same elements seen with other axes: the caller knows that they are as many.
    pub const fn view(self, axes: &[Axis]) -> Self {
        self.record(Op::Reshape, Shape::new(axes, self.shape().batched))
    }

    /// As [`Self::view`], saying whether the first axis is the batch.
    pub const fn view_as(self, axes: &[Axis], batched: bool) -> Self {
        self.record(Op::Reshape, Shape::new(axes, batched))
    }

    /// A new axis of size 1.
    #[track_caller]
    pub const fn unsqueeze(self, dim: i64) -> Self {
        self.pass();
        let (shape, rank) = (*self.shape(), self.shape().rank());
        let at = match rule::axis_index(dim, rank + 1) {
            Some(at) if !shape.open && (at > 0 || !shape.batched) => at,
            _ => return self.bad_axis("unsqueeze", dim),
        };
        let (mut result, mut i) = (Shape::new(&[], shape.batched), 0);
        while i <= rank {
            if i == at {
                result = result.with_last(Axis::new(Dim::Known(1)));
            }
            if i < rank {
                result = result.with_last(shape.axis(i));
            }
            i += 1;
        }
        self.record(Op::Reshape, result)
    }

    /// Without an axis of size 1.
    #[track_caller]
    pub const fn squeeze(self, dim: i64) -> Self {
        self.pass();
        let shape = *self.shape();
        let Some(at) = self.axis("squeeze", dim) else {
            return self.unknown();
        };
        match self.trace().value(shape.axis(at).dim) {
            Some(1) | None => {
                self.trace().unify(shape.axis(at).dim, Dim::Known(1));
            }
            Some(_) => return self.bad_axis("squeeze", dim),
        }
        let (mut result, mut i) = (Shape::new(&[], shape.batched), 0);
        while i < shape.rank() {
            if i != at {
                result = result.with_last(shape.axis(i));
            }
            i += 1;
        }
        self.record(Op::Reshape, result)
    }

    const fn bad_axis(self, operation: &'static str, dim: i64) -> Self {
        if !self.shape().open {
            let found = self.trace().sample(self.shape());
            self.trace().fault(FaultKind::Axis {
                operation,
                dim,
                found,
                why: "it does not fit here",
            });
        }
        self.unknown()
    }

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
            return self.bad_axis("permute", 0);
        };
        let (mut axes, mut seen, mut i) = (identity(), 0u16, 0);
        while i < count {
            let dim = match items[i] {
                Item::Int(dim) => dim,
                _ => return self.bad_axis("permute", i as i64),
            };
            match rule::axis_index(dim, shape.rank()) {
                Some(axis) if seen >> axis & 1 == 0 && (i > 0 || axis == 0 || !shape.batched) => {
                    axes[i] = axis as u8;
                    seen |= 1 << axis;
                }
                _ => return self.bad_axis("permute", dim),
            }
            i += 1;
        }
        if count != shape.rank() {
            return self.bad_axis("permute", count as i64);
        }
        self.permuted(axes)
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

    /// `length` elements along an axis, from `start`.
    #[track_caller]
    pub const fn narrow(self, dim: i64, start: usize, length: usize) -> Self {
        self.pass();
        match self.axis("narrow", dim) {
            Some(axis) => self.sliced(axis, start, 1, length),
            None => self.unknown(),
        }
    }

    /// The element at `index` along an axis, which goes; a negative index counts from the end.
    #[track_caller]
    pub const fn select_index(self, dim: i64, index: i64) -> Self {
        self.pass();
        let Some(axis) = self.axis("select_index", dim) else {
            return self.unknown();
        };
        let start = match self.trace().value(self.shape().axis(axis).dim) {
            Some(size) => match rule::axis_index(index, size) {
                Some(start) => start,
                None => return self.bad_axis("select_index", dim),
            },
            None => 0,
        };
        let piece = self.sliced(axis, start, 1, 1);
        let (mut result, mut i) = (Shape::new(&[], self.batched()), 0);
        while i < self.shape().rank() {
            if i != axis {
                result = result.with_last(self.shape().axis(i));
            }
            i += 1;
        }
        piece.record(Op::Reshape, result)
    }

    /// `length` elements along an axis, from `start`, `step` apart.
    pub const fn sliced(self, axis: usize, start: usize, step: usize, length: usize) -> Self {
        let trace = self.trace();
        let old = self.shape().axis(axis);
        if let Some(size) = trace.value(old.dim)
            && length > 0
            && !rule::slice_fits(start, step, length, size)
        {
            let found = trace.sample(self.shape());
            trace.fault(FaultKind::Axis {
                operation: "narrow",
                dim: axis as i64,
                found,
                why: "it is too short",
            });
        }
        let shape = self.shape().with_axis(
            axis,
            Axis {
                dim: Dim::Known(length),
                ..old
            },
        );
        self.record(
            Op::Slice {
                axis: axis as u8,
                start,
                step,
            },
            shape,
        )
    }

    /// Equal parts along an axis: `let [q, k, v] = qkv.chunk(-1);`.
    #[track_caller]
    pub const fn chunk<const N: usize>(self, dim: i64) -> [Self; N] {
        self.pass();
        let mut parts = [self.unknown(); N];
        let Some(axis) = self.axis("chunk", dim) else {
            return parts;
        };
        let (trace, old) = (self.trace(), self.shape().axis(axis));
        let length = match trace.value(old.dim) {
            Some(size) if N > 0 && size % N == 0 => Some(size / N),
            Some(size) => {
                trace.fault(FaultKind::Indivisible {
                    what: "the axis",
                    size,
                    by: "the number of chunks",
                    divisor: N,
                });
                None
            }
            None => None,
        };
        let dim = trace.derived(&[old.dim], length);
        if let (Some(part), None) = (trace.value(dim), trace.value(old.dim))
            && let Some(whole) = part.checked_mul(N)
        {
            trace.unify(old.dim, Dim::Known(whole));
        }
        trace.relate(&[dim], old.dim);
        let mut i = 0;
        while i < N {
            let start = match length {
                Some(length) => i * length,
                None => 0,
            };
            let shape = self.shape().with_axis(axis, Axis { dim, ..old });
            parts[i] = self.record(
                Op::Slice {
                    axis: axis as u8,
                    start,
                    step: 1,
                },
                shape,
            );
            i += 1;
        }
        parts
    }

    /// The elements in reverse order along an axis.
    pub const fn flipped(self, axis: usize) -> Self {
        self.record(Op::Flip(axis as u8), *self.shape())
    }

    /// More elements around the last `rank` axes.
    pub const fn padded(
        self,
        rank: usize,
        low: [usize; 3],
        high: [usize; 3],
        mode: PadMode,
    ) -> Self {
        let (trace, mut shape, mut i) = (self.trace(), *self.shape(), 0);
        while i < rank && shape.rank() >= rank {
            let at = shape.rank() - rank + i;
            let axis = shape.axis(at);
            let size = match trace.value(axis.dim) {
                Some(size) => size.checked_add(low[i].saturating_add(high[i])),
                None => None,
            };
            let dim = trace.derived(&[axis.dim], size);
            shape = shape.with_axis(at, Axis { dim, ..axis });
            i += 1;
        }
        self.record(
            Op::Pad(Padding {
                rank: rank as u8,
                low,
                high,
                mode,
            }),
            shape,
        )
    }

    /// The rows of this table `[n, d]` at `indices`: `[…, d]`.
    pub const fn gather(self, indices: Self) -> Self {
        self.gather_with(indices, None, false)
    }

    /// As [`Self::gather`], with a row that gets no gradient, and with gradients of rows divided by
    /// how often they were looked up, if so wished.
    pub const fn gather_with(self, indices: Self, skip: Option<usize>, by_frequency: bool) -> Self {
        let row = Axis {
            from: self.trace().current(),
            ..self.shape().axis(1)
        };
        let mut shape = indices.shape().with_last(row);
        shape.input = None;
        self.record_with(Op::Gather { skip, by_frequency }, indices, shape)
    }

    /// The element at the index that `indices` has for it, along an axis that goes; 0 where the
    /// index is `ignore`.
    pub const fn pick(self, indices: Self, axis: usize, ignore: Option<i64>) -> Self {
        let (mut shape, mut i) = (Shape::new(&[], self.batched()), 0);
        while i < self.shape().rank() {
            if i != axis {
                shape = shape.with_last(self.shape().axis(i));
            }
            i += 1;
        }
        self.record_with(
            Op::Pick {
                axis: axis as u8,
                ignore,
            },
            indices,
            shape,
        )
    }

    /// The elements from `start` on along an axis, as many as the size given says.
    pub(crate) const fn part(self, axis: usize, start: Option<usize>, size: Dim) -> Self {
        let start = match start {
            Some(start) => start,
            None => 0,
        };
        let shape = self.shape().with_axis(
            axis,
            Axis {
                dim: size,
                ..self.shape().axis(axis)
            },
        );
        self.record(
            Op::Slice {
                axis: axis as u8,
                start,
                step: 1,
            },
            shape,
        )
    }

    /// The same tensor, whose first axis is one as any other: for what may look across the batch.
    pub(crate) const fn raw(self) -> Self {
        let mut shape = *self.shape();
        shape.batched = false;
        self.reshaped_as(shape)
    }

    /// The same number everywhere, in a shape of these axes.
    pub(crate) const fn filled(self, value: f64, axes: &[Axis]) -> Self {
        self.trace()
            .push(Op::Constant(value), &[], Shape::new(axes, false))
    }

    /// Repeated along axes of size 1 and new leading ones, to the shape of `other`.
    pub const fn broadcast_like(self, other: Self) -> Self {
        self.record(Op::Broadcast, *other.shape())
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

/// What `network!` makes of a list among the arguments of a call, here one of tensors: itself.
impl<'t, const N: usize> Lift<[Tensor<'t>; N]> {
    /// The same tensors.
    pub const fn arg(self) -> [Tensor<'t>; N] {
        self.0
    }
}

/// Tensors one behind the other along an axis; their other sizes agree: `cat([a, b], 1)`.
#[track_caller]
pub const fn cat<'t, const N: usize>(tensors: [Tensor<'t>; N], dim: i64) -> Tensor<'t> {
    join("cat", &tensors, dim)
}

/// Tensors of one shape along a new axis: `stack([a, b], 1)`.
#[track_caller]
pub const fn stack<'t, const N: usize>(mut tensors: [Tensor<'t>; N], dim: i64) -> Tensor<'t> {
    let mut i = 0;
    while i < N {
        tensors[i] = tensors[i].unsqueeze(dim);
        i += 1;
    }
    join("stack", &tensors, dim)
}

/// As [`cat`], for a slice of at least one tensor.
#[track_caller]
pub(crate) const fn join<'t>(
    operation: &'static str,
    tensors: &[Tensor<'t>],
    dim: i64,
) -> Tensor<'t> {
    let first = tensors[0];
    first.pass();
    let trace = first.trace();
    let mut nodes = [0u32; 64];
    let (mut i, mut open) = (0, false);
    while i < tensors.len() && i < nodes.len() {
        nodes[i] = tensors[i].node();
        open = open || tensors[i].shape().open;
        i += 1;
    }
    let (nodes, _) = nodes.split_at(i);
    let axis = if open {
        None
    } else {
        first.axis(operation, dim)
    };
    let Some(axis) = axis else {
        return trace.push(Op::Concat(0), nodes, Shape::unknown(first.batched()));
    };
    let (mut shape, mut total) = (*first.shape(), Some(0usize));
    let (mut sizes, mut i) = ([Dim::UNTRACKED; 64], 0);
    while i < tensors.len() {
        let other = tensors[i].shape();
        if other.rank() != shape.rank() {
            trace.fault(FaultKind::Ranks {
                operation,
                shapes: [trace.sample(&shape), trace.sample(other)],
                origins: [first.last_origin(), tensors[i].last_origin()],
            });
            return trace.push(Op::Concat(0), nodes, Shape::unknown(first.batched()));
        }
        let mut j = 0;
        while j < shape.rank() {
            let (mine, theirs) = (shape.axis(j), other.axis(j));
            if j == axis {
                sizes[i] = theirs.dim;
                total = match (total, trace.value(theirs.dim)) {
                    (Some(total), Some(size)) => total.checked_add(size),
                    _ => None,
                };
            } else if !trace.unify(mine.dim, theirs.dim) {
                first.operands(operation, j, mine, theirs);
            }
            j += 1;
        }
        i += 1;
    }
    let from = trace.current();
    let (sizes, _) = sizes.split_at(tensors.len());
    let sum = trace.derived(sizes, total);
    learn_part(trace, sizes, sum);
    let whole = Axis {
        dim: sum,
        from: if from == 0 {
            shape.axis(axis).from
        } else {
            from
        },
        ..shape.axis(axis)
    };
    shape = shape.with_axis(axis, whole);
    trace.push(Op::Concat(axis as u8), nodes, shape)
}

/// Learns the only unknown size among the parts of a sum, which may be several of them.
const fn learn_part(trace: &Trace<'_>, parts: &[Dim], sum: Dim) {
    trace.relate(parts, sum);
    let Some(mut rest) = trace.value(sum) else {
        return;
    };
    let (mut unknown, mut times, mut i) = (Dim::UNTRACKED, 0, 0);
    while i < parts.len() {
        match trace.value(parts[i]) {
            Some(size) if size <= rest => rest -= size,
            Some(_) => return,
            None if times == 0 || trace.are_one(unknown, parts[i]) => {
                (unknown, times) = (parts[i], times + 1);
            }
            None => return,
        }
        i += 1;
    }
    if times > 0 && rest % times == 0 {
        trace.unify(unknown, Dim::Known(rest / times));
    }
}
