//! Tensors put together to one.

use super::Tensor;
use super::arithmetic::meaning;
use crate::graph::Trace;
use crate::graph::op::Op;
use crate::graph::trace::{CAT, Made, STACK, same_text};
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
                let what = meaning(&shape, other, shape.rank() - j);
                first.operands(operation, (j as i64, what), mine, theirs, SAME_SIZE);
                shape = shape.with_axis(j, mine.unknown());
            } else if theirs.dim.is_untracked() {
                shape = shape.with_axis(j, mine.unknown());
            }
            j += 1;
        }
        i += 1;
    }
    let (sizes, _) = sizes.split_at(tensors.len());
    let sum = trace.derived(sizes, total);
    trace.relate(sizes, sum);
    if let Some(made) = made_of(trace, sizes) {
        trace.make(sum, made);
    }
    let whole = Axis {
        dim: sum,
        from: trace.made_by(match same_text(operation, "cat") {
            true => CAT,
            false => STACK,
        }),
        ..shape.axis(axis)
    };
    shape = shape.with_axis(axis, whole);
    let joined = trace.push(Op::Concat(axis as u8), nodes, shape);
    trace.note_joined(joined.node(), nodes.len());
    joined
}

/// Notes that the sizes of tensors will follow from one of them, whose axes are not known yet.
const fn follow_something_of(trace: &Trace<'_>, tensors: &[Tensor<'_>]) {
    let mut i = 0;
    while i < tensors.len() {
        trace.follow_something_of(tensors[i].shape());
        i += 1;
    }
}

/// What is known of a sum of which not all parts are: by the first part that is not, or one that has a name.
const fn made_of(trace: &Trace<'_>, parts: &[Dim]) -> Option<Made> {
    let (mut base, mut times, mut known, mut others, mut i) = (Dim::UNTRACKED, 0, 0i64, 0, 0);
    while i < parts.len() {
        match trace.value(parts[i]) {
            Some(size) => known = known.saturating_add_unsigned(size as u64),
            None if trace.are_one(base, parts[i]) => times += 1,
            None if times == 0 || trace.has_name(parts[i]) && !trace.has_name(base) => {
                (base, times, others) = (parts[i], 1, others + times as i64);
            }
            None => others += 1,
        }
        i += 1;
    }
    let sum = Made::times(base, times).plus(known.saturating_add(others));
    match times {
        0 => None,
        _ if others > 0 => Some(sum.or_more()),
        _ => Some(sum),
    }
}
