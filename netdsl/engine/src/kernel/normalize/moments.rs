//! The statistics of each group.

use super::{BLOCK, TILE, View, sum_by};
use crate::Element;
use crate::kernel::reduce::{Sum, run_inline};
use crate::kernel::share_rows_3;
use crate::kernel::simd::simd;

/// The sum of squared distances from `mean`.
#[inline(always)]
fn squares<E: Element>(x: &[E], mean: E) -> E {
    sum_by(x, x, |x, _| {
        let d = x - mean;
        d * d
    })
}

simd! {
    /// The statistics of each group from `first` on, run by run: those of a run in two passes over it,
    /// which finds it in the first cache the second time, joined with those of the runs before (Chan,
    /// Golub and LeVeque, *Updating formulae and a pairwise algorithm for computing sample variances*).
    fn moments_rows[E: Element](
        x: &[E],
        view: View,
        first: usize,
        rms: bool,
        mean: &mut [E],
        var: &mut [E],
    ) {
        let View { outer, groups, inner } = view;
        let n = E::from_usize(inner);
        for (i, (mean, var)) in mean.iter_mut().zip(var).enumerate() {
            let (mut centre, mut sum) = (E::ZERO, E::ZERO);
            for o in 0..outer {
                let run = &x[(o * groups + first + i) * inner..][..inner];
                if rms {
                    sum += squares(run, E::ZERO);
                    continue;
                }
                let own = run_inline::<E, Sum>(run) / n;
                let (apart, before) = (own - centre, E::from_usize(o));
                let share = E::ONE / (before + E::ONE);
                centre += apart * share;
                sum += squares(run, own) + apart * apart * (n * before * share);
            }
            (*mean, *var) = (centre, sum / E::from_usize(view.per_group()));
        }
    }
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
    let columns = view.inner == 1 && view.outer > 1;
    let unit = if columns { TILE } else { 1 };
    let (arrays, work) = (
        [(mean, 1), (var, 1), (Default::default(), 0)],
        view.per_group(),
    );
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
