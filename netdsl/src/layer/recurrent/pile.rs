//! Many tensors of one shape put one behind the other, where there is no memory to list them all.

use crate::graph::{Op, Tensor};
use crate::shape::{Axis, Dim};

/// How many tensors are joined at once.
const WIDTH: usize = 128;

/// Levels of joining: enough for `WIDTH`³ tensors.
const LEVELS: usize = 3;

/// Tensors that become one, joined along axis 0 of each: `[1, …]` → `[count, …]`.
pub(super) struct Pile {
    /// On level 0 tensors, on each further one joins of `WIDTH` of those below.
    nodes: [[u32; WIDTH]; LEVELS],
    used: [usize; LEVELS],
    /// The first one comes last.
    reversed: bool,
    count: usize,
}

impl Pile {
    pub(super) const fn new(reversed: bool) -> Self {
        Self {
            nodes: [[0; WIDTH]; LEVELS],
            used: [0; LEVELS],
            reversed,
            count: 0,
        }
    }

    /// Adds a tensor `[1, …]`.
    pub(super) const fn push(&mut self, tensor: Tensor<'_>) {
        let (mut node, mut level, mut size) = (tensor.node(), 0, WIDTH);
        self.count += 1;
        loop {
            self.nodes[level][self.used[level]] = node;
            self.used[level] += 1;
            if self.used[level] < WIDTH || level + 1 == LEVELS {
                return;
            }
            let mut full = self.nodes[level];
            if self.reversed {
                full.reverse();
            }
            node = joined(tensor, &full, size).node();
            self.used[level] = 0;
            level += 1;
            size *= WIDTH;
        }
    }

    /// All tensors as one; `like` is any of them.
    pub(super) const fn join<'t>(&self, like: Tensor<'t>) -> Tensor<'t> {
        let (mut nodes, mut count, mut level) = ([0; WIDTH * LEVELS], 0, LEVELS);
        while level > 0 {
            level -= 1;
            let mut i = 0;
            while i < self.used[level] {
                nodes[count] = self.nodes[level][i];
                count += 1;
                i += 1;
            }
        }
        let (nodes, _) = nodes.split_at_mut(count);
        if self.reversed {
            nodes.reverse();
        }
        joined(like, nodes, self.count)
    }
}

const fn joined<'t>(like: Tensor<'t>, nodes: &[u32], count: usize) -> Tensor<'t> {
    let first = Axis {
        dim: Dim::Known(count),
        ..like.shape().axis(0)
    };
    let shape = like.shape().with_axis(0, first);
    like.trace().push(Op::Concat(0), nodes, shape)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::tests::{Given, run};

    /// Which inputs a node is made of, in order.
    fn sources(graph: &crate::graph::Graph, node: usize) -> Vec<u32> {
        match graph.nodes[node].op {
            Op::Slice { start, .. } => vec![start as u32],
            _ => graph
                .inputs(node)
                .iter()
                .flat_map(|&part| sources(graph, part as usize))
                .collect(),
        }
    }

    #[test]
    fn order_survives_joining_in_levels() {
        for count in [1, 5, WIDTH - 1, WIDTH, WIDTH + 1, 3 * WIDTH + 2] {
            for reversed in [false, true] {
                let outcome = run(true, &[Given::Raw(&[count as i64, 2])], |_, x| {
                    let mut pile = Pile::new(reversed);
                    let mut last = x[0];
                    for i in 0..count {
                        last = x[0].sliced(0, i, 1, 1);
                        pile.push(last);
                    }
                    vec![pile.join(last)]
                });
                assert_eq!(outcome.outputs, [[count as i64, 2]]);
                let graph = outcome.graph.unwrap();
                let mut wanted: Vec<u32> = (0..count as u32).collect();
                if reversed {
                    wanted.reverse();
                }
                assert_eq!(sources(&graph, graph.nodes.len() - 1), wanted);
            }
        }
    }
}
