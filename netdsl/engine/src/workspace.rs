//! The memory of programs.

use super::error::EngineError;
use super::execute::{Memory, Source, Tables};
use super::kernel::memory::zeros;
use super::plan::Plan;
use crate::Element;

/// Memory that plans run in, one at a time.
#[derive(Debug, Default)]
pub struct Workspace<E> {
    slots: Vec<Vec<E>>,
}

/// Bytes up to which a workspace keeps memory that the plan at hand does not need.
const SPARE_BYTES: usize = 1 << 30;

impl<E: Element> Workspace<E> {
    /// The bytes held.
    pub fn bytes(&self) -> usize {
        let elements: usize = self.slots.iter().map(Vec::capacity).sum();
        elements * size_of::<E>()
    }

    /// Makes room for a plan. What others needed is kept for them, up to a limit.
    ///
    /// # Errors
    ///
    /// [`EngineError::TooLarge`].
    pub fn fit(&mut self, plan: &Plan<E>) -> Result<(), EngineError> {
        if self.bytes() > SPARE_BYTES {
            let wanted = plan.slots.sizes().chain(std::iter::repeat(0));
            for (slot, len) in self.slots.iter_mut().zip(wanted) {
                if slot.len() > len {
                    *slot = Vec::new();
                }
            }
        }
        for (index, len) in plan.slots.sizes().enumerate() {
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

    /// Computes what a plan says, in memory that fits it; see [`Program::run`](crate::Program::run).
    ///
    /// # Errors
    ///
    /// Those of [`Program::run`](crate::Program::run).
    ///
    /// # Panics
    ///
    /// If there is less room than [`Self::fit`] makes.
    pub fn run(
        &mut self,
        plan: &Plan<E>,
        inputs: &[&[E]],
        parameters: &[&[E]],
        randomness: (u64, u64),
    ) -> Result<(), EngineError> {
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
            shapes: &plan.shapes,
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

    /// An output of the plan, which was run last.
    ///
    /// # Panics
    ///
    /// If there is no such output.
    pub fn output(&self, plan: &Plan<E>, index: usize) -> &[E] {
        let (operand, _) = &plan.outputs[index];
        match operand.source {
            Source::Slot(slot) => &self.slots[slot as usize][operand.offset..][..operand.len],
            // The plan copies outputs that are inputs or parameters.
            Source::Input(_) | Source::Parameter(_) => &[],
        }
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
