//! Gradients of normalisation: of the weight and the bias, which are sums, and of the argument.

use super::{Affine, BLOCK, TILE, View, sum_by};
use crate::Element;
use crate::kernel::reduce::{Sum, run_inline};
use crate::kernel::simd::simd;
use crate::kernel::{in_parts, share_rows};
use std::ops::Range;

simd! { narrow
    /// The sums of channels that are runs of `span`, over some of their repetitions.
    fn sum_runs[E: Element](
        x: &[E],
        dy: &[E],
        view: View,
        affine: Affine,
        mean: &[E],
        rstd: &[E],
        part: Range<usize>,
        dweight: &mut [E],
        dbias: &mut [E],
    ) {
        let Affine { channels, span } = affine;
        dweight.fill(E::ZERO);
        dbias.fill(E::ZERO);
        for repeat in part {
            let sums = dweight.iter_mut().zip(&mut *dbias);
            for (i, (by_x, plain)) in sums.enumerate() {
                let start = (repeat * channels + i) * span;
                // A run lies within a group, or is made of whole ones.
                let piece = span.min(view.inner);
                for start in (start..start + span).step_by(piece) {
                    let group = start / view.inner % view.groups;
                    let (x, dy) = (&x[start..][..piece], &dy[start..][..piece]);
                    let mean = mean.get(group).copied().unwrap_or(E::ZERO);
                    *by_x += sum_by(x, dy, |x, dy| dy * (x - mean)) * rstd[group];
                    *plain += run_inline::<E, Sum>(dy);
                }
            }
        }
    }
}

simd! { narrow
    /// The sums of channels that are columns, over some rows. Statistics run along with the columns
    /// (`inner` is 1) or change every `inner` of them.
    fn sum_columns[E: Element](
        x: &[E],
        dy: &[E],
        view: View,
        channels: usize,
        mean: &[E],
        rstd: &[E],
        part: Range<usize>,
        dweight: &mut [E],
        dbias: &mut [E],
    ) {
        let along = view.inner == 1 && view.groups == channels;
        let mut left = 0;
        while left < channels {
            // A tile does not leave its group.
            let border = if along { channels } else { (left / view.inner + 1) * view.inner };
            let width = TILE.min(channels - left).min(border - left);
            let (mut by_x, mut plain) = ([E::ZERO; TILE], [E::ZERO; TILE]);
            let (mut centre, mut scale) = ([E::ZERO; TILE], [E::ZERO; TILE]);
            if along {
                scale[..width].copy_from_slice(&rstd[left..][..width]);
                if !mean.is_empty() {
                    centre[..width].copy_from_slice(&mean[left..][..width]);
                }
            }
            for block in part.clone().step_by(BLOCK) {
                let (mut block_x, mut block_plain) = ([E::ZERO; TILE], [E::ZERO; TILE]);
                for row in block..(block + BLOCK).min(part.end) {
                    let at = row * channels + left;
                    if !along {
                        let group = at / view.inner % view.groups;
                        centre = [mean.get(group).copied().unwrap_or(E::ZERO); TILE];
                        scale = [rstd[group]; TILE];
                    }
                    let mut add = |i: usize, x: E, dy: E| {
                        block_x[i] += dy * ((x - centre[i]) * scale[i]);
                        block_plain[i] += dy;
                    };
                    let (x, dy) = (&x[at..][..width], &dy[at..][..width]);
                    // A whole tile has a length known in advance, so its sums stay in registers.
                    if let (Ok(x), Ok(dy)) = (<&[E; TILE]>::try_from(x), <&[E; TILE]>::try_from(dy))
                    {
                        (0..TILE).for_each(|i| add(i, x[i], dy[i]));
                    } else {
                        (0..width).for_each(|i| add(i, x[i], dy[i]));
                    }
                }
                for i in 0..TILE {
                    by_x[i] += block_x[i];
                    plain[i] += block_plain[i];
                }
            }
            dweight[left..][..width].copy_from_slice(&by_x[..width]);
            dbias[left..][..width].copy_from_slice(&plain[..width]);
            left += width;
        }
    }
}

/// Gradients of the weight and the bias: the sums over each channel of dy · (x − mean) · rstd, and of dy.
#[allow(clippy::too_many_arguments)]
pub fn sums<E: Element>(
    x: &[E],
    dy: &[E],
    view: View,
    affine: Affine,
    mean: &[E],
    rstd: &[E],
    dweight: &mut [E],
    dbias: &mut [E],
) {
    assert!(x.len() == view.len() && dy.len() == x.len() && rstd.len() == view.groups);
    if x.is_empty() {
        dweight.fill(E::ZERO);
        return dbias.fill(E::ZERO);
    }
    let Affine { channels, span } = affine;
    let repeats = x.len() / (channels * span);
    let part = |part: Range<usize>, sums: &mut [E]| {
        let (dweight, dbias) = sums.split_at_mut(channels);
        if span > 1 {
            sum_runs(x, dy, view, affine, mean, rstd, part, dweight, dbias);
        } else {
            sum_columns(x, dy, view, channels, mean, rstd, part, dweight, dbias);
        }
    };
    in_parts(repeats, channels * span, 2 * channels, part, |parts, _| {
        let mut parts = parts.chunks_exact(2 * channels);
        let first = parts.next().unwrap_or_default();
        dweight.copy_from_slice(&first[..channels]);
        dbias.copy_from_slice(&first[channels..]);
        for part in parts {
            let sums = dweight.iter_mut().chain(&mut *dbias);
            sums.zip(part).for_each(|(sum, &part)| *sum += part);
        }
    });
}

simd! { narrow
    fn rows[E: Element](
        x: &[E],
        dy: &[E],
        first: usize,
        n: usize,
        affine: Affine,
        mean: &[E],
        rstd: &[E],
        weight: &[E],
        dx: &mut [E],
    ) {
        let count = E::from_usize(n);
        let slices = x.chunks_exact(n).zip(dy.chunks_exact(n)).zip(dx.chunks_exact_mut(n));
        for (i, ((x, dy), dx)) in slices.enumerate() {
            let (start, rstd) = ((first + i) * n, rstd[first + i]);
            let channel = start / affine.span % affine.channels;
            // dx holds the gradient of the normalised value until the sums are known.
            if weight.is_empty() {
                dx.copy_from_slice(dy);
            } else if affine.span == 1 {
                let period = affine.channels.min(n);
                for (dx, dy) in dx.chunks_exact_mut(period).zip(dy.chunks_exact(period)) {
                    for ((dx, &dy), &w) in dx.iter_mut().zip(dy).zip(&weight[channel..]) {
                        *dx = dy * w;
                    }
                }
            } else {
                let span = affine.span.min(n);
                let spans = dx.chunks_exact_mut(span).zip(dy.chunks_exact(span));
                for (k, (dx, dy)) in spans.enumerate() {
                    let w = weight[(channel + k) % affine.channels];
                    for (dx, &dy) in dx.iter_mut().zip(dy) {
                        *dx = dy * w;
                    }
                }
            }
            let centre = mean.get(first + i).copied().unwrap_or(E::ZERO);
            let d = &*dx;
            let by_x = sum_by(x, d, |x, d| d * (x - centre)) * rstd / count;
            let plain = if mean.is_empty() { E::ZERO } else { run_inline::<E, Sum>(d) / count };
            for (dx, &x) in dx.iter_mut().zip(x) {
                *dx = rstd * (*dx - plain - (x - centre) * rstd * by_x);
            }
        }
    }
}

/// The gradient of the argument, through the statistics, where groups are rows (`outer` is 1).
#[allow(clippy::too_many_arguments)]
pub fn gradient_rows<E: Element>(
    x: &[E],
    dy: &[E],
    view: View,
    affine: Affine,
    mean: &[E],
    rstd: &[E],
    weight: &[E],
    dx: &mut [E],
) {
    assert!(view.outer == 1 && x.len() == view.len() && rstd.len() == view.groups);
    assert!(dy.len() == x.len() && dx.len() == x.len());
    let n = view.inner;
    share_rows(dx, n, n, |first, dx| {
        let (x, dy) = (&x[first * n..][..dx.len()], &dy[first * n..][..dx.len()]);
        rows(x, dy, first, n, affine, mean, rstd, weight, dx);
    });
}

simd! { narrow
    fn batch[E: Element](
        x: &[E],
        dy: &[E],
        first: usize,
        view: View,
        mean: &[E],
        rstd: &[E],
        weight: &[E],
        dweight: &[E],
        dbias: &[E],
        dx: &mut [E],
    ) {
        let n = view.inner;
        let count = E::from_usize(view.per_group());
        let of = |group: usize| {
            let scale = rstd[group] * weight.get(group).copied().unwrap_or(E::ONE);
            let centre = mean.get(group).copied().unwrap_or(E::ZERO);
            let plain = if mean.is_empty() { E::ZERO } else { dbias[group] / count };
            (scale, centre, plain, rstd[group] * (dweight[group] / count))
        };
        if n == 1 {
            // Columns in tiles, so that what belongs to a column is worked out once.
            let groups = view.groups;
            for left in (0..groups).step_by(TILE) {
                let width = TILE.min(groups - left);
                let (mut scale, mut centre) = ([E::ZERO; TILE], [E::ZERO; TILE]);
                let (mut plain, mut by_x) = ([E::ZERO; TILE], [E::ZERO; TILE]);
                for i in 0..width {
                    (scale[i], centre[i], plain[i], by_x[i]) = of(left + i);
                }
                let rows = x.chunks_exact(groups).zip(dy.chunks_exact(groups));
                for ((x, dy), dx) in rows.zip(dx.chunks_exact_mut(groups)) {
                    let (x, dy) = (&x[left..][..width], &dy[left..][..width]);
                    let dx = &mut dx[left..][..width];
                    for i in 0..width {
                        dx[i] = scale[i] * (dy[i] - plain[i] - (x[i] - centre[i]) * by_x[i]);
                    }
                }
            }
            return;
        }
        let slices = x.chunks_exact(n).zip(dy.chunks_exact(n)).zip(dx.chunks_exact_mut(n));
        for (i, ((x, dy), dx)) in slices.enumerate() {
            let (scale, centre, plain, by_x) = of((first + i) % view.groups);
            for ((dx, &x), &dy) in dx.iter_mut().zip(x).zip(dy) {
                *dx = scale * (dy - plain - (x - centre) * by_x);
            }
        }
    }
}

/// The gradient of the argument, through the statistics, where each group has one weight (batch
/// normalisation). `dweight` and `dbias` are what [`sums`] gave: the gradient needs them even where
/// there is no weight.
#[allow(clippy::too_many_arguments)]
pub fn gradient_batch<E: Element>(
    x: &[E],
    dy: &[E],
    view: View,
    mean: &[E],
    rstd: &[E],
    weight: &[E],
    dweight: &[E],
    dbias: &[E],
    dx: &mut [E],
) {
    assert!(x.len() == view.len() && dy.len() == x.len() && dx.len() == x.len());
    assert!(rstd.len() == view.groups && dweight.len() == view.groups);
    let row = if view.inner == 1 {
        view.groups
    } else {
        view.inner
    };
    share_rows(dx, row, row, |first, dx| {
        let (x, dy) = (
            &x[first * row..][..dx.len()],
            &dy[first * row..][..dx.len()],
        );
        batch(x, dy, first, view, mean, rstd, weight, dweight, dbias, dx);
    });
}
