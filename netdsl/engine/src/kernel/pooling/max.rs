//! Maximum pooling: the first of equal maxima counts, and NaN above all.

use super::{AdaptiveSizes, PoolSizes, Windows, each, fold_windows, halve};
use crate::Element;
use crate::kernel::reduce::Max;
use crate::kernel::simd::simd;
use crate::kernel::{count, share_rows};

/// Where in a plane the greatest element of a window is.
#[inline(always)]
fn winner<E: Element>(x: &[E], sizes: &impl Windows, at: [usize; 3]) -> usize {
    let ([_, height, width], [d, h, w]) = (sizes.input(), sizes.windows(at));
    let mut best = (d.start * height + h.start) * width + w.start;
    let mut most = E::NEG_INFINITY;
    for d in d.positions() {
        for h in h.positions() {
            let row = (d * height + h) * width;
            for w in w.positions() {
                let value = x[row + w];
                if value > most || value.is_nan() {
                    (most, best) = (value, row + w);
                }
            }
        }
    }
    best
}

simd! { narrow
    /// Lets every `step`th of `x`, the first of them at `start` of its plane, challenge the
    /// greatest so far.
    fn challenge[E: Element](x: &[E], start: usize, step: usize, most: &mut [E], best: &mut [u32]) {
        for (i, (most, best)) in most.iter_mut().zip(best).enumerate() {
            let value = x[i * step];
            let wins = value > *most || value.is_nan();
            *most = if wins { value } else { *most };
            *best = if wins { (start + i * step) as u32 } else { *best };
        }
    }
}

/// Results of one row whose winners are found together.
const TILE: usize = 64;

/// Calls `body` with [`winner`] for each position of the result, in order.
fn each_winner<E: Element>(x: &[E], sizes: &impl Windows, mut body: impl FnMut(usize)) {
    let Some(&regular) = sizes.regular() else {
        return each(sizes.output(), |at| body(winner(x, sizes, at)));
    };
    let PoolSizes {
        input: [_, height, width],
        output,
        stride,
        padding,
        ..
    } = regular;
    let (stride, padding) = (stride[2], padding[2]);
    each(
        [output[0], output[1], output[2].div_ceil(TILE)],
        |[z, y, tile]| {
            let left = tile * TILE;
            let right = (left + TILE).min(output[2]);
            let (d, h) = (regular.window(0, z), regular.window(1, y));
            let (mut most, mut best) = ([E::NEG_INFINITY; TILE], [0; TILE]);
            for (column, best) in (left..right).zip(&mut best) {
                let first = (d.start * height + h.start) * width;
                *best = (first + regular.window(2, column).start) as u32;
            }
            for d in d.positions() {
                for h in h.positions() {
                    for at in (0..regular.kernel[2]).map(|k| k * regular.dilation[2]) {
                        let first = padding.saturating_sub(at).div_ceil(stride).max(left);
                        let end = (width + padding)
                            .saturating_sub(at)
                            .div_ceil(stride)
                            .min(right);
                        if first < end {
                            let start = (d * height + h) * width + first * stride + at - padding;
                            let tile = first - left..end - left;
                            let most = &mut most[tile.clone()];
                            challenge(&x[start..], start, stride, most, &mut best[tile]);
                        }
                    }
                }
            }
            best[..right - left]
                .iter()
                .for_each(|&best| body(best as usize));
        },
    );
}

/// Splits `y`, one plane of `out` elements after another, among threads.
fn per_plane<E: Element>(
    sizes: &impl Windows,
    y: &mut [E],
    out: usize,
    body: impl Fn(usize, &mut [E]) + Sync,
) {
    assert_eq!(y.len(), sizes.planes() * out);
    let work = count(&sizes.output()) * sizes.volume();
    share_rows(y, out, work.max(out), |first, y| {
        for (i, y) in y.chunks_exact_mut(out).enumerate() {
            body(first + i, y);
        }
    });
}

/// The greatest element of each window.
pub fn max_pool<E: Element>(x: &[E], sizes: &PoolSizes, y: &mut [E]) {
    let (input, output) = (count(&sizes.input), count(&sizes.output));
    assert_eq!(x.len(), sizes.planes * input);
    let ([_, height, width], [_, out_height, out_width]) = (sizes.input, sizes.output);
    per_plane(sizes, y, output, |plane, y| {
        let x = &x[plane * input..][..input];
        if sizes.halves() {
            let planes = x.chunks_exact(height * width);
            for (x, y) in planes.zip(y.chunks_exact_mut(out_height * out_width)) {
                halve::values(x, y, width, out_width);
            }
            return;
        }
        fold_windows::<E, Max>(x, sizes, y);
    });
}

/// Where the greatest element of each window is: its index within its spatial plane.
pub fn max_pool_indices<E: Element>(x: &[E], sizes: &PoolSizes, indices: &mut [E]) {
    winners(x, sizes, indices);
}

/// The gradient of [`max_pool`], which finds the greatest elements again.
pub fn max_pool_gradient<E: Element>(x: &[E], dy: &[E], sizes: &PoolSizes, dx: &mut [E]) {
    scatter(x, dy, sizes, dx);
}

/// The greatest element of each window, the windows sharing the argument out evenly.
pub fn adaptive_max_pool<E: Element>(x: &[E], sizes: &AdaptiveSizes, y: &mut [E]) {
    let (input, output) = (count(&sizes.input), count(&sizes.output));
    assert_eq!(x.len(), sizes.planes * input);
    per_plane(sizes, y, output, |plane, y| {
        let (x, mut y) = (&x[plane * input..][..input], y.iter_mut());
        each(sizes.output, |at| {
            if let Some(y) = y.next() {
                *y = x[winner(x, sizes, at)];
            }
        });
    });
}

/// Where the results of [`adaptive_max_pool`] are within their spatial planes.
pub fn adaptive_max_pool_indices<E: Element>(x: &[E], sizes: &AdaptiveSizes, indices: &mut [E]) {
    winners(x, sizes, indices);
}

/// The gradient of [`adaptive_max_pool`].
pub fn adaptive_max_pool_gradient<E: Element>(
    x: &[E],
    dy: &[E],
    sizes: &AdaptiveSizes,
    dx: &mut [E],
) {
    scatter(x, dy, sizes, dx);
}

fn winners<E: Element>(x: &[E], sizes: &impl Windows, indices: &mut [E]) {
    let (input, output) = (count(&sizes.input()), count(&sizes.output()));
    assert_eq!(x.len(), sizes.planes() * input);
    per_plane(sizes, indices, output, |plane, indices| {
        let (x, mut indices) = (&x[plane * input..][..input], indices.iter_mut());
        each_winner(x, sizes, |at| {
            if let Some(index) = indices.next() {
                *index = E::from_usize(at);
            }
        });
    });
}

fn scatter<E: Element>(x: &[E], dy: &[E], sizes: &impl Windows, dx: &mut [E]) {
    let (input, output) = (count(&sizes.input()), count(&sizes.output()));
    assert!(x.len() == sizes.planes() * input && dy.len() == sizes.planes() * output);
    let ([_, height, width], [_, out_height, out_width]) = (sizes.input(), sizes.output());
    per_plane(sizes, dx, input, |plane, dx| {
        let (x, dy) = (
            &x[plane * input..][..input],
            &dy[plane * output..][..output],
        );
        // The fast path writes all but an odd last row or column.
        let halves = sizes.halves();
        if !halves || height % 2 == 1 || width % 2 == 1 || out_height * 2 < height {
            dx.fill(E::ZERO);
        }
        if halves {
            let planes = x
                .chunks_exact(height * width)
                .zip(dx.chunks_exact_mut(height * width));
            for ((x, dx), dy) in planes.zip(dy.chunks_exact(out_height * out_width)) {
                E::halve_gradient(x, dy, dx, width, out_width);
            }
            return;
        }
        let mut dy = dy.iter();
        each_winner(x, sizes, |at| {
            if let Some(&dy) = dy.next() {
                dx[at] += dy;
            }
        });
    });
}

#[cfg(test)]
mod tests {
    use super::super::tests::cases;
    use super::*;
    use crate::kernel::testing::{assert_gradient, numbers};

    fn check<W: Windows>(
        sizes: &W,
        pool: fn(&[f64], &W, &mut [f64]),
        gradient: fn(&[f64], &[f64], &W, &mut [f64]),
    ) {
        let n = sizes.planes() * count(&sizes.output());
        let plane = count(&sizes.input());
        let x = numbers::<f64>(sizes.planes() * plane, 1);
        let (mut y, mut indices) = (vec![f64::NAN; n], vec![f64::NAN; n]);
        pool(&x, sizes, &mut y);
        winners(&x, sizes, &mut indices);
        for (i, (&y, &index)) in y.iter().zip(&indices).enumerate() {
            assert_eq!(y, x[i / (n / sizes.planes()) * plane + index as usize]);
        }
        let mut found = indices.iter();
        for x in x.chunks_exact(plane) {
            each(sizes.output(), |at| {
                assert_eq!(
                    found.next().map(|at| *at as usize),
                    Some(winner(x, sizes, at))
                );
            });
        }
        let mut at = 0;
        for plane in x.chunks_exact(plane) {
            each(sizes.output(), |position| {
                let [d, h, w] = sizes.windows(position);
                let [_, height, width] = sizes.input();
                let mut most = f64::NEG_INFINITY;
                for d in d.positions() {
                    for h in h.positions() {
                        for w in w.positions() {
                            most = most.max(plane[(d * height + h) * width + w]);
                        }
                    }
                }
                assert_eq!(y[at], most);
                at += 1;
            });
        }
        let (dy, mut dx) = (numbers::<f64>(n, 2), vec![f64::NAN; x.len()]);
        gradient(&x, &dy, sizes, &mut dx);
        assert_gradient(&x, &dy, &dx, |x, y| pool(x, sizes, y));
    }

    #[test]
    fn values_and_gradients_match_the_definition() {
        for sizes in cases() {
            check(&sizes, max_pool, max_pool_gradient);
        }
        for (input, output) in [
            ([1, 7, 5], [1, 3, 2]),
            ([1, 1, 5], [1, 1, 8]),
            ([4, 3, 6], [2, 3, 1]),
            ([1; 3], [1; 3]),
        ] {
            let sizes = AdaptiveSizes {
                planes: 2,
                input,
                output,
            };
            check(&sizes, adaptive_max_pool, adaptive_max_pool_gradient);
        }
    }

    #[test]
    fn the_first_of_equals_and_nan_win() {
        let sizes = cases()[0];
        let mut x = [1.0f32; 48];
        x[3] = f32::NAN;
        let (mut y, mut dx, mut indices) = ([0.0; 12], [9.0; 48], [0.0; 12]);
        max_pool(&x, &sizes, &mut y);
        assert!(y[0] == 1.0 && y[1].is_nan());
        max_pool_gradient(&x, &[1.0; 12], &sizes, &mut dx);
        assert_eq!(dx[..12], [1., 0., 0., 1., 1., 0., 0., 0., 0., 0., 0., 0.]);
        max_pool_indices(&[f32::NEG_INFINITY; 48], &sizes, &mut indices);
        assert_eq!(indices[..6], [0.0, 2.0, 4.0, 12.0, 14.0, 16.0]);
    }
}
