//! Tensors put together to one.

use super::Tensor;
use crate::graph::Trace;
use crate::graph::op::Op;
use crate::graph::trace::{CAT, STACK, same_text};
use crate::shape::{Axis, Dim, FaultKind, Lift, SAME_SIZE, Shape};

/// What `network!` makes of a list among the arguments of a call, here one of tensors: itself.
impl<'t, const N: usize> Lift<[Tensor<'t>; N]> {
    /// The same tensors.
    pub const fn arg(self) -> [Tensor<'t>; N] {
        self.0
    }
}

/// Tensors one behind the other along an axis; their other sizes agree: `cat([a, b], 1)`.
///
/// A tensor that has no batch, such as a [`Parameter`](crate::layer::Parameter), is joined to every sample.
#[track_caller]
pub const fn cat<'t, const N: usize>(tensors: [Tensor<'t>; N], dim: i64) -> Tensor<'t> {
    join("cat", &for_each_sample(tensors), dim)
}

/// Tensors of one shape along a new axis: `stack([a, b], 1)`.
#[track_caller]
pub const fn stack<'t, const N: usize>(tensors: [Tensor<'t>; N], dim: i64) -> Tensor<'t> {
    let (mut tensors, mut i) = (for_each_sample(tensors), 0);
    while i < N {
        tensors[i] = tensors[i].unsqueeze(dim);
        i += 1;
    }
    join("stack", &tensors, dim)
}

/// Where one of some tensors has a batch, all of them with that batch.
#[track_caller]
const fn for_each_sample<'t, const N: usize>(mut tensors: [Tensor<'t>; N]) -> [Tensor<'t>; N] {
    let mut batched = 0;
    while batched < N && !tensors[batched].batched() {
        batched += 1;
    }
    let mut i = 0;
    while batched < N && i < N {
        tensors[i] = tensors[i].for_each_sample(tensors[batched]);
        i += 1;
    }
    tensors
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
        follow_something_of(trace, tensors);
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
                first.operands(operation, j as i64, mine, theirs, SAME_SIZE);
                shape = shape.with_axis(j, mine.unknown());
            } else if theirs.dim.is_untracked() {
                shape = shape.with_axis(j, mine.unknown());
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
        from: if from != 0 {
            from
        } else if same_text(operation, "cat") {
            CAT
        } else {
            STACK
        },
        ..shape.axis(axis)
    };
    shape = shape.with_axis(axis, whole);
    trace.push(Op::Concat(axis as u8), nodes, shape)
}

/// Notes that the sizes of tensors will follow from one of them, whose axes are not known yet.
const fn follow_something_of(trace: &Trace<'_>, tensors: &[Tensor<'_>]) {
    let mut i = 0;
    while i < tensors.len() {
        trace.follow_something_of(tensors[i].shape());
        i += 1;
    }
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
