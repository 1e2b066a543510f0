//! Normalising with given statistics, and normalising rows in one pass.

use super::moments::squares;
use super::{Affine, View};
use crate::Element;
use crate::kernel::reduce::{Sum, run_inline};
use crate::kernel::simd::simd;
use crate::kernel::{share_rows, share_rows_3};

/// Normalises the run of one group that begins at `start` in the whole array.
#[inline(always)]
#[allow(clippy::too_many_arguments)]
fn run<E: Element>(
    x: &[E],
    start: usize,
    affine: Affine,
    mean: E,
    rstd: E,
    weight: &[E],
    bias: &[E],
    y: &mut [E],
) {
    let channel = start / affine.span % affine.channels;
    if affine.span > 1 || (weight.is_empty() && bias.is_empty()) {
        let span = if weight.is_empty() && bias.is_empty() {
            x.len()
        } else {
            affine.span
        };
        for (i, (x, y)) in x
            .chunks_exact(span)
            .zip(y.chunks_exact_mut(span))
            .enumerate()
        {
            let channel = (channel + i) % affine.channels;
            let scale = rstd * weight.get(channel).copied().unwrap_or(E::ONE);
            let shift = bias.get(channel).copied().unwrap_or(E::ZERO);
            for (y, &x) in y.iter_mut().zip(x) {
                *y = (x - mean) * scale + shift;
            }
        }
        return;
    }
    let n = x.len();
    match (weight.is_empty(), bias.is_empty()) {
        (false, false) => {
            let (w, b) = (&weight[channel..][..n], &bias[channel..][..n]);
            for (((y, &x), &w), &b) in y.iter_mut().zip(x).zip(w).zip(b) {
                *y = (x - mean) * rstd * w + b;
            }
        }
        (false, true) => {
            for ((y, &x), &w) in y.iter_mut().zip(x).zip(&weight[channel..][..n]) {
                *y = (x - mean) * rstd * w;
            }
        }
        _ => {
            for ((y, &x), &b) in y.iter_mut().zip(x).zip(&bias[channel..][..n]) {
                *y = (x - mean) * rstd + b;
            }
        }
    }
}

simd! {
    fn runs[E: Element](
        x: &[E],
        first: usize,
        view: View,
        affine: Affine,
        mean: &[E],
        rstd: &[E],
        weight: &[E],
        bias: &[E],
        y: &mut [E],
    ) {
        let n = view.inner;
        for (i, (x, y)) in x.chunks_exact(n).zip(y.chunks_exact_mut(n)).enumerate() {
            let group = (first + i) % view.groups;
            let mean = mean.get(group).copied().unwrap_or(E::ZERO);
            run(x, (first + i) * n, affine, mean, rstd[group], weight, bias, y);
        }
    }
}

simd! { narrow
    /// Each group is a column, and so is each channel.
    fn columns[E: Element](x: &[E], mean: &[E], rstd: &[E], weight: &[E], bias: &[E], y: &mut [E]) {
        let n = rstd.len();
        for (x, y) in x.chunks_exact(n).zip(y.chunks_exact_mut(n)) {
            if mean.is_empty() {
                for i in 0..n {
                    y[i] = x[i] * rstd[i];
                }
            } else {
                for i in 0..n {
                    y[i] = (x[i] - mean[i]) * rstd[i];
                }
            }
            if !weight.is_empty() {
                for (y, &w) in y.iter_mut().zip(weight) {
                    *y *= w;
                }
            }
            if !bias.is_empty() {
                for (y, &b) in y.iter_mut().zip(bias) {
                    *y += b;
                }
            }
        }
    }
}

/// `y = (x - mean) rstd weight + bias`. Empty slices stand for no mean, weight or bias.
#[allow(clippy::too_many_arguments)]
pub fn normalize<E: Element>(
    x: &[E],
    view: View,
    affine: Affine,
    mean: &[E],
    rstd: &[E],
    weight: &[E],
    bias: &[E],
    y: &mut [E],
) {
    assert!(x.len() == view.len() && y.len() == x.len() && rstd.len() == view.groups);
    if view.inner == 1 && view.groups == affine.channels {
        return share_rows(y, view.groups, view.groups, |first, y| {
            let x = &x[first * view.groups..][..y.len()];
            columns(x, mean, rstd, weight, bias, y);
        });
    }
    share_rows(y, view.inner, view.inner, |first, y| {
        let x = &x[first * view.inner..][..y.len()];
        runs(x, first, view, affine, mean, rstd, weight, bias, y);
    });
}

simd! {
    fn fused[E: Element](
        x: &[E],
        first: usize,
        n: usize,
        affine: Affine,
        eps: E,
        weight: &[E],
        bias: &[E],
        y: &mut [E],
        mean: &mut [E],
        rstd: &mut [E],
    ) {
        let count = E::from_usize(n);
        for (i, rstd) in rstd.iter_mut().enumerate() {
            let (x, y) = (&x[i * n..][..n], &mut y[i * n..][..n]);
            let mut centre = E::ZERO;
            if let Some(mean) = mean.get_mut(i) {
                centre = run_inline::<E, Sum>(x) / count;
                *mean = centre;
            }
            *rstd = E::ONE / (squares(x, centre) / count + eps).sqrt();
            run(x, (first + i) * n, affine, centre, *rstd, weight, bias, y);
        }
    }
}

/// Statistics and result together for views whose groups are rows (`outer` is 1): layer, group,
/// instance and, with an empty `mean`, RMS normalisation.
#[allow(clippy::too_many_arguments)]
pub fn layer_norm<E: Element>(
    x: &[E],
    view: View,
    affine: Affine,
    eps: f64,
    weight: &[E],
    bias: &[E],
    y: &mut [E],
    mean: &mut [E],
    rstd: &mut [E],
) {
    assert!(view.outer == 1 && x.len() == view.len());
    if x.is_empty() {
        mean.fill(E::from_f64(f64::NAN));
        return rstd.fill(E::from_f64(f64::NAN));
    }
    let (n, eps, mean_row) = (view.inner, E::from_f64(eps), usize::from(!mean.is_empty()));
    let arrays = [(y, n), (mean, mean_row), (rstd, 1)];
    share_rows_3(arrays, view.groups, 1, n, |first, [y, mean, rstd]| {
        let x = &x[first * n..][..y.len()];
        fused(x, first, n, affine, eps, weight, bias, y, mean, rstd);
    });
}
