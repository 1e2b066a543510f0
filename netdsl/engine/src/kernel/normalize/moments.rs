//! The statistics of each group.

use super::{BLOCK, TILE, View, sum_by};
use crate::Element;
use crate::kernel::reduce::{ROWS, Sum, rows_together, run_inline, run_rows};
use crate::kernel::simd::simd;
use crate::kernel::{in_parts, share_rows_3};
use std::ops::Range;

/// The sum of squared distances from `mean`.
#[inline(always)]
fn squares<E: Element>(x: &[E], mean: E) -> E {
    sum_by(x, x, |x, _| {
        let d = x - mean;
        d * d
    })
}

/// The mean, or 0, and the sum of squared distances from it. The second pass over a run finds it in the
/// first cache.
#[inline(always)]
fn of_run<E: Element>(x: &[E], rms: bool) -> (E, E) {
    if rms {
        return (E::ZERO, squares(x, E::ZERO));
    }
    let mean = run_inline::<E, Sum>(x) / E::from_usize(x.len());
    (mean, squares(x, mean))
}

/// Takes the moments of some equally large runs in with those of the runs before, by Chan, Golub and
/// LeVeque, *Updating formulae and a pairwise algorithm for computing sample variances*.
#[inline(always)]
fn take_in<E: Element>(
    (mean, sum): (&mut E, &mut E),
    before: usize,
    (own_mean, own_sum): (E, E),
    runs: usize,
    inner: usize,
) {
    let number = E::from_usize;
    let apart = own_mean - *mean;
    let share = number(runs) / number(before + runs);
    *mean += apart * share;
    *sum += own_sum + apart * apart * (number(before * inner) * share);
}

simd! { narrow
    /// Groups from `first` on that are rows.
    fn moments_rows[E: Element](
        x: &[E],
        view: View,
        first: usize,
        rms: bool,
        mean: &mut [E],
        var: &mut [E],
    ) {
        let (n, together) = (view.inner, rows_together(view.inner));
        let count = E::from_usize(n);
        let blocks = mean.chunks_mut(together).zip(var.chunks_mut(together));
        for (block, (mean, var)) in blocks.enumerate() {
            let x = &x[(first + block * together) * n..][..mean.len() * n];
            if rms {
                mean.fill(E::ZERO);
            } else {
                run_rows::<E, Sum>(x, n, &[E::ZERO; ROWS], |x, _| x, mean);
                mean.iter_mut().for_each(|mean| *mean /= count);
            }
            run_rows::<E, Sum>(x, n, mean, |x, mean| (x - mean) * (x - mean), var);
            var.iter_mut().for_each(|var| *var /= count);
        }
    }
}

simd! { narrow
    /// Means and sums of squares of all groups over some of `outer`.
    fn moments_part[E: Element](
        x: &[E],
        view: View,
        rms: bool,
        part: Range<usize>,
        mean: &mut [E],
        sum: &mut [E],
    ) {
        mean.fill(E::ZERO);
        sum.fill(E::ZERO);
        for (before, o) in part.enumerate() {
            for (i, (mean, sum)) in mean.iter_mut().zip(&mut *sum).enumerate() {
                let run = &x[(o * view.groups + i) * view.inner..][..view.inner];
                take_in((mean, sum), before, of_run(run, rms), 1, view.inner);
            }
        }
    }
}

/// The moments of groups whose runs lie apart.
fn moments_runs<E: Element>(x: &[E], view: View, rms: bool, mean: &mut [E], var: &mut [E]) {
    let View {
        outer,
        groups,
        inner,
    } = view;
    let part = |part: Range<usize>, numbers: &mut [E]| {
        let (mean, sum) = numbers.split_at_mut(groups);
        moments_part(x, view, rms, part, mean, sum);
    };
    in_parts(outer, groups * inner, 2 * groups, part, |parts, each| {
        let (mut before, first) = (0, (&parts[..groups], &parts[groups..2 * groups]));
        mean.copy_from_slice(first.0);
        var.copy_from_slice(first.1);
        for part in parts.chunks_exact(2 * groups) {
            let runs = each.min(outer - before);
            if before > 0 {
                let (own_mean, own_sum) = part.split_at(groups);
                for i in 0..groups {
                    let own = (own_mean[i], own_sum[i]);
                    take_in((&mut mean[i], &mut var[i]), before, own, runs, inner);
                }
            }
            before += runs;
        }
        let n = E::from_usize(view.per_group());
        var.iter_mut().for_each(|var| *var /= n);
    });
}

/// Replaces `sums` by the sums of that many columns of `x` from `first` on or, given their means,
/// of the squared distances from those.
#[inline(always)]
fn column_sums<E: Element>(
    x: &[E],
    view: View,
    first: usize,
    width: usize,
    sums: &mut [E],
    squared: bool,
) {
    let (mut centre, mut total) = ([E::ZERO; TILE], [E::ZERO; TILE]);
    if squared {
        centre[..width].copy_from_slice(sums);
    }
    for block in (0..view.outer).step_by(BLOCK) {
        let mut part = [E::ZERO; TILE];
        for row in block..(block + BLOCK).min(view.outer) {
            let x = &x[row * view.groups + first..][..width];
            let mut add = |i: usize, x: E| {
                let d = x - centre[i];
                part[i] += if squared { d * d } else { x };
            };
            // A whole tile has a length known in advance, so its sums stay in registers.
            if let Ok(x) = <&[E; TILE]>::try_from(x) {
                (0..TILE).for_each(|i| add(i, x[i]));
            } else {
                x.iter().enumerate().for_each(|(i, &x)| add(i, x));
            }
        }
        total
            .iter_mut()
            .zip(&part)
            .for_each(|(total, &part)| *total += part);
    }
    sums.copy_from_slice(&total[..width]);
}

simd! { narrow
    /// The same where each group is a column.
    fn moments_columns[E: Element](
        x: &[E],
        view: View,
        first: usize,
        rms: bool,
        mean: &mut [E],
        var: &mut [E],
    ) {
        let n = E::from_usize(view.outer);
        for (tile, var) in var.chunks_mut(TILE).enumerate() {
            let (left, width) = (tile * TILE, var.len());
            let mut centre = [E::ZERO; TILE];
            let centre = &mut centre[..width];
            if !rms {
                column_sums(x, view, first + left, width, centre, false);
                centre.iter_mut().for_each(|centre| *centre /= n);
            }
            mean[left..][..width].copy_from_slice(centre);
            var.copy_from_slice(centre);
            column_sums(x, view, first + left, width, var, true);
            var.iter_mut().for_each(|var| *var /= n);
        }
    }
}

/// The mean and biased variance of each group; with `rms`, 0 and the mean square.
pub fn moments<E: Element>(x: &[E], view: View, rms: bool, mean: &mut [E], var: &mut [E]) {
    assert!(x.len() == view.len() && var.len() == view.groups);
    if view.outer != 1 && view.inner != 1 && view.groups > 0 {
        return moments_runs(x, view, rms, mean, var);
    }
    let columns = view.outer != 1;
    let (arrays, unit) = (
        [(mean, 1), (var, 1), (Default::default(), 0)],
        if columns { TILE } else { 1 },
    );
    let work = view.per_group();
    share_rows_3(arrays, view.groups, unit, work, |first, [mean, var, _]| {
        if columns {
            moments_columns(x, view, first, rms, mean, var);
        } else {
            moments_rows(x, view, first, rms, mean, var);
        }
    });
}

/// 1 / sqrt(var + eps).
pub fn reciprocal_deviation<E: Element>(var: &[E], eps: f64, rstd: &mut [E]) {
    assert_eq!(var.len(), rstd.len());
    let eps = E::from_f64(eps);
    for (rstd, &var) in rstd.iter_mut().zip(var) {
        *rstd = E::ONE / (var + eps).sqrt();
    }
}
