//! A network as data: operations on arrays whose sizes are all known.

pub mod custom;
pub mod op;
mod recurrence;
pub mod window;

pub use op::Op;

use crate::kernel::MAX_RANK;

/// The index of a node in its graph. Operands come before their users.
pub type NodeId = usize;

/// The sizes of an array, the batch included.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Extent {
    sizes: [usize; MAX_RANK],
    rank: u8,
}

impl Extent {
    /// The extent with these sizes.
    ///
    /// # Panics
    /// If there are more than [`MAX_RANK`].
    pub fn new(sizes: &[usize]) -> Self {
        let mut extent = Self {
            sizes: [1; MAX_RANK],
            rank: sizes.len() as u8,
        };
        extent.sizes[..sizes.len()].copy_from_slice(sizes);
        extent
    }

    /// Gives an axis another size.
    ///
    /// # Panics
    /// If there is no such axis.
    pub fn resize(&mut self, axis: usize, size: usize) {
        self.sizes[..self.rank as usize][axis] = size;
    }

    /// How many elements such an array has; saturating, so that an absurd one fails to allocate.
    pub fn count(&self) -> usize {
        self.iter()
            .fold(1, |count, &size| count.saturating_mul(size))
    }
}

impl std::ops::Deref for Extent {
    type Target = [usize];
    fn deref(&self) -> &[usize] {
        &self.sizes[..self.rank as usize]
    }
}

/// A use of an operation on the results of others.
#[derive(Clone, Copy, Debug)]
pub struct Node {
    /// The operation.
    pub op: Op,
    /// Where its operands stand in the graph's list of operands.
    pub first_input: u32,
    /// How many operands it has.
    pub inputs: u32,
    /// The shape of its result.
    pub extent: Extent,
}

/// Operations and the order in which they are done.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// The operations; operands come before their users.
    pub nodes: Vec<Node>,
    /// Operands of all nodes.
    pub operands: Vec<u32>,
}

impl Graph {
    /// Adds an operation.
    pub fn push(&mut self, op: Op, inputs: &[NodeId], sizes: &[usize]) -> NodeId {
        let first_input = self.operands.len() as u32;
        self.operands
            .extend(inputs.iter().map(|&input| input as u32));
        let extent = Extent::new(sizes);
        self.nodes.push(Node {
            op,
            first_input,
            inputs: inputs.len() as u32,
            extent,
        });
        self.nodes.len() - 1
    }

    /// The operands of a node.
    pub fn inputs(&self, node: NodeId) -> &[u32] {
        let node = &self.nodes[node];
        &self.operands[node.first_input as usize..][..node.inputs as usize]
    }

    /// The shape of a node's result.
    pub fn extent(&self, node: NodeId) -> Extent {
        self.nodes[node].extent
    }
}
