//! From a graph to a list of instructions: what is computed, together with what, and where.
//!
//! Three walks over the nodes, each linear in their number. [`facts`] finds views and constants,
//! [`fuse`] (backwards) what is alive, until when, and which nodes are computed together, and
//! [`emit`] writes the instructions and gives results memory.

mod chain;
mod emit;
mod facts;
mod fuse;
mod slots;

use super::chain::{Step, Walk};
use super::execute::{Instruction, Operand};
use crate::Element;
use crate::graph::{Extent, Graph, NodeId};
use facts::Fact;
use slots::Slots;

/// No node.
const NONE: u32 = u32::MAX;

/// For ever: the time of an output's last use.
const END: u32 = u32::MAX;

/// What a program does, and the room to plan another.
#[derive(Debug)]
pub struct Plan<E> {
    pub(crate) instructions: Vec<Instruction>,
    pub(crate) operands: Vec<Operand>,
    pub(crate) steps: Vec<Step>,
    pub(crate) walks: Vec<Walk>,
    pub(crate) constants: Vec<E>,
    /// The shapes of users' operations: of the operands, then of the result.
    pub(crate) shapes: Vec<Extent>,
    /// Where the outputs are, and their shapes.
    pub(crate) outputs: Vec<(Operand, Extent)>,
    /// Inputs that are read, and their lengths.
    pub(crate) inputs: Vec<(u32, usize)>,
    /// Parameters that are read, and their lengths.
    pub(crate) parameters: Vec<(u32, usize)>,
    pub(crate) slots: Slots,
    facts: Vec<Fact<E>>,
    fuse: bool,
}

impl<E: Element> Plan<E> {
    /// A plan of nothing; with `fuse`, it will join operations where possible.
    pub(crate) fn new(fuse: bool) -> Self {
        Self {
            instructions: Vec::new(),
            operands: Vec::new(),
            steps: Vec::new(),
            walks: Vec::new(),
            constants: Vec::new(),
            shapes: Vec::new(),
            outputs: Vec::new(),
            inputs: Vec::new(),
            parameters: Vec::new(),
            slots: Slots::default(),
            facts: Vec::new(),
            fuse,
        }
    }

    /// A plan of nothing, which will join operations.
    pub fn fresh() -> Self {
        Self::new(true)
    }

    /// How many outputs there are.
    pub fn outputs(&self) -> usize {
        self.outputs.len()
    }

    /// The shape of an output.
    ///
    /// # Panics
    ///
    /// If there is no such output.
    pub fn extent(&self, index: usize) -> Extent {
        self.outputs[index].1
    }

    /// Plans how to compute some nodes of a graph.
    pub fn make(&mut self, graph: &Graph, outputs: &[NodeId]) {
        E::plan(self, graph, outputs);
    }

    /// The walks over the nodes.
    pub(crate) fn walk(&mut self, graph: &Graph, outputs: &[NodeId]) {
        self.instructions.clear();
        self.operands.clear();
        self.steps.clear();
        self.walks.clear();
        self.constants.clear();
        self.shapes.clear();
        self.outputs.clear();
        self.inputs.clear();
        self.parameters.clear();
        self.slots.clear();
        self.instructions.reserve(graph.nodes.len());
        self.operands.reserve(graph.operands.len());
        self.find_facts(graph);
        self.fuse(graph, outputs);
        self.emit(graph, outputs);
    }
}
