//! The statistics of each group.

use super::{BLOCK, TILE, View, sum_by};
use crate::Element;
use crate::engine::kernel::reduce::{Sum, run_inline};
use crate::engine::kernel::share_rows_3;
use crate::engine::kernel::simd::simd;

/// The sum of squared distances from `mean`.
#[inline(always)]
pub(super) fn squares<E: Element>(x: &[E], mean: E) -> E {
    sum_by(x.len(), |i| {
        let d = x[i] - mean;
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

simd! {
    /// The same where each group is a column.
    fn moments_columns[E: Element](
        x: &[E],
        view: View,
        first: usize,
        mean: &mut [E],
        var: &mut [E],
    ) {
        let View { outer, groups, .. } = view;
        let n = E::from_usize(outer);
        for (tile, var) in var.chunks_mut(TILE).enumerate() {
            let (left, width) = (tile * TILE, var.len());
            let mut centre = [E::ZERO; TILE];
            let centre = &mut centre[..width];
            for pass in usize::from(mean.is_empty())..2 {
                let mut total = [E::ZERO; TILE];
                let total = &mut total[..width];
                for block in (0..outer).step_by(BLOCK) {
                    let mut sum = [E::ZERO; TILE];
                    let sum = &mut sum[..width];
                    for row in block..(block + BLOCK).min(outer) {
                        let x = &x[row * groups + first + left..][..width];
                        for i in 0..width {
                            let d = x[i] - centre[i];
                            sum[i] += if pass == 0 { x[i] } else { d * d };
                        }
                    }
                    for i in 0..width {
                        total[i] += sum[i];
                    }
                }
                total.iter_mut().for_each(|total| *total /= n);
                if pass == 0 {
                    centre.copy_from_slice(total);
                    mean[left..][..width].copy_from_slice(total);
                } else {
                    var.copy_from_slice(total);
                }
            }
        }
    }
}

/// The mean and biased variance of each group. With an empty `mean`, `var` becomes the mean
/// square instead, as RMS normalisation wants.
pub fn moments<E: Element>(x: &[E], view: View, mean: &mut [E], var: &mut [E]) {
    assert!(x.len() == view.len() && var.len() == view.groups);
    let mean_row = usize::from(!mean.is_empty());
    let arrays = [(mean, mean_row), (var, 1), (Default::default(), 0)];
    share_rows_3(
        arrays,
        view.groups,
        view.per_group(),
        |first, [mean, var, _]| {
            if view.inner == 1 && view.outer > 1 {
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
