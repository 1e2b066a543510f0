//! Running a chain over its blocks.

use super::{BLOCK, Place, RESULT, Step, Walk, Work};
use crate::Element;
use crate::kernel::gemm::scratch;
use crate::kernel::normalize::{Statistics, normalize};
use crate::kernel::simd::simd;
use crate::kernel::{SERIAL, binary, unary};
use crate::pool;

/// A chain and what it reads.
pub(crate) struct Chain<'a, E> {
    pub(crate) steps: &'a [Step],
    pub(crate) operands: &'a [&'a [E]],
    pub(crate) constants: &'a [E],
    pub(crate) walks: &'a [Walk],
}

/// Computes the result of a chain that uses so many registers and costs so many additions per
/// element, in parallel. Which elements form a task depends on sizes alone, and none on another.
pub(crate) fn run<E: Element>(chain: &Chain<'_, E>, registers: usize, cost: usize, y: &mut [E]) {
    let cost = cost.max(1);
    if y.len().saturating_mul(cost) < SERIAL {
        return share(chain, registers, 0, y);
    }
    let task = (SERIAL / 2 / BLOCK / cost).max(1) * BLOCK;
    pool::parallel_chunks(y, task, |index, y| share(chain, registers, index * task, y));
}

/// The part of a result from element `first` on, with room for just as many registers as are used:
/// clearing more would take longer than a short chain does.
fn share<E: Element>(chain: &Chain<'_, E>, registers: usize, first: usize, y: &mut [E]) {
    if registers == 0 {
        return blocks(chain, first, y.len().max(1), &mut [], y);
    }
    let block = BLOCK.min(y.len().max(1));
    scratch::elements(registers * block, |room| {
        blocks(chain, first, block, room, y);
    });
}

/// All steps block by block; each register is a block in `room`.
fn blocks<E: Element>(
    chain: &Chain<'_, E>,
    first: usize,
    block: usize,
    room: &mut [E],
    y: &mut [E],
) {
    let mut at = first;
    for y in y.chunks_mut(block) {
        for step in chain.steps {
            step_block(chain, step, at, (&mut *room, block), y);
        }
        at += y.len();
    }
}

/// One step for the block of the result that begins at element `at`.
fn step_block<E: Element>(
    chain: &Chain<'_, E>,
    step: &Step,
    at: usize,
    (room, size): (&mut [E], usize),
    y: &mut [E],
) {
    let n = y.len();
    let start = |register: u8| register as usize * size;
    if step.work == Work::Keep {
        return room[start(step.to)..][..n].copy_from_slice(y);
    }
    let (before, to, after) = if step.to == RESULT {
        (&*room, y, &[][..])
    } else {
        let (before, rest) = room.split_at_mut(start(step.to));
        let (to, after) = rest.split_at_mut(size);
        (&*before, &mut to[..n], &*after)
    };
    let scalar = |place: Place| match place {
        Place::Constant(index) => Some(chain.constants[index as usize]),
        Place::Scalar(operand) => Some(chain.operands[operand as usize][0]),
        _ => None,
    };
    let block = |place: Place| match place {
        Place::Register(register) => {
            let start = start(register);
            if start < before.len() {
                &before[start..][..n]
            } else {
                &after[start - before.len() - size..][..n]
            }
        }
        Place::Operand(operand) => &chain.operands[operand as usize][at..at + n],
        Place::Scalar(_) | Place::Constant(_) => &[],
    };
    match step.work {
        Work::Keep => {}
        Work::Fill(place) => to.fill(scalar(place).unwrap_or_default()),
        Work::Periodic {
            operand,
            span,
            channels,
        } => periodic(chain.operands[operand as usize], span, channels, at, to),
        Work::Walk { operand, walk } => {
            chain.walks[walk as usize].read(chain.operands[operand as usize], at, to);
        }
        Work::Unary(function, x) => unary::forward(function, block(x), to),
        Work::Gradient(function, [x, y, dy]) => {
            unary::gradient(function, block(x), block(y), block(dy), to);
        }
        Work::Binary(function, [a, b]) => match (scalar(a), scalar(b)) {
            (None, None) => binary::forward(function, block(a), block(b), to),
            (Some(a), _) => binary::forward_scalar_left(function, a, block(b), to),
            (None, Some(b)) => binary::forward_scalar_right(function, block(a), b, to),
        },
        Work::Normalize(x, how) => {
            let operand = |index: u8| chain.operands[index as usize];
            let (means, variances) = operand(how.moments).split_at(how.view.groups);
            let by = Statistics {
                means: if how.rms { &[] } else { means },
                variances,
                eps: E::from_f64(how.eps),
                weight: how.weight.map_or(&[], operand),
                bias: how.bias.map_or(&[], operand),
            };
            normalize(block(x), at, how.view, how.affine, &by, to);
        }
        Work::Select([condition, a, b]) => select(block(condition), block(a), block(b), to),
    }
}

simd! { narrow
    fn select[E: Element](condition: &[E], a: &[E], b: &[E], y: &mut [E]) {
        let values = a.iter().zip(b);
        for ((y, &condition), (&a, &b)) in y.iter_mut().zip(condition).zip(values) {
            *y = if condition != E::ZERO { a } else { b };
        }
    }
}

/// Elements `(i / span) % channels` of `x` for i from `at` on.
fn periodic<E: Element>(x: &[E], span: usize, channels: usize, at: usize, mut y: &mut [E]) {
    let (mut channel, mut within) = (at / span % channels, at % span);
    while !y.is_empty() {
        let take = if span == 1 {
            let take = (channels - channel).min(y.len());
            y[..take].copy_from_slice(&x[channel..][..take]);
            channel += take;
            take
        } else {
            let take = (span - within).min(y.len());
            y[..take].fill(x[channel]);
            (channel, within) = (channel + 1, 0);
            take
        };
        if channel == channels {
            channel = 0;
        }
        y = &mut y[take..];
    }
}

impl Walk {
    /// The elements of a result from `at` on.
    fn read<E: Element>(&self, x: &[E], at: usize, mut y: &mut [E]) {
        let last = self.rank - 1;
        let (n, step) = (self.sizes[last], self.strides[last]);
        let mut at = at;
        while !y.is_empty() {
            let (mut row, column) = (at / n, at % n);
            let mut from = column * step;
            for axis in (0..last).rev() {
                from += row % self.sizes[axis] * self.strides[axis];
                row /= self.sizes[axis];
            }
            let take = (n - column).min(y.len());
            let (now, rest) = y.split_at_mut(take);
            match step {
                0 => now.fill(x[from]),
                _ => now.copy_from_slice(&x[from..from + take]),
            }
            (at, y) = (at + take, rest);
        }
    }
}
