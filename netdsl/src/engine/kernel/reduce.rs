//! Reductions over any set of axes.
//!
//! Sums are blocked: partial sums of at most some dozens of terms are summed in turn, so rounding
//! errors grow far slower than with one running sum.

use super::binary::broadcast_strides;
use super::simd::simd;
use super::{GRAIN, MAX_RANK, MAX_TASKS, SERIAL, count, movement, share_rows};
use crate::Element;

/// What to make of the elements along the axes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reduce {
    /// The sum; 0 of none.
    Sum,
    /// The mean; NaN of none.
    Mean,
    /// The product; 1 of none.
    Prod,
    /// The greatest, NaN if any is; negative infinity of none.
    Max,
    /// The least, NaN if any is; infinity of none.
    Min,
}

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
fold!(Prod, ONE, |a, b| a * b);
fold!(Max, NEG_INFINITY, |a, b| a.maximum(b));
fold!(Min, INFINITY, |a, b| a.minimum(b));

/// Independent accumulators in a run: enough to hide the latency of an addition.
const LANES: usize = 32;
/// Terms an accumulator takes before it is emptied into the next level.
const BLOCK: usize = 64;
/// Columns whose accumulators stay in registers together.
const TILE: usize = 64;

/// Joins all of `x`. Always inlined, for use within a `simd!` body.
#[inline(always)]
pub(crate) fn run_inline<E: Element, F: Fold<E>>(x: &[E]) -> E {
    if x.len() < LANES {
        return x.iter().fold(F::START, |total, &x| F::join(total, x));
    }
    let mut total = [F::START; LANES];
    for block in x.chunks(LANES * BLOCK) {
        let mut lanes = [F::START; LANES];
        let (whole, rest) = block.as_chunks::<LANES>();
        for part in whole {
            for (lane, &x) in lanes.iter_mut().zip(part) {
                *lane = F::join(*lane, x);
            }
        }
        for (lane, &x) in lanes.iter_mut().zip(rest) {
            *lane = F::join(*lane, x);
        }
        for (total, &lane) in total.iter_mut().zip(&lanes) {
            *total = F::join(*total, lane);
        }
    }
    let mut width = LANES / 2;
    while width > 0 {
        for i in 0..width {
            total[i] = F::join(total[i], total[i + width]);
        }
        width /= 2;
    }
    total[0]
}

simd! {
    fn run[E: Element, F: Fold<E>](x: &[E]) -> E {
        run_inline::<E, F>(x)
    }
}

simd! {
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

/// Joins over `axes` (bit i for axis i) of a dense array; `y` holds the other axes in order.
fn fold<E: Element, F: Fold<E>>(x: &[E], shape: &[usize], axes: u32, y: &mut [E]) {
    y.fill(F::START);
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
        fold_runs::<E, F>(x, kept, reduced, y);
    } else {
        fold_columns::<E, F>(x, kept, reduced, y);
    }
}

/// The last axis is reduced: each result joins contiguous runs.
fn fold_runs<E: Element, F: Fold<E>>(x: &[E], kept: Axes, mut reduced: Axes, y: &mut [E]) {
    let (n, _) = reduced.pop();
    let runs = reduced.count();
    let over = |base: usize, first: usize, last: usize| {
        let mut total = F::START;
        for block in (first..last).step_by(BLOCK) {
            let block = (block..(block + BLOCK).min(last)).map(|i| base + reduced.offset(i));
            let part = block.fold(F::START, |part, at| {
                F::join(part, run::<E, F>(&x[at..at + n]))
            });
            total = F::join(total, part);
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
        let mut parts = [F::START; MAX_TASKS];
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
                    *part = run::<E, F>(&x[n.min(piece * per)..n.min((piece + 1) * per)]);
                }
            });
        }
        *y = run::<E, F>(&parts);
    }
}

/// The last axis is kept: each row of results joins rows.
fn fold_columns<E: Element, F: Fold<E>>(x: &[E], mut kept: Axes, mut reduced: Axes, y: &mut [E]) {
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
                columns::<E, F>(x, step, rows_to - rows_from, now);
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
    let mut parts = [F::START; PARTS * TILE];
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
    columns::<E, F>(&parts, n, PARTS, y);
}

/// Reduces `axes` (bit i for axis i) of a dense array; `y` holds the other axes in order.
pub fn reduce<E: Element>(op: Reduce, x: &[E], shape: &[usize], axes: u32, y: &mut [E]) {
    let kept = shape
        .iter()
        .enumerate()
        .filter(|(axis, _)| axes >> axis & 1 == 0);
    assert!(shape.len() <= MAX_RANK && x.len() == count(shape));
    assert_eq!(y.len(), kept.map(|(_, size)| size).product());
    match op {
        Reduce::Sum => fold::<E, Sum>(x, shape, axes, y),
        Reduce::Prod => fold::<E, Prod>(x, shape, axes, y),
        Reduce::Max => fold::<E, Max>(x, shape, axes, y),
        Reduce::Min => fold::<E, Min>(x, shape, axes, y),
        Reduce::Mean => {
            fold::<E, Sum>(x, shape, axes, y);
            let terms = shape
                .iter()
                .enumerate()
                .filter(|(axis, _)| axes >> axis & 1 == 1);
            let n = E::from_usize(terms.map(|(_, size)| size).product());
            y.iter_mut().for_each(|y| *y /= n);
        }
    }
}

/// Where along the middle axis of `(outer, size, inner)` the greatest element is: the first such,
/// or the first NaN.
pub fn argmax<E: Element>(x: &[E], (outer, size, inner): (usize, usize, usize), y: &mut [E]) {
    assert!(size > 0 && x.len() == outer * size * inner && y.len() == outer * inner);
    share_rows(y, inner, size * inner, |first, y| {
        for (row, y) in y.chunks_exact_mut(inner).enumerate() {
            let x = &x[(first + row) * size * inner..][..size * inner];
            if inner == 1 {
                let most = run::<E, Max>(x);
                let found = |x: &E| *x == most || x.is_nan();
                y[0] = E::from_usize(x.iter().position(found).unwrap_or(0));
                continue;
            }
            for (column, y) in y.iter_mut().enumerate() {
                let (mut best, mut at) = (x[column], 0);
                for i in 1..size {
                    let next = x[i * inner + column];
                    if next > best || next.is_nan() && !best.is_nan() {
                        (best, at) = (next, i);
                    }
                }
                *y = E::from_usize(at);
            }
        }
    });
}

/// Repeats `x` along axes where its size is 1 or missing.
pub fn broadcast_to<E: Element>(x: &[E], x_shape: &[usize], y: &mut [E], y_shape: &[usize]) {
    assert!(x.len() == count(x_shape) && y.len() == count(y_shape));
    let strides = broadcast_strides(x_shape, y_shape);
    movement::copy_strided(x, &strides[..y_shape.len()], y, y_shape);
}

/// Sums `x` over the axes along which an array of `y_shape` repeats to become one of `x_shape`:
/// the gradient of [`broadcast_to`].
pub fn sum_to_shape<E: Element>(x: &[E], x_shape: &[usize], y: &mut [E], y_shape: &[usize]) {
    assert_eq!(y.len(), count(y_shape));
    let skipped = x_shape.len() - y_shape.len();
    let mut axes = 0;
    for axis in 0..x_shape.len() {
        if axis < skipped || y_shape[axis - skipped] != x_shape[axis] {
            assert!(axis < skipped || y_shape[axis - skipped] == 1);
            axes |= 1 << axis;
        }
    }
    reduce(Reduce::Sum, x, x_shape, axes, y);
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_close, numbers};
    use super::*;

    fn naive(op: Reduce, x: &[f64], shape: &[usize], axes: u32) -> Vec<f64> {
        let kept = |axis: usize| axes >> axis & 1 == 0;
        let n: usize = (0..shape.len())
            .filter(|&a| kept(a))
            .map(|a| shape[a])
            .product();
        let mut groups = vec![vec![]; n];
        for (i, &x) in x.iter().enumerate() {
            let (mut rest, mut at, mut step) = (i, 0, 1);
            for axis in (0..shape.len()).rev() {
                if kept(axis) {
                    at += rest % shape[axis] * step;
                    step *= shape[axis];
                }
                rest /= shape[axis];
            }
            groups[at].push(x);
        }
        let of = |g: &Vec<f64>| match op {
            Reduce::Sum => g.iter().sum(),
            Reduce::Mean => g.iter().sum::<f64>() / g.len() as f64,
            Reduce::Prod => g.iter().product(),
            Reduce::Max => g.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            Reduce::Min => g.iter().copied().fold(f64::INFINITY, f64::min),
        };
        groups.iter().map(of).collect()
    }

    #[test]
    fn every_set_of_axes_matches_the_definition() {
        let shapes: [&[usize]; 13] = [
            &[],
            &[1],
            &[7],
            &[3, 0, 2],
            &[5, 33],
            &[2, 3, 4, 5],
            &[1, 3, 1, 67],
            &[2, 1, 2, 3, 2, 3],
            &[40_001],
            &[3000, 9],
            &[7, 5000],
            &[70, 3, 130],
            &[3, 100, 2, 70],
        ];
        for shape in shapes {
            let x = numbers::<f64>(count(shape), 7);
            for axes in 0..1 << shape.len() {
                for op in [
                    Reduce::Sum,
                    Reduce::Mean,
                    Reduce::Prod,
                    Reduce::Max,
                    Reduce::Min,
                ] {
                    let want = naive(op, &x, shape, axes);
                    let mut y = vec![f64::NAN; want.len()];
                    reduce(op, &x, shape, axes, &mut y);
                    assert_close(&y, &want, 1e-12);
                }
            }
        }
    }

    #[test]
    fn sums_of_many_singles_are_accurate() {
        let x = vec![0.1f32; 1 << 22];
        for shape in [vec![1 << 22], vec![1 << 20, 4], vec![4, 1 << 20]] {
            let mut y = [0.0];
            reduce(Reduce::Mean, &x, &shape, 3, &mut y);
            assert!((y[0] - 0.1).abs() < 1e-7, "{}", y[0]);
        }
    }

    #[test]
    fn argmax_takes_the_first_and_nan() {
        let x = [
            1.0,
            3.0,
            3.0,
            2.0,
            f32::NAN,
            9.0,
            f32::NEG_INFINITY,
            f32::NEG_INFINITY,
            0.0,
        ];
        let mut y = [9.0; 3];
        argmax(&x, (3, 3, 1), &mut y);
        assert_eq!(y, [1.0, 1.0, 2.0]);
        argmax(&x, (1, 3, 3), &mut y);
        assert_eq!(y, [1.0, 1.0, 1.0]);
        argmax::<f32>(&[], (0, 3, 2), &mut []);
        argmax::<f32>(&[], (2, 3, 0), &mut []);
    }

    #[test]
    fn broadcasting_and_its_gradient() {
        let mut y = [0.0; 12];
        broadcast_to(&[1.0f32, 2.0], &[2, 1], &mut y, &[2, 2, 3]);
        assert_eq!(y, [1., 1., 1., 2., 2., 2., 1., 1., 1., 2., 2., 2.]);
        let mut x = [0.0; 2];
        sum_to_shape(&y, &[2, 2, 3], &mut x, &[2, 1]);
        assert_eq!(x, [6.0, 12.0]);
    }
}
