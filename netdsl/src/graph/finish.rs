//! The graph a trace leaves once every size is known.

use crate::graph::trace::Trace;
use crate::graph::{Extent, Graph, Node, NodeId};
use crate::shape::MAX_RANK;

impl Trace<'_> {
    /// The operations that were traced; `None` where a size is still unknown that it has or computes with.
    pub fn graph(&self) -> Option<Graph> {
        if self.missed_number().is_some() {
            return None;
        }
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

    /// The graph with results of calls in the place of their stand-ins, and operands before their users
    /// again; with the place that each node has then, where that changes anything.
    pub(crate) fn in_order(&self, graph: Graph) -> (Graph, Option<Vec<NodeId>>) {
        if self.counts().calls == 0 {
            return (graph, None);
        }
        let mut meant: Vec<NodeId> = (0..graph.nodes.len()).collect();
        for (stand_in, result) in self.stand_ins() {
            meant[stand_in as usize] = result as usize;
        }
        let mut ordered = Graph::default();
        let mut places = vec![NodeId::MAX; graph.nodes.len()];
        for node in 0..graph.nodes.len() {
            place(&graph, node, &meant, &mut ordered, &mut places);
        }
        (ordered, Some(places))
    }
}

/// Puts a node into another graph, after what it needs.
fn place(
    graph: &Graph,
    node: NodeId,
    meant: &[NodeId],
    ordered: &mut Graph,
    places: &mut [NodeId],
) {
    let mut open = vec![node];
    while let Some(&node) = open.last() {
        let stands_for = meant[node];
        let needed: &[u32] = if stands_for == node {
            graph.inputs(node)
        } else {
            &[]
        };
        let before = needed.iter().map(|&input| input as usize);
        let missing: Vec<NodeId> = before
            .chain([stands_for])
            .filter(|&other| other != node && places[other] == NodeId::MAX)
            .collect();
        if !missing.is_empty() {
            open.extend(missing);
            continue;
        }
        open.pop();
        if places[node] != NodeId::MAX {
            continue;
        }
        places[node] = if stands_for == node {
            let operands: Vec<NodeId> =
                needed.iter().map(|&input| places[input as usize]).collect();
            ordered.push(graph.nodes[node].op, &operands, &graph.nodes[node].extent)
        } else {
            places[stands_for]
        };
    }
}
