//! The calls of kernels: one instruction after another.

use super::chain::{self, Chain, REGISTERS, Step, Walk};
use super::error::EngineError;
use super::kernel::gemm::{Epilogue, MatRef, gemm, gemm_batched};
use super::kernel::normalize::{self as norm, View};
use super::kernel::random::{self, Key};
use super::kernel::recurrence::{self, Sizes};
use super::kernel::{conv, domain, gather, movement, pad, pooling, reduce, resample, softmax};
use super::lower::{Cut, Kernel, Normalized, Product};
use crate::Element;
use crate::graph::Extent;
use crate::graph::custom::{self, Custom, MAX_OPERANDS};
use crate::graph::op::Statistics;
use std::ops::Range;

/// Where elements are while a program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// In memory of the program's own.
    Slot(u32),
    /// In an input.
    Input(u32),
    /// In a parameter.
    Parameter(u32),
}

/// Elements an instruction reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Operand {
    pub(super) source: Source,
    pub(super) offset: usize,
    pub(super) len: usize,
}

/// The call of a kernel on operands.
#[derive(Clone, Copy, Debug)]
pub struct Instruction {
    pub(super) kernel: Kernel,
    /// The first operand and how many there are.
    pub(super) operands: (u32, u32),
    /// The slot of the result, and its length.
    pub(super) result: (u32, usize),
    /// The slot of what the kernel needs beside, if it does, and its length.
    pub(super) scratch: Option<(u32, usize)>,
}

/// The memory of one run.
pub struct Memory<'a, E> {
    pub(super) slots: &'a mut [Vec<E>],
    pub(super) inputs: &'a [&'a [E]],
    pub(super) parameters: &'a [&'a [E]],
}

impl<E> Memory<'_, E> {
    fn get(&self, operand: &Operand) -> &[E] {
        let all = match operand.source {
            Source::Slot(slot) => &self.slots[slot as usize][..],
            Source::Input(index) => self.inputs[index as usize],
            Source::Parameter(index) => self.parameters[index as usize],
        };
        &all[operand.offset..operand.offset + operand.len]
    }
}

/// What all instructions of a program share.
pub struct Tables<'a, E> {
    pub(super) operands: &'a [Operand],
    pub(super) steps: &'a [Step],
    pub(super) walks: &'a [Walk],
    pub(super) constants: &'a [E],
    pub(super) shapes: &'a [Extent],
}

/// Executes one instruction.
pub(crate) fn run<E: Element>(
    instruction: &Instruction,
    tables: &Tables<'_, E>,
    memory: &mut Memory<'_, E>,
    randomness: (u64, u64),
) -> Result<(), EngineError> {
    let (slot, len) = instruction.result;
    if len == 0 {
        return Ok(());
    }
    // The result's memory is taken out while it is written, so that the rest can be read.
    let mut result = std::mem::take(&mut memory.slots[slot as usize]);
    let mut scratch = match instruction.scratch {
        Some((slot, _)) => std::mem::take(&mut memory.slots[slot as usize]),
        None => Vec::new(),
    };
    let beside = instruction.scratch.map_or(0, |(_, len)| len);
    let (first, count) = instruction.operands;
    let operands = &tables.operands[first as usize..][..count as usize];
    let call = Call {
        operands,
        tables,
        memory,
    };
    let done = call.run(
        &instruction.kernel,
        &mut result[..len],
        &mut scratch[..beside],
        randomness,
    );
    memory.slots[slot as usize] = result;
    if let Some((slot, _)) = instruction.scratch {
        memory.slots[slot as usize] = scratch;
    }
    done
}

struct Call<'a, 'm, E> {
    operands: &'a [Operand],
    tables: &'a Tables<'a, E>,
    memory: &'a Memory<'m, E>,
}

impl<E: Element> Call<'_, '_, E> {
    fn operand(&self, index: usize) -> &[E] {
        self.memory.get(&self.operands[index])
    }

    /// The table of kernels.
    fn run(
        &self,
        kernel: &Kernel,
        y: &mut [E],
        scratch: &mut [E],
        (seed, step): (u64, u64),
    ) -> Result<(), EngineError> {
        let x = |index: usize| self.operand(index);
        match kernel {
            Kernel::Chain {
                first,
                steps,
                registers,
                cost,
            } => {
                let steps = *first as usize..(*first + *steps) as usize;
                self.chain(steps, *registers as usize, *cost as usize, y);
            }
            Kernel::Copy => y.copy_from_slice(x(0)),
            Kernel::Product(product) => self.product(product, y),
            Kernel::Conv(sizes, relu) => {
                let bias = (self.operands.len() > 2).then(|| x(2));
                conv::conv_forward(sizes, x(0), x(1), bias, *relu, y);
            }
            Kernel::ConvNormalized(sizes, Normalized { how, biased, relu }) => {
                let bias = biased.then(|| x(2));
                let rest = 2 + usize::from(*biased);
                let (means, variances) = x(rest).split_at(sizes.out_channels);
                let there = |index| self.optional(index, index < self.operands.len());
                let by = norm::Statistics {
                    means: if how.rms { &[] } else { means },
                    variances,
                    eps: E::from_f64(how.eps),
                    weight: there(rest + 1),
                    bias: there(rest + 2),
                };
                conv::conv_normalized(sizes, x(0), x(1), bias, &by, *relu, scratch, y);
            }
            Kernel::ConvInputGradient(sizes) => conv::conv_input_gradient(sizes, x(0), x(1), y),
            Kernel::ConvWeightGradient(sizes) => conv::conv_weight_gradient(sizes, x(0), x(1), y),
            Kernel::MaxPool(sizes) => pooling::max_pool(x(0), sizes, y),
            Kernel::MaxPoolGradient(sizes) => pooling::max_pool_gradient(x(0), x(1), sizes, y),
            Kernel::MaxPoolIndices(sizes) => pooling::max_pool_indices(x(0), sizes, y),
            Kernel::AvgPool(sizes, rule) => pooling::avg_pool(x(0), sizes, *rule, y),
            Kernel::AvgPoolGradient(sizes, rule) => {
                pooling::avg_pool_gradient(x(0), sizes, *rule, y);
            }
            Kernel::AdaptiveAvgPool(sizes) => pooling::adaptive_avg_pool(x(0), sizes, y),
            Kernel::AdaptiveAvgPoolGradient(sizes) => {
                pooling::adaptive_avg_pool_gradient(x(0), sizes, y);
            }
            Kernel::AdaptiveMaxPool(sizes) => pooling::adaptive_max_pool(x(0), sizes, y),
            Kernel::AdaptiveMaxPoolGradient(sizes) => {
                pooling::adaptive_max_pool_gradient(x(0), x(1), sizes, y);
            }
            Kernel::AdaptiveMaxPoolIndices(sizes) => {
                pooling::adaptive_max_pool_indices(x(0), sizes, y);
            }
            Kernel::Reduce(how, shape, axes) => reduce::reduce(*how, x(0), shape, *axes, y),
            Kernel::Softmax(along, scale) => {
                softmax::softmax(x(0), E::from_f64(*scale), *along, y);
            }
            Kernel::SoftmaxGradient(along) => softmax::softmax_gradient(x(0), x(1), *along, y),
            Kernel::LogSoftmax(along) => softmax::log_softmax(x(0), *along, y),
            Kernel::LogSoftmaxGradient(along) => {
                softmax::log_softmax_gradient(x(0), x(1), *along, y);
            }
            Kernel::Moments(view, rms) => {
                let (mean, variance) = y.split_at_mut(view.groups);
                norm::moments(x(0), *view, *rms, mean, variance);
            }
            Kernel::NormalizeSums(view, affine, how) => {
                let mean = deviations(x(1), *view, *how, scratch);
                let (by_x, alone) = y.split_at_mut(affine.channels);
                norm::sums(x(0), x(2), *view, *affine, mean, scratch, by_x, alone);
            }
            Kernel::NormalizeGradient(view, affine, how) => {
                let mean = deviations(x(1), *view, *how, scratch);
                let weight = |index| self.operands.get(index).map_or(&[][..], |_| x(index));
                if view.outer == 1 {
                    norm::gradient_rows(x(0), x(2), *view, *affine, mean, scratch, weight(3), y);
                } else {
                    let (by_x, alone) = x(3).split_at(view.groups);
                    let (x, dy, weight) = (x(0), x(2), weight(4));
                    norm::gradient_batch(x, dy, *view, mean, scratch, weight, by_x, alone, y);
                }
            }
            Kernel::Permute(shape, order) => {
                let order = order.map(usize::from);
                movement::permute(x(0), shape, &order[..shape.len()], y);
            }
            Kernel::Slice(Cut {
                shape,
                axis,
                start,
                step,
                length,
            }) => movement::slice(x(0), shape, *axis, *start, *step, *length, y),
            Kernel::SliceGradient(Cut {
                shape,
                axis,
                start,
                step,
                length,
            }) => movement::slice_gradient(x(0), shape, *axis, *start, *step, *length, y),
            Kernel::Concat(axis, shape) => {
                let mut start = 0;
                for index in 0..self.operands.len() {
                    let length = x(index).len() * shape[*axis] / y.len();
                    movement::place(x(index), *axis, start, length, y, shape);
                    start += length;
                }
            }
            Kernel::Flip(axes, shape) => movement::flip(x(0), shape, u32::from(*axes), y),
            Kernel::Pad(mode, shape, pads) => {
                pad::pad(*mode, x(0), shape, &pads[..shape.len()], y);
            }
            Kernel::PadGradient(mode, shape, pads) => {
                pad::pad_gradient(*mode, x(0), shape, &pads[..shape.len()], y);
            }
            Kernel::Gather(width) => gather::embedding(x(0), *width, x(1), y)?,
            Kernel::GatherGradient {
                width,
                skip,
                by_frequency,
            } => gather::embedding_gradient(x(1), x(0), *skip, *by_frequency, *width, y)?,
            Kernel::Pick(along, ignore) => {
                gather::pick(x(0), *along, x(1), ignore.map(index::<E>), y)?;
            }
            Kernel::PickGradient(along, ignore) => {
                gather::pick_gradient(x(1), *along, x(0), ignore.map(index::<E>), y)?;
            }
            Kernel::Recurrence(sizes) => self.recurrence(sizes, scratch, y),
            Kernel::RecurrenceGradient(sizes) => self.recurrence_gradient(sizes, scratch, y),
            Kernel::Resample(mode, sizes) => resample::resample(*mode, x(0), sizes, y),
            Kernel::ResampleGradient(mode, sizes) => {
                resample::resample_gradient(*mode, x(0), sizes, y);
            }
            Kernel::Random(law, stream) => {
                let stream = u64::from(*stream);
                random::fill(*law, Key { seed, step, stream }, y);
            }
            Kernel::Within(domain) => domain::within(x(0), domain, y)?,
            Kernel::Custom(custom, operand, shapes) => {
                self.custom(*custom, *operand, *shapes as usize, y);
            }
        }
        Ok(())
    }

    fn chain(&self, steps: Range<usize>, registers: usize, cost: usize, y: &mut [E]) {
        let mut operands: [&[E]; REGISTERS] = [&[]; REGISTERS];
        for (slice, operand) in operands.iter_mut().zip(self.operands) {
            *slice = self.memory.get(operand);
        }
        let chain = Chain {
            steps: &self.tables.steps[steps],
            operands: &operands[..self.operands.len()],
            constants: self.tables.constants,
            walks: self.tables.walks,
        };
        chain::run(&chain, registers, cost, y);
    }

    /// A user's operation, or its gradient by an operand: the last two operands are then its result
    /// and the gradient by that.
    fn custom(&self, custom: Custom, operand: Option<u8>, first: usize, y: &mut [E]) {
        let count = self.operands.len();
        let mut operands = [custom::Operand {
            shape: &[],
            values: &[],
        }; MAX_OPERANDS + 2];
        for (index, operand) in operands[..count].iter_mut().enumerate() {
            operand.shape = &self.tables.shapes[first + index];
            operand.values = self.operand(index);
        }
        let output = custom::Output {
            shape: &self.tables.shapes[first + count],
            values: y,
        };
        let operation = E::operation(custom.0);
        match (operand, &operands[..count]) {
            (Some(operand), [inputs @ .., result, gradient]) => {
                operation.backward(operand.into(), inputs, *result, *gradient, output);
            }
            (_, inputs) => operation.forward(inputs, output),
        }
    }

    fn recurrence(&self, sizes: &Sizes, scratch: &mut [E], y: &mut [E]) {
        let (cells, projected) = (sizes.cell.has_cell_state(), sizes.is_projected());
        let bias = 3 + usize::from(cells) + usize::from(projected);
        let operands = recurrence::Operands {
            inputs: self.operand(0),
            weight: self.operand(1),
            hidden: self.operand(2),
            cell: self.optional(3, cells),
            projection: self.optional(bias - 1, projected),
            bias: self.operands.get(bias).map(|bias| self.memory.get(bias)),
        };
        recurrence::forward(sizes, &operands, scratch, y);
    }

    fn recurrence_gradient(&self, sizes: &Sizes, scratch: &mut [E], y: &mut [E]) {
        let cells = sizes.cell.has_cell_state();
        let seen = recurrence::Seen {
            record: self.operand(0),
            weight: self.operand(1),
            dh: self.operand(2),
            dc: self.optional(3, cells),
            projection: self.optional(3 + usize::from(cells), sizes.is_projected()),
        };
        recurrence::gradient(sizes, &seen, scratch, y);
    }

    /// An operand that is there, or nothing.
    fn optional(&self, index: usize, there: bool) -> &[E] {
        if there { self.operand(index) } else { &[] }
    }

    fn product(&self, product: &Product, y: &mut [E]) {
        let Product { batch, m, n, k, .. } = *product;
        let a = MatRef::new(self.operand(0), product.a[0], product.a[1]);
        let b = MatRef::new(self.operand(1), product.b[0], product.b[1]);
        let epilogue = Epilogue {
            bias_col: (self.operands.len() > 2).then(|| self.operand(2)),
            bias_row: None,
            relu: product.relu,
        };
        if batch.count == [1, 1] {
            gemm(m, n, k, a, b, y, product.c, false, epilogue);
        } else {
            gemm_batched(batch, m, n, k, a, b, y, product.c, false, epilogue);
        }
    }
}

fn index<E: Element>(index: i64) -> E {
    E::from_f64(index as f64)
}

/// Fills in the reciprocal deviations of moments, and gives the means that there are.
fn deviations<'a, E: Element>(
    moments: &'a [E],
    view: View,
    how: Statistics,
    deviations: &mut [E],
) -> &'a [E] {
    let (means, variances) = moments.split_at(view.groups);
    norm::reciprocal_deviation(variances, how.eps, deviations);
    if how.rms { &[] } else { means }
}
