//! Programs: graphs made ready to run again and again.

use super::error::EngineError;
use super::execute::{Memory, Source, Tables};
use super::kernel::memory::zeros;
use super::plan::Plan;
use crate::Element;
use crate::graph::{Extent, Graph, NodeId};

/// How some outputs of a graph are computed, and the memory for it.
///
/// Compiling is linear in the number of nodes and allocates all memory that running needs. The
/// bits of the results do not depend on the number of threads.
#[derive(Debug)]
pub struct Program<E> {
    plan: Plan<E>,
    slots: Vec<Vec<E>>,
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
            slots: Vec::new(),
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
        for (index, len) in self.plan.slots.sizes().enumerate() {
            if index == self.slots.len() {
                self.slots.push(Vec::new());
            }
            let slot = &mut self.slots[index];
            if slot.len() < len {
                *slot = Vec::new(); // free before allocating anew
                *slot = allocate(len)?;
            }
        }
        Ok(())
    }

    /// Computes the outputs from inputs and parameters (those of the graph's `Input` and
    /// `Parameter` nodes, by number) and random numbers of this seed and step.
    ///
    /// # Errors
    ///
    /// [`EngineError::Input`] and [`EngineError::Parameter`] before anything is computed,
    /// [`EngineError::Index`] when an index is read; the outputs are then unspecified.
    pub fn run(
        &mut self,
        inputs: &[&[E]],
        parameters: &[&[E]],
        randomness: (u64, u64),
    ) -> Result<(), EngineError> {
        let plan = &self.plan;
        let length = |arrays: &[&[E]], index: usize| arrays.get(index).map_or(0, |x| x.len());
        for &(index, wanted) in &plan.inputs {
            let index = index as usize;
            let found = length(inputs, index);
            if index >= inputs.len() || found != wanted {
                return Err(EngineError::Input {
                    index,
                    wanted,
                    found,
                });
            }
        }
        for &(index, wanted) in &plan.parameters {
            let index = index as usize;
            let found = length(parameters, index);
            if index >= parameters.len() || found != wanted {
                return Err(EngineError::Parameter {
                    index,
                    wanted,
                    found,
                });
            }
        }
        let tables = Tables {
            operands: &plan.operands,
            steps: &plan.steps,
            walks: &plan.walks,
            constants: &plan.constants,
        };
        let mut memory = Memory {
            slots: &mut self.slots,
            inputs,
            parameters,
        };
        for instruction in &plan.instructions {
            E::execute(instruction, &tables, &mut memory, randomness)?;
        }
        Ok(())
    }

    /// How many outputs there are.
    pub fn outputs(&self) -> usize {
        self.plan.outputs.len()
    }

    /// An output of the last run.
    ///
    /// # Panics
    ///
    /// If there is no such output.
    pub fn output(&self, index: usize) -> &[E] {
        let (operand, _) = &self.plan.outputs[index];
        match operand.source {
            Source::Slot(slot) => &self.slots[slot as usize][operand.offset..][..operand.len],
            // The plan copies outputs that are inputs or parameters.
            Source::Input(_) | Source::Parameter(_) => &[],
        }
    }

    /// The shape of an output.
    ///
    /// # Panics
    ///
    /// If there is no such output.
    pub fn extent(&self, index: usize) -> Extent {
        self.plan.outputs[index].1
    }

    /// The bytes held for intermediate results and outputs.
    pub fn memory(&self) -> usize {
        let elements: usize = self.slots.iter().map(Vec::capacity).sum();
        elements * size_of::<E>()
    }

    /// How many kernels a run calls.
    #[doc(hidden)]
    pub fn instructions(&self) -> usize {
        self.plan.instructions.len()
    }
}

/// Zeros, or an error where there is no room for them.
fn allocate<E: Element>(len: usize) -> Result<Vec<E>, EngineError> {
    /// Bytes from which on the allocation is tried out first.
    const LARGE: usize = 1 << 26;
    let error = EngineError::TooLarge { elements: len };
    let bytes = len.checked_mul(size_of::<E>()).ok_or(error)?;
    if bytes >= LARGE {
        Vec::<E>::new().try_reserve_exact(len).map_err(|_| error)?;
    }
    Ok(zeros(len))
}
