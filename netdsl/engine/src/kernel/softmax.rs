//! Softmax and its logarithm along one axis, and their gradients.
//!
//! An array is seen as (outer, size, inner) with the softmax along the middle. As in PyTorch, a
//! slice of only negative infinities gives NaN, and single ones give probability 0.

use super::reduce::{MaxNumber, ROWS, Sum, rows_together, run_inline, run_rows};
use super::share_rows;
use super::simd::simd;
use crate::Element;

/// Columns done together when the axis is not the last.
const TILE: usize = 64;

/// Independent partial sums in a product of rows.
const LANES: usize = 16;

/// The sum of products.
#[inline(always)]
fn dot<E: Element>(a: &[E], b: &[E]) -> E {
    let (a_parts, a_rest) = a.as_chunks::<LANES>();
    let (b_parts, b_rest) = b.as_chunks::<LANES>();
    let mut lanes = [E::ZERO; LANES];
    for (a, b) in a_parts.iter().zip(b_parts) {
        for i in 0..LANES {
            lanes[i] += a[i] * b[i];
        }
    }
    let rest = a_rest
        .iter()
        .zip(b_rest)
        .fold(E::ZERO, |sum, (&a, &b)| sum + a * b);
    if a_parts.is_empty() {
        rest
    } else {
        rest + lanes.into_iter().sum()
    }
}

/// Takes a number from each row, scaled.
#[inline(always)]
fn shift<E: Element>(x: &[E], scale: E, by: &[E], y: &mut [E], n: usize) {
    for ((x, y), &by) in x.chunks_exact(n).zip(y.chunks_exact_mut(n)).zip(by) {
        for (y, &x) in y.iter_mut().zip(x) {
            *y = x * scale - by;
        }
    }
}

// A NaN need not be the greatest element: its own power is one, and so is the sum.

simd! {
    fn rows[E: Element](log: bool, x: &[E], scale: E, y: &mut [E], n: usize) {
        let together = rows_together(n) * n;
        let (none, mut most, mut sums) = ([E::ZERO; ROWS], [E::ZERO; ROWS], [E::ZERO; ROWS]);
        for (x, y) in x.chunks(together).zip(y.chunks_mut(together)) {
            let rows = x.len() / n;
            let (most, sums) = (&mut most[..rows], &mut sums[..rows]);
            run_rows::<E, MaxNumber>(x, n, &none, |x, _| x * scale, most);
            shift(x, scale, most, y, n);
            // As one row: those of a few elements would not fill a vector.
            for y in y.iter_mut() {
                *y = y.exp();
            }
            run_rows::<E, Sum>(y, n, &none, |y, _| y, sums);
            if log {
                shift(x, scale, most, y, n);
            }
            for (y, &sum) in y.chunks_exact_mut(n).zip(&*sums) {
                if log {
                    let sum = sum.ln();
                    y.iter_mut().for_each(|y| *y -= sum);
                } else {
                    let scale = E::ONE / sum;
                    y.iter_mut().for_each(|y| *y *= scale);
                }
            }
        }
    }
}

simd! {
    fn columns[E: Element](
        log: bool,
        x: &[E],
        scale: E,
        y: &mut [E],
        size: usize,
        inner: usize,
    ) {
        for (x, y) in x.chunks_exact(size * inner).zip(y.chunks_exact_mut(size * inner)) {
            for left in (0..inner).step_by(TILE) {
                let width = TILE.min(inner - left);
                let (mut most, mut sum) = ([E::NEG_INFINITY; TILE], [E::ZERO; TILE]);
                let (most, sum) = (&mut most[..width], &mut sum[..width]);
                for x in x.chunks_exact(inner) {
                    for (most, &x) in most.iter_mut().zip(&x[left..]) {
                        let x = x * scale;
                        *most = if x > *most { x } else { *most };
                    }
                }
                for (x, y) in x.chunks_exact(inner).zip(y.chunks_exact_mut(inner)) {
                    let (x, y) = (&x[left..][..width], &mut y[left..][..width]);
                    for i in 0..width {
                        y[i] = (x[i] * scale - most[i]).exp();
                        sum[i] += y[i];
                    }
                }
                for sum in sum.iter_mut() {
                    *sum = if log { sum.ln() } else { E::ONE / *sum };
                }
                for (x, y) in x.chunks_exact(inner).zip(y.chunks_exact_mut(inner)) {
                    let (x, y) = (&x[left..][..width], &mut y[left..][..width]);
                    for i in 0..width {
                        y[i] = if log { (x[i] * scale - most[i]) - sum[i] } else { y[i] * sum[i] };
                    }
                }
            }
        }
    }
}

simd! {
    fn gradient_rows[E: Element](log: bool, y: &[E], dy: &[E], dx: &mut [E], n: usize) {
        let slices = y.chunks_exact(n).zip(dy.chunks_exact(n)).zip(dx.chunks_exact_mut(n));
        for ((y, dy), dx) in slices {
            if log {
                let sum = run_inline::<E, Sum>(dy);
                for ((dx, &y), &dy) in dx.iter_mut().zip(y).zip(dy) {
                    *dx = dy - y.exp() * sum;
                }
            } else {
                let sum = dot(y, dy);
                for ((dx, &y), &dy) in dx.iter_mut().zip(y).zip(dy) {
                    *dx = y * (dy - sum);
                }
            }
        }
    }
}

simd! { narrow
    fn gradient_columns[E: Element](
        log: bool,
        y: &[E],
        dy: &[E],
        dx: &mut [E],
        size: usize,
        inner: usize,
    ) {
        let n = size * inner;
        let slices = y.chunks_exact(n).zip(dy.chunks_exact(n)).zip(dx.chunks_exact_mut(n));
        for ((y, dy), dx) in slices {
            for left in (0..inner).step_by(TILE) {
                let width = TILE.min(inner - left);
                let mut sum = [E::ZERO; TILE];
                let sum = &mut sum[..width];
                for at in (left..n).step_by(inner) {
                    let (y, dy) = (&y[at..][..width], &dy[at..][..width]);
                    for i in 0..width {
                        sum[i] += if log { dy[i] } else { y[i] * dy[i] };
                    }
                }
                for at in (left..n).step_by(inner) {
                    let (y, dy) = (&y[at..][..width], &dy[at..][..width]);
                    let dx = &mut dx[at..][..width];
                    if log {
                        for i in 0..width {
                            dx[i] = dy[i] - y[i].exp() * sum[i];
                        }
                    } else {
                        for i in 0..width {
                            dx[i] = y[i] * (dy[i] - sum[i]);
                        }
                    }
                }
            }
        }
    }
}

/// How many plain elements an exponential costs, for deciding whether to share work out.
const WEIGHT: usize = 4;

fn apply<E: Element>(log: bool, x: &[E], scale: E, shape: (usize, usize, usize), y: &mut [E]) {
    let (outer, size, inner) = shape;
    let n = size * inner;
    assert!(x.len() == outer * n && y.len() == x.len());
    share_rows(y, n, n * WEIGHT, |first, y| {
        let x = &x[first * n..][..y.len()];
        match inner {
            1 => rows(log, x, scale, y, size),
            _ => columns(log, x, scale, y, size, inner),
        }
    });
}

fn differentiate<E: Element>(
    log: bool,
    y: &[E],
    dy: &[E],
    shape: (usize, usize, usize),
    dx: &mut [E],
) {
    let (outer, size, inner) = shape;
    let n = size * inner;
    assert!(dx.len() == outer * n && y.len() == dx.len() && dy.len() == dx.len());
    share_rows(dx, n, n, |first, dx| {
        let (y, dy) = (&y[first * n..][..dx.len()], &dy[first * n..][..dx.len()]);
        if inner == 1 {
            gradient_rows(log, y, dy, dx, size);
        } else {
            gradient_columns(log, y, dy, dx, size, inner);
        }
    });
}

/// Softmax of x · scale along the middle axis of (outer, size, inner).
pub fn softmax<E: Element>(x: &[E], scale: E, shape: (usize, usize, usize), y: &mut [E]) {
    apply(false, x, scale, shape, y);
}

/// The logarithm of [`softmax`], of x itself.
pub fn log_softmax<E: Element>(x: &[E], shape: (usize, usize, usize), y: &mut [E]) {
    apply(true, x, E::ONE, shape, y);
}

/// The gradient of [`softmax`] by x · scale, from its result.
pub fn softmax_gradient<E: Element>(y: &[E], dy: &[E], shape: (usize, usize, usize), dx: &mut [E]) {
    differentiate(false, y, dy, shape, dx);
}

/// The gradient of [`log_softmax`], from its result.
pub fn log_softmax_gradient<E: Element>(
    y: &[E],
    dy: &[E],
    shape: (usize, usize, usize),
    dx: &mut [E],
) {
    differentiate(true, y, dy, shape, dx);
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_close, assert_gradient, numbers};
    use super::*;

    const SHAPES: [(usize, usize, usize); 11] = [
        (0, 3, 1),
        (2, 3, 0),
        (1, 1, 1),
        (3, 10, 1),
        (2, 35, 1),
        (2, 100, 1),
        (33, 50, 1),
        (3, 2500, 1),
        (2, 3, 7),
        (1, 5, 70),
        (3, 1, 2),
    ];

    #[test]
    fn values_and_gradients_match_the_definitions() {
        for shape @ (outer, size, inner) in SHAPES {
            let n = outer * size * inner;
            let x: Vec<f64> = numbers(n, 1).iter().map(|x: &f64| x * 9.0).collect();
            let (mut y, mut z) = (vec![0.0; n], vec![0.0; n]);
            softmax(&x, 1.0, shape, &mut y);
            log_softmax(&x, shape, &mut z);
            let group = |i: usize| {
                (0..size).map(move |k| i / (size * inner) * size * inner + k * inner + i % inner)
            };
            let want = |i: usize| x[i].exp() / group(i).map(|at| x[at].exp()).sum::<f64>();
            let want: Vec<f64> = (0..n).map(want).collect();
            assert_close(&y, &want, 1e-14);
            assert_close(&z, &want.iter().map(|y| y.ln()).collect::<Vec<_>>(), 1e-13);

            if size > 1000 {
                continue; // differences of sums of so many terms tell little
            }
            let (dy, mut dx) = (numbers::<f64>(n, 2), vec![0.0; n]);
            softmax_gradient(&y, &dy, shape, &mut dx);
            assert_gradient(&x, &dy, &dx, |x, y| softmax(x, 1.0, shape, y));
            log_softmax_gradient(&z, &dy, shape, &mut dx);
            assert_gradient(&x, &dy, &dx, |x, y| log_softmax(x, shape, y));
        }
    }

    #[test]
    fn a_scale_is_that_of_the_argument() {
        for shape @ (outer, size, inner) in SHAPES {
            let x = numbers::<f32>(outer * size * inner, 3);
            let (mut y, mut want) = (vec![0.0; x.len()], vec![0.0; x.len()]);
            for scale in [0.3, -7.0] {
                let scaled: Vec<f32> = x.iter().map(|x| x * scale).collect();
                softmax(&scaled, 1.0, shape, &mut want);
                softmax(&x, scale, shape, &mut y);
                assert_eq!(y, want);
            }
        }
    }

    #[test]
    fn infinities_are_as_in_pytorch() {
        let low = f32::NEG_INFINITY;
        let mut y = [0.0; 4];
        softmax(&[low, 1000.0, low, 1000.0], 1.0, (1, 4, 1), &mut y);
        assert_eq!(y, [0.0, 0.5, 0.0, 0.5]);
        softmax(&[low, 1000.0, low, 1000.0], 1.0, (1, 2, 2), &mut y);
        assert!(y[0].is_nan() && y[1] == 0.5 && y[2].is_nan() && y[3] == 0.5);
        log_softmax(&[low, 0.0, low, low], (2, 2, 1), &mut y);
        assert!(y[..2] == [low, 0.0] && y[2].is_nan() && y[3].is_nan());
    }
}
