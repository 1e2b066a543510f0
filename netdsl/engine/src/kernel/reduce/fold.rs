//! Joining the elements along any axes by any associative operation.

use crate::Element;
use crate::kernel::simd::simd;
use crate::kernel::{GRAIN, MAX_RANK, MAX_TASKS, SERIAL, count, share_rows};
use std::hint::black_box;

/// An associative way to join two elements.
pub(crate) trait Fold<E> {
    /// What changes nothing it is joined to.
    const START: E;
    /// The two as one.
    fn join(a: E, b: E) -> E;
}

macro_rules! fold {
    ($name:ident, $start:ident, |$a:ident, $b:ident| $join:expr) => {
        pub(crate) struct $name;
        impl<E: Element> Fold<E> for $name {
            const START: E = E::$start;
            #[inline(always)]
            fn join($a: E, $b: E) -> E {
                $join
            }
        }
    };
}

fold!(Sum, ZERO, |a, b| a + b);
fold!(Max, NEG_INFINITY, |a, b| a.maximum(b));
// Passes over a NaN, which makes it one instruction.
fold!(MaxNumber, NEG_INFINITY, |a, b| if b > a { b } else { a });
fold!(Min, INFINITY, |a, b| a.minimum(b));

/// Independent accumulators in a run: enough to hide the latency of an addition.
pub(crate) const LANES: usize = 32;
/// Terms an accumulator takes before it is emptied into the next level.
const BLOCK: usize = 64;
/// Rows that are joined together.
pub(crate) const ROWS: usize = 16;
/// Elements that some of the first cache holds.
const CLOSE: usize = 2048;
/// Columns whose accumulators stay in registers together.
const TILE: usize = 64;

/// Joins all of `x`. Always inlined, for use within a `simd!` body.
#[inline(always)]
pub(crate) fn run_inline<E: Element, F: Fold<E>>(x: &[E]) -> E {
    if x.len() < LANES {
        return run_short::<E, F>(x, |x| x);
    }
    join_lanes::<E, F>(lanes_by::<E, F>(x, x, |x, _| x))
}

/// Joins `f` of fewer than [`LANES`] elements.
#[inline(always)]
fn run_short<E: Element, F: Fold<E>>(x: &[E], f: impl Fn(E) -> E) -> E {
    let (whole, rest) = x.as_chunks::<4>();
    let mut lanes = [F::START; 4];
    for part in whole {
        for (lane, &x) in lanes.iter_mut().zip(part) {
            *lane = F::join(*lane, f(x));
        }
    }
    let start = F::join(F::join(lanes[0], lanes[1]), F::join(lanes[2], lanes[3]));
    rest.iter().fold(start, |total, &x| F::join(total, f(x)))
}

/// Joins `f` of the elements of two slices of one length in independent accumulators, which vectorises.
#[inline(always)]
pub(crate) fn lanes_by<E: Element, F: Fold<E>>(
    a: &[E],
    b: &[E],
    f: impl Fn(E, E) -> E,
) -> [E; LANES] {
    const SHORT: usize = 8;
    let mut total = [F::START; LANES];
    for (a, b) in a.chunks(LANES * BLOCK).zip(b.chunks(LANES * BLOCK)) {
        let ((a_long, a), (b_long, b)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
        let ((a_short, a), (b_short, b)) = (a.as_chunks::<SHORT>(), b.as_chunks::<SHORT>());
        let mut lanes = [F::START; LANES];
        for (a, b) in a_long.iter().zip(b_long) {
            for i in 0..LANES {
                lanes[i] = F::join(lanes[i], f(a[i], b[i]));
            }
        }
        for (a, b) in a_short.iter().zip(b_short) {
            for i in 0..SHORT {
                lanes[i] = F::join(lanes[i], f(a[i], b[i]));
            }
        }
        for (lane, (&a, &b)) in lanes.iter_mut().zip(a.iter().zip(b)) {
            *lane = F::join(*lane, f(a, b));
        }
        for (total, &lane) in total.iter_mut().zip(&lanes) {
            *total = F::join(*total, lane);
        }
    }
    total
}

/// Joins `f` of the elements of each row and a number for the row. Always inlined, as [`run_inline`]; up to
/// [`ROWS`] rows at a time, for one alone would wait for each level of the tree of its accumulators.
#[inline(always)]
pub(crate) fn run_rows<E: Element, F: Fold<E>>(
    x: &[E],
    n: usize,
    by: &[E],
    f: impl Fn(E, E) -> E,
    y: &mut [E],
) {
    y.fill(F::START);
    let rows = x.chunks_exact(n.max(1)).zip(by);
    if n < LANES {
        for ((x, &by), y) in rows.zip(y) {
            *y = run_short::<E, F>(x, |x| f(x, by));
        }
        return;
    }
    let mut eights = [[F::START; 8]; ROWS];
    for ((x, &by), eight) in rows.zip(&mut eights) {
        *eight = eight_by::<E, F>(x, |x| f(x, by));
    }
    let (mut fours, mut twos) = ([F::START; 4 * ROWS], [F::START; 2 * ROWS]);
    join_pairs::<E, F>(eights.as_flattened(), &mut fours);
    join_pairs::<E, F>(&fours, &mut twos);
    join_pairs::<E, F>(&twos, y);
}

/// Joins `f` of the elements of a row in eight accumulators.
#[inline(always)]
fn eight_by<E: Element, F: Fold<E>>(x: &[E], f: impl Fn(E) -> E) -> [E; 8] {
    let mut total = [F::START; 8];
    for x in x.chunks(16 * BLOCK) {
        let (whole, x) = x.as_chunks::<16>();
        let mut lanes = [F::START; 16];
        for x in whole {
            for i in 0..16 {
                lanes[i] = F::join(lanes[i], f(x[i]));
            }
        }
        let (half, rest) = x.as_chunks::<8>();
        for i in 0..8 {
            total[i] = F::join(total[i], F::join(lanes[i], lanes[i + 8]));
        }
        for x in half {
            for i in 0..8 {
                total[i] = F::join(total[i], f(x[i]));
            }
        }
        for (total, &x) in total.iter_mut().zip(rest) {
            *total = F::join(*total, f(x));
        }
    }
    total
}

#[inline(always)]
fn join_pairs<E: Element, F: Fold<E>>(x: &[E], y: &mut [E]) {
    for (y, &[a, b]) in y.iter_mut().zip(x.as_chunks::<2>().0) {
        *y = F::join(a, b);
    }
}

/// How many rows of this length are done together, so that they stay in the first cache.
#[inline(always)]
pub(crate) fn rows_together(length: usize) -> usize {
    (CLOSE / length.max(1)).clamp(1, ROWS)
}

/// Joins independent accumulators.
#[inline(always)]
pub(crate) fn join_lanes<E: Element, F: Fold<E>>(lanes: [E; LANES]) -> E {
    // Through memory: LLVM would make the loops before it work on pairs, which is where this tree ends.
    let mut lanes = black_box(lanes);
    let mut width = LANES / 2;
    while width > 0 {
        for i in 0..width {
            lanes[i] = F::join(lanes[i], lanes[i + width]);
        }
        width /= 2;
    }
    lanes[0]
}

simd! { narrow
    /// Joins all of `x`.
    pub(super) fn run[E: Element, F: Fold<E>](x: &[E]) -> E {
        run_inline::<E, F>(x)
    }
}

simd! { narrow
    /// Joins `rows` rows, `step` apart, into `y`.
    fn columns[E: Element, F: Fold<E>](x: &[E], step: usize, rows: usize, y: &mut [E]) {
        let width = y.len();
        let mut tiles = y.chunks_exact_mut(TILE);
        for (tile, y) in tiles.by_ref().enumerate() {
            for first in (0..rows).step_by(BLOCK) {
                let mut lanes = [F::START; TILE];
                for row in first..(first + BLOCK).min(rows) {
                    let x = &x[row * step + tile * TILE..][..TILE];
                    for (lane, &x) in lanes.iter_mut().zip(x) {
                        *lane = F::join(*lane, x);
                    }
                }
                for (y, &lane) in y.iter_mut().zip(&lanes) {
                    *y = F::join(*y, lane);
                }
            }
        }
        let rest = tiles.into_remainder();
        let (start, narrow) = (width - rest.len(), rest.len());
        for first in (0..rows).step_by(BLOCK) {
            let mut lanes = [F::START; TILE];
            let lanes = &mut lanes[..narrow];
            for row in first..(first + BLOCK).min(rows) {
                let x = &x[row * step + start..][..narrow];
                for (lane, &x) in lanes.iter_mut().zip(x) {
                    *lane = F::join(*lane, x);
                }
            }
            for (y, &lane) in rest.iter_mut().zip(lanes.iter()) {
                *y = F::join(*y, lane);
            }
        }
    }
}

/// Some axes of an array: sizes and strides.
#[derive(Clone, Copy, Default)]
struct Axes {
    rank: usize,
    size: [usize; MAX_RANK],
    stride: [usize; MAX_RANK],
}

impl Axes {
    fn push(&mut self, size: usize, stride: usize) {
        (self.size[self.rank], self.stride[self.rank]) = (size, stride);
        self.rank += 1;
    }

    fn pop(&mut self) -> (usize, usize) {
        if self.rank == 0 {
            return (1, 0);
        }
        self.rank -= 1;
        (self.size[self.rank], self.stride[self.rank])
    }

    fn count(&self) -> usize {
        count(&self.size[..self.rank])
    }

    fn offset(&self, mut index: usize) -> usize {
        let mut offset = 0;
        for axis in (0..self.rank).rev() {
            offset += index % self.size[axis] * self.stride[axis];
            index /= self.size[axis];
        }
        offset
    }
}

/// A [`Fold`] as functions: what is not worth compiling for each of them calls these.
struct Joining<E> {
    start: E,
    join: fn(E, E) -> E,
    run: fn(&[E]) -> E,
    columns: fn(&[E], usize, usize, &mut [E]),
}

impl<E: Element> Joining<E> {
    fn by<F: Fold<E>>() -> Self {
        Self {
            start: F::START,
            join: F::join,
            run: run::<E, F>,
            columns: columns::<E, F>,
        }
    }
}

/// Joins over `axes` (bit i for axis i) of a dense array; `y` holds the other axes in order.
pub(super) fn fold<E: Element, F: Fold<E>>(x: &[E], shape: &[usize], axes: u32, y: &mut [E]) {
    fold_by(&Joining::by::<F>(), x, shape, axes, y);
}

fn fold_by<E: Element>(by: &Joining<E>, x: &[E], shape: &[usize], axes: u32, y: &mut [E]) {
    y.fill(by.start);
    if x.is_empty() || y.is_empty() {
        return;
    }
    // Neighbouring axes of one kind act as one, and those of size 1 as none.
    let (mut kept, mut reduced) = (Axes::default(), Axes::default());
    let mut merged = [(0usize, false); MAX_RANK];
    let mut last: Option<usize> = None;
    for (axis, &size) in shape.iter().enumerate().filter(|(_, size)| **size > 1) {
        let kind = axes >> axis & 1 == 1;
        last = match last {
            Some(at) if merged[at].1 == kind => {
                merged[at].0 *= size;
                Some(at)
            }
            other => {
                let at = other.map_or(0, |at| at + 1);
                merged[at] = (size, kind);
                Some(at)
            }
        };
    }
    let Some(last) = last else {
        return y.copy_from_slice(x);
    };
    let mut stride = x.len();
    for &(size, kind) in &merged[..=last] {
        stride /= size;
        if kind { &mut reduced } else { &mut kept }.push(size, stride);
    }
    if merged[last].1 {
        fold_runs(by, x, kept, reduced, y);
    } else {
        fold_columns(by, x, kept, reduced, y);
    }
}

/// The last axis is reduced: each result joins contiguous runs.
fn fold_runs<E: Element>(by: &Joining<E>, x: &[E], kept: Axes, mut reduced: Axes, y: &mut [E]) {
    let (n, _) = reduced.pop();
    let runs = reduced.count();
    let over = |base: usize, first: usize, last: usize| {
        let mut total = by.start;
        for block in (first..last).step_by(BLOCK) {
            let block = (block..(block + BLOCK).min(last)).map(|i| base + reduced.offset(i));
            let part = block.fold(by.start, |part, at| {
                (by.join)(part, (by.run)(&x[at..at + n]))
            });
            total = (by.join)(total, part);
        }
        total
    };
    if y.len() >= 8 || runs * n < SERIAL {
        return share_rows(y, 1, runs * n, |first, y| {
            for (i, y) in y.iter_mut().enumerate() {
                *y = over(kept.offset(first + i), 0, runs);
            }
        });
    }
    // Too few results to share out: share out the terms of each.
    for (i, y) in y.iter_mut().enumerate() {
        let base = kept.offset(i);
        let mut parts = [by.start; MAX_TASKS];
        if runs >= 8 {
            let per = runs.div_ceil(MAX_TASKS);
            let parts = &mut parts[..runs.div_ceil(per)];
            share_rows(parts, 1, per * n, |first, parts| {
                for (i, part) in parts.iter_mut().enumerate() {
                    *part = over(base, (first + i) * per, runs.min((first + i + 1) * per));
                }
            });
        } else {
            let pieces = (MAX_TASKS / runs).min(n.div_ceil(GRAIN));
            let per = n.div_ceil(pieces);
            share_rows(&mut parts[..runs * pieces], 1, per, |first, parts| {
                for (i, part) in parts.iter_mut().enumerate() {
                    let (at, piece) = ((first + i) / pieces, (first + i) % pieces);
                    let x = &x[base + reduced.offset(at)..][..n];
                    *part = (by.run)(&x[n.min(piece * per)..n.min((piece + 1) * per)]);
                }
            });
        }
        *y = (by.run)(&parts);
    }
}

/// The last axis is kept: each row of results joins rows.
fn fold_columns<E: Element>(
    by: &Joining<E>,
    x: &[E],
    mut kept: Axes,
    mut reduced: Axes,
    y: &mut [E],
) {
    let total = reduced.count();
    let (width, _) = kept.pop();
    let (rows, step) = reduced.pop();
    let outer = reduced.count();
    // Joins groups of rows `groups` into a stretch of the results beginning at `first`.
    let into = |first: usize, y: &mut [E], rows_from: usize, rows_to: usize| {
        let (mut at, mut y) = (first, y);
        while !y.is_empty() {
            let column = at % width;
            let take = (width - column).min(y.len());
            let (now, rest) = y.split_at_mut(take);
            let base = kept.offset(at / width) + column + rows_from * step;
            for group in 0..outer {
                let x = &x[base + reduced.offset(group)..];
                (by.columns)(x, step, rows_to - rows_from, now);
            }
            (at, y) = (at + take, rest);
        }
    };
    const PARTS: usize = 32;
    if y.len() > TILE || y.len() * total < SERIAL || rows < PARTS {
        let unit = width.min(TILE);
        return share_rows(y, unit, unit * total, |first, y| {
            into(first * unit, y, 0, rows)
        });
    }
    // Too few results to share out: share out the rows.
    let mut parts = [by.start; PARTS * TILE];
    let (n, per) = (y.len(), rows.div_ceil(PARTS));
    share_rows(
        &mut parts[..PARTS * n],
        n,
        per * outer * n,
        |first, parts| {
            for (i, part) in parts.chunks_exact_mut(n).enumerate() {
                into(
                    0,
                    part,
                    rows.min((first + i) * per),
                    rows.min((first + i + 1) * per),
                );
            }
        },
    );
    (by.columns)(&parts, n, PARTS, y);
}
