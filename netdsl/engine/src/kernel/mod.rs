//! Numerical kernels on slices. A kernel knows sizes and strides, never layers.
//!
//! Arrays are dense and row-major unless strides are given. No kernel allocates, and none lets the
//! number of threads show: work is split by sizes alone, and sums are taken in a fixed order.

pub mod binary;
pub mod conv;
pub mod domain;
pub mod gather;
pub mod gemm;
pub mod math;
pub mod memory;
pub mod movement;
pub mod normalize;
pub mod pad;
pub mod pooling;
pub mod random;
pub mod recurrence;
pub mod reduce;
pub mod resample;
pub mod simd;
pub mod softmax;
pub mod unary;

use super::pool;
use crate::Element;
use gemm::scratch;
use std::ops::Range;

/// The most axes an array may have; bounds the counters kernels keep on the stack.
pub const MAX_RANK: usize = 8;

/// Elements of work below which a kernel stays on the calling thread.
///
/// Waking the pool costs a few microseconds, in which one core already streams about this many
/// elements through an addition.
pub const SERIAL: usize = 16 * 1024;

/// Elements of work one task takes at least, so that handing it out is cheap beside it.
const GRAIN: usize = SERIAL / 2;

/// The most tasks of a kernel that keeps something for each on the stack.
const MAX_TASKS: usize = 64;

/// Calls `body` on (first row, rows) for runs of whole rows of `data`, in parallel if there is
/// enough to do; a row costs about `work` elements.
pub(crate) fn share_rows<T: Send>(
    data: &mut [T],
    row: usize,
    work: usize,
    body: impl Fn(usize, &mut [T]) + Sync,
) {
    each_rows(data, row, work, &body);
}

/// [`share_rows`] as compiled once, with the body a trait object as in [`pool`].
fn each_rows<T: Send>(
    data: &mut [T],
    row: usize,
    work: usize,
    body: &(dyn Fn(usize, &mut [T]) + Sync),
) {
    if data.is_empty() {
        return;
    }
    let rows = data.len() / row;
    let per = (GRAIN / work.max(1)).max(1);
    if rows <= per || rows * work < SERIAL {
        body(0, data);
    } else {
        pool::parallel_chunks(data, per * row, |i, rows| body(i * per, rows));
    }
}

/// Like [`share_rows`] for three arrays split at the same rows; the number of elements each has in
/// a row may be 0. Only multiples of `unit` rows are handed out.
pub(crate) fn share_rows_3<T: Send>(
    arrays: [(&mut [T], usize); 3],
    rows: usize,
    unit: usize,
    work: usize,
    body: impl Fn(usize, [&mut [T]; 3]) + Sync,
) {
    assert!(arrays.iter().all(|(array, row)| array.len() == rows * row));
    let per = (GRAIN / work.max(1))
        .max(rows.div_ceil(MAX_TASKS))
        .next_multiple_of(unit)
        .max(unit);
    if rows <= per || rows * work < SERIAL {
        return body(0, arrays.map(|(array, _)| array));
    }
    let mut rest = arrays;
    let mut parts: [[&mut [T]; 3]; MAX_TASKS] = std::array::from_fn(|_| {
        rest.each_mut().map(|(array, row)| {
            let end = (per * *row).min(array.len());
            let (part, rest) = std::mem::take(array).split_at_mut(end);
            *array = rest;
            part
        })
    });
    pool::parallel_chunks(&mut parts[..rows.div_ceil(per)], 1, |i, part| {
        body(i * per, part[0].each_mut().map(|part| &mut **part));
    });
}

/// The most parts of [`in_parts`].
const MAX_PARTS: usize = 16;

/// Sums over rows in parts, which follow from the sizes alone: `body` fills `width` numbers in for a
/// range of rows, `join` makes the whole of those of all parts, in order, and the rows of each part but
/// the last. A row costs about `work` elements.
///
/// A thread so reads what lies together in memory, and what it or its like wrote in other loops.
pub(crate) fn in_parts<E: Element>(
    rows: usize,
    work: usize,
    width: usize,
    body: impl Fn(Range<usize>, &mut [E]) + Sync,
    join: impl FnOnce(&[E], usize),
) {
    let few = rows.saturating_mul(work) < SERIAL;
    let each = rows.div_ceil(if few { 1 } else { MAX_PARTS }).max(1);
    let parts = rows.div_ceil(each).max(1);
    scratch::elements(parts * width, |space: &mut [E]| {
        pool::parallel_chunks(space, width, |part, numbers| {
            body(part * each..rows.min((part + 1) * each), numbers);
        });
        join(space, each);
    });
}

/// Copies a short row: a call of `memcpy` costs as much as the copy.
#[inline(always)]
pub(crate) fn copy_row<E: Element>(from: &[E], to: &mut [E]) {
    let length = from.len();
    assert_eq!(length, to.len());
    if length < 8 {
        for (to, &from) in to.iter_mut().zip(from) {
            *to = from;
        }
        return;
    }
    let mut eight = |at: usize| {
        let from: &[E; 8] = from[at..at + 8].try_into().expect("eight");
        to[at..at + 8].copy_from_slice(from);
    };
    for block in 0..length / 8 {
        eight(block * 8);
    }
    eight(length - 8); // the rest, and some again
}

/// The product of some sizes: the elements of an array of that shape.
pub(crate) fn count(shape: &[usize]) -> usize {
    shape.iter().product()
}

#[cfg(test)]
pub(crate) mod testing {
    //! What the kernels' tests share.

    use crate::Element;

    /// Repeatable numbers between -1 and 1, no two alike.
    pub fn numbers<E: Element>(n: usize, seed: u64) -> Vec<E> {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            E::from_f64((state >> 11) as f64 / (1u64 << 52) as f64 - 1.0)
        };
        (0..n).map(|_| next()).collect()
    }

    /// Asserts two arrays equal within `tolerance`, relative where they exceed 1.
    #[track_caller]
    pub fn assert_close<E: Element>(got: &[E], want: &[E], tolerance: f64) {
        assert_eq!(got.len(), want.len());
        for (i, (g, w)) in got.iter().zip(want).enumerate() {
            let (g, w) = (g.to_f64(), w.to_f64());
            let same = g == w || g.is_nan() && w.is_nan();
            assert!(
                same || (g - w).abs() <= tolerance * (1.0 + w.abs()),
                "at {i}: {g}, not {w}"
            );
        }
    }

    /// Asserts that `gradient` is that of the sum of `f(x)` weighted by `dy`, by central
    /// differences.
    #[track_caller]
    pub fn assert_gradient(
        x: &[f64],
        dy: &[f64],
        gradient: &[f64],
        f: impl Fn(&[f64], &mut [f64]),
    ) {
        let (mut at, mut y) = (x.to_vec(), vec![0.0; dy.len()]);
        let mut loss = |at: &[f64]| {
            f(at, &mut y);
            y.iter().zip(dy).map(|(y, d)| y * d).sum::<f64>()
        };
        let h = 1e-5;
        let numeric: Vec<f64> = (0..x.len())
            .map(|i| {
                at[i] = x[i] + h;
                let above = loss(&at);
                at[i] = x[i] - h;
                let below = loss(&at);
                at[i] = x[i];
                (above - below) / (2.0 * h)
            })
            .collect();
        assert_close(gradient, &numeric, 1e-7);
    }
}
