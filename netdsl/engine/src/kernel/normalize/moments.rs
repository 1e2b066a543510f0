//! The statistics of each group.

use super::{BLOCK, TILE, View, sum_by};
use crate::Element;
use crate::kernel::reduce::{Sum, run_inline};
use crate::kernel::share_rows_3;
use crate::kernel::simd::simd;

/// The sum of squared distances from `mean`.
#[inline(always)]
pub(super) fn squares<E: Element>(x: &[E], mean: E) -> E {
    sum_by(x, x, |x, _| {
        let d = x - mean;
        d * d
    })
}

simd! {
    /// Two passes over each group from `first` on; the mean is taken as 0 where none is wanted.
    fn moments_rows[E: Element](x: &[E], view: View, first: usize, mean: &mut [E], var: &mut [E]) {
        let View { outer, groups, inner } = view;
        let n = E::from_usize(view.per_group());
        for (i, var) in var.iter_mut().enumerate() {
            let run = |o: usize| &x[(o * groups + first + i) * inner..][..inner];
            let mut centre = E::ZERO;
            if let Some(mean) = mean.get_mut(i) {
                centre = (0..outer).fold(E::ZERO, |sum, o| sum + run_inline::<E, Sum>(run(o))) / n;
                *mean = centre;
            }
            *var = (0..outer).fold(E::ZERO, |sum, o| sum + squares(run(o), centre)) / n;
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
        mean: &mut [E],
        var: &mut [E],
    ) {
        let n = E::from_usize(view.outer);
        for (tile, var) in var.chunks_mut(TILE).enumerate() {
            let (left, width) = (tile * TILE, var.len());
            let mut centre = [E::ZERO; TILE];
            let centre = &mut centre[..width];
            if !mean.is_empty() {
                column_sums(x, view, first + left, width, centre, false);
                centre.iter_mut().for_each(|centre| *centre /= n);
                mean[left..][..width].copy_from_slice(centre);
            }
            var.copy_from_slice(centre);
            column_sums(x, view, first + left, width, var, true);
            var.iter_mut().for_each(|var| *var /= n);
        }
    }
}

/// The mean and biased variance of each group. With an empty `mean`, `var` becomes the mean
/// square instead, as RMS normalisation wants.
pub fn moments<E: Element>(x: &[E], view: View, mean: &mut [E], var: &mut [E]) {
    assert!(x.len() == view.len() && var.len() == view.groups);
    let mean_row = usize::from(!mean.is_empty());
    let arrays = [(mean, mean_row), (var, 1), (Default::default(), 0)];
    let columns = view.inner == 1 && view.outer > 1;
    let unit = if columns { TILE } else { 1 };
    share_rows_3(
        arrays,
        view.groups,
        unit,
        view.per_group(),
        |first, [mean, var, _]| {
            if columns {
                moments_columns(x, view, first, mean, var);
            } else {
                moments_rows(x, view, first, mean, var);
            }
        },
    );
}

/// 1 / sqrt(var + eps).
pub fn reciprocal_deviation<E: Element>(var: &[E], eps: f64, rstd: &mut [E]) {
    assert_eq!(var.len(), rstd.len());
    let eps = E::from_f64(eps);
    for (rstd, &var) in rstd.iter_mut().zip(var) {
        *rstd = E::ONE / (var + eps).sqrt();
    }
}
