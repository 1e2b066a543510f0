//! Programs: graphs made ready to run again and again.

use super::error::EngineError;
use super::plan::Plan;
use super::workspace::Workspace;
use crate::Element;
use crate::graph::{Extent, Graph, NodeId};

/// How some outputs of a graph are computed, and the memory for it.
///
/// Compiling is linear in the number of nodes and allocates all memory that running needs. The
/// bits of the results do not depend on the number of threads.
#[derive(Debug)]
pub struct Program<E> {
    plan: Plan<E>,
    memory: Workspace<E>,
}

impl<E: Element> Program<E> {
    /// Prepares the computation of `outputs`.
    ///
    /// # Errors
    ///
    /// [`EngineError::TooLarge`].
    pub fn compile(graph: &Graph, outputs: &[NodeId]) -> Result<Self, EngineError> {
        Self::compile_with(graph, outputs, true)
    }

    /// [`Program::compile`], with a choice whether to join operations. The results are the same,
    /// but for rounding where a product takes in what follows.
    #[doc(hidden)]
    pub fn compile_with(
        graph: &Graph,
        outputs: &[NodeId],
        fuse: bool,
    ) -> Result<Self, EngineError> {
        let mut program = Self {
            plan: Plan::new(fuse),
            memory: Workspace::default(),
        };
        program.recompile(graph, outputs)?;
        Ok(program)
    }

    /// Makes this the program of another graph (the same network at another batch size, say),
    /// with the memory it already has. After an error it must be recompiled before it runs.
    ///
    /// # Errors
    ///
    /// [`EngineError::TooLarge`].
    pub fn recompile(&mut self, graph: &Graph, outputs: &[NodeId]) -> Result<(), EngineError> {
        self.plan.make(graph, outputs);
        self.memory.fit(&self.plan)
    }

    /// Computes the outputs from inputs and parameters (those of the graph's `Input` and
    /// `Parameter` nodes, by number) and random numbers of this seed and step.
    ///
    /// # Errors
    ///
    /// [`EngineError::Input`] and [`EngineError::Parameter`] before anything is computed,
    /// [`EngineError::Index`] when an index is read, [`EngineError::Domain`] when an element is that has to lie within
    /// bounds; the outputs are then unspecified.
    pub fn run(
        &mut self,
        inputs: &[&[E]],
        parameters: &[&[E]],
        randomness: (u64, u64),
    ) -> Result<(), EngineError> {
        self.memory.run(&self.plan, inputs, parameters, randomness)
    }

    /// How many outputs there are.
    pub fn outputs(&self) -> usize {
        self.plan.outputs()
    }

    /// An output of the last run.
    ///
    /// # Panics
    ///
    /// If there is no such output.
    pub fn output(&self, index: usize) -> &[E] {
        self.memory.output(&self.plan, index)
    }

    /// The shape of an output.
    ///
    /// # Panics
    ///
    /// If there is no such output.
    pub fn extent(&self, index: usize) -> Extent {
        self.plan.extent(index)
    }

    /// The bytes held for intermediate results and outputs.
    pub fn memory(&self) -> usize {
        self.memory.bytes()
    }

    /// How many kernels a run calls.
    #[doc(hidden)]
    pub fn instructions(&self) -> usize {
        self.plan.instructions.len()
    }
}
