//! The graph a trace leaves once every size is known.

use crate::graph::trace::Trace;
use crate::graph::{Extent, Graph, Node};
use crate::shape::MAX_RANK;

impl Trace<'_> {
    /// The operations that were traced; `None` where a size is still unknown.
    pub fn graph(&self) -> Option<Graph> {
        let (tables, counts) = (self.tables(), self.counts());
        let mut nodes = Vec::with_capacity(counts.nodes + counts.nodes / 2);
        for cell in &tables.nodes[..counts.nodes] {
            let cell = cell.get();
            if cell.open {
                return None;
            }
            let (mut sizes, rank) = ([1; MAX_RANK], cell.rank as usize);
            for (size, &dim) in sizes.iter_mut().zip(&cell.dims[..rank]) {
                *size = self.value(dim)?;
            }
            nodes.push(Node {
                op: cell.op,
                first_input: cell.first_input,
                inputs: cell.inputs,
                extent: Extent::new(&sizes[..rank]),
            });
        }
        let edges = tables.edges[..counts.edges].iter();
        Some(Graph {
            nodes,
            operands: edges.map(|edge| edge.get()).collect(),
        })
    }
}
