//! Arrays that are other arrays' elements in another order, as products read and write them.

use crate::graph::{Extent, Graph, NodeId, Op};
use crate::kernel::MAX_RANK;

/// The elements of an array, where another holds them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Strided {
    /// The array that holds them.
    pub(crate) node: NodeId,
    /// The place of the first one in that.
    pub(crate) offset: usize,
    /// How far apart neighbours are along each axis.
    pub(super) strides: [usize; MAX_RANK],
}

/// The most operations that are looked through: more of them in a row are no longer cheap to follow.
const MAX_DEPTH: usize = 8;

/// Whether a node only gives its operand's elements another order.
pub(crate) fn is_view(graph: &Graph, node: NodeId) -> bool {
    matches!(
        graph.nodes[node].op,
        Op::Permute(_) | Op::Slice { .. } | Op::Reshape | Op::Detach
    )
}

/// The strides of a dense array.
pub(super) fn dense(sizes: &[usize]) -> [usize; MAX_RANK] {
    let (mut strides, mut step) = ([1; MAX_RANK], 1usize);
    for (stride, &size) in strides.iter_mut().zip(sizes).take(sizes.len()).rev() {
        *stride = step;
        step = step.saturating_mul(size);
    }
    strides
}

impl Strided {
    /// A node as it is.
    pub(super) fn plain(graph: &Graph, node: NodeId) -> Self {
        Self {
            node,
            offset: 0,
            strides: dense(&graph.extent(node)),
        }
    }

    /// A node through the permutations, slices and reshapes that made it, as far as its elements stay
    /// where they are.
    pub(super) fn through(graph: &Graph, node: NodeId) -> Self {
        let (mut path, mut depth, mut at) = ([0; MAX_DEPTH], 0, node);
        while depth < MAX_DEPTH && is_view(graph, at) && graph.extent(at).count() > 0 {
            path[depth] = at;
            depth += 1;
            at = graph.inputs(at)[0] as usize;
        }
        let mut found = Self::plain(graph, at);
        for &node in path[..depth].iter().rev() {
            found = match found.then(graph, node) {
                Some(found) => found,
                None => Self::plain(graph, node),
            };
        }
        found
    }

    /// After the operation of a node; `None` where that moves elements.
    fn then(&self, graph: &Graph, node: NodeId) -> Option<Self> {
        let (from, to) = (
            graph.extent(graph.inputs(node)[0] as usize),
            graph.extent(node),
        );
        let mut then = *self;
        match graph.nodes[node].op {
            Op::Permute(order) => {
                for (stride, &axis) in then.strides.iter_mut().zip(&order[..from.len()]) {
                    *stride = self.strides[axis as usize];
                }
            }
            Op::Slice { axis, start, step } => {
                let stride = &mut then.strides[axis as usize];
                then.offset += start * *stride;
                *stride *= step;
            }
            _ => then.strides = reshaped(&from, &self.strides, &to)?,
        }
        Some(then)
    }
}

/// The strides of elements in another shape; `None` where they would not be evenly apart.
fn reshaped(from: &Extent, strides: &[usize], to: &Extent) -> Option<[usize; MAX_RANK]> {
    let (mut sizes, mut steps, mut rank) = ([1; MAX_RANK], [1; MAX_RANK], 0);
    for (&size, &stride) in from.iter().zip(strides).filter(|(size, _)| **size != 1) {
        (sizes[rank], steps[rank]) = (size, stride);
        rank += 1;
    }
    let mut found = [1; MAX_RANK];
    // Axes of either shape in groups of as many elements.
    let (mut i, mut j) = (0, 0);
    while i < rank && j < to.len() {
        let (mut i_end, mut j_end) = (i + 1, j + 1);
        let (mut old, mut new) = (sizes[i], to[j]);
        while old != new {
            if new < old {
                new *= to[j_end];
                j_end += 1;
            } else {
                old *= sizes[i_end];
                i_end += 1;
            }
        }
        if (i..i_end - 1).any(|axis| steps[axis] != sizes[axis + 1] * steps[axis + 1]) {
            return None;
        }
        let mut step = steps[i_end - 1];
        for axis in (j..j_end).rev() {
            found[axis] = step;
            step *= to[axis];
        }
        (i, j) = (i_end, j_end);
    }
    Some(found)
}

/// Some axes as at most two, each of whose strides several arrays keep: sizes, and for each array two
/// strides.
pub(super) fn joined<const N: usize>(
    sizes: &[usize],
    strides: [&[usize]; N],
) -> Option<([usize; 2], [[usize; 2]; N])> {
    let (mut count, mut steps, mut used) = ([1; 2], [[0; 2]; N], 0);
    for (axis, &size) in sizes
        .iter()
        .enumerate()
        .rev()
        .filter(|(_, size)| **size != 1)
    {
        let last = used - usize::from(used > 0);
        let goes_on = used > 0
            && (0..N).all(|array| strides[array][axis] == count[1 - last] * steps[array][1 - last]);
        if goes_on {
            count[1 - last] *= size;
            continue;
        }
        if used == 2 {
            return None;
        }
        count[1 - used] = size;
        for array in 0..N {
            steps[array][1 - used] = strides[array][axis];
        }
        used += 1;
    }
    Some((count, steps))
}
