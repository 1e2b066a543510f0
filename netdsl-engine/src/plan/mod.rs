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
pub(super) struct Plan<E> {
    pub(super) instructions: Vec<Instruction>,
    pub(super) operands: Vec<Operand>,
    pub(super) steps: Vec<Step>,
    pub(super) walks: Vec<Walk>,
    pub(super) constants: Vec<E>,
    /// Where the outputs are, and their shapes.
    pub(super) outputs: Vec<(Operand, Extent)>,
    /// Inputs that are read, and their lengths.
    pub(super) inputs: Vec<(u32, usize)>,
    /// Parameters that are read, and their lengths.
    pub(super) parameters: Vec<(u32, usize)>,
    pub(super) slots: Slots,
    facts: Vec<Fact<E>>,
    fuse: bool,
}

impl<E: Element> Plan<E> {
    /// A plan of nothing; with `fuse`, operations are joined where possible.
    pub(super) fn new(fuse: bool) -> Self {
        Self {
            instructions: Vec::new(),
            operands: Vec::new(),
            steps: Vec::new(),
            walks: Vec::new(),
            constants: Vec::new(),
            outputs: Vec::new(),
            inputs: Vec::new(),
            parameters: Vec::new(),
            slots: Slots::default(),
            facts: Vec::new(),
            fuse,
        }
    }

    /// Plans how to compute some nodes of a graph.
    pub(super) fn make(&mut self, graph: &Graph, outputs: &[NodeId]) {
        self.instructions.clear();
        self.operands.clear();
        self.steps.clear();
        self.walks.clear();
        self.constants.clear();
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
