//! Reductions over any set of axes.
//!
//! Sums are blocked: partial sums of at most some dozens of terms are summed in turn, so rounding
//! errors grow far slower than with one running sum.

mod fold;

pub(crate) use fold::{
    Fold, Max, MaxNumber, ROWS, Sum, join_lanes, lanes_by, rows_together, run_inline, run_rows,
};

use fold::{Min, fold, run};

use super::binary::broadcast_strides;
use super::{MAX_RANK, count, movement, share_rows};
use crate::Element;

/// What to make of the elements along the axes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reduce {
    /// The sum; 0 of none.
    Sum,
    /// The mean; NaN of none.
    Mean,
    /// The greatest, NaN if any is; negative infinity of none.
    Max,
    /// The least, NaN if any is; infinity of none.
    Min,
}

/// Reduces `axes` (bit i for axis i) of a dense array; `y` holds the other axes in order.
pub fn reduce<E: Element>(op: Reduce, x: &[E], shape: &[usize], axes: u32, y: &mut [E]) {
    let kept = shape
        .iter()
        .enumerate()
        .filter(|(axis, _)| axes >> axis & 1 == 0);
    assert!(shape.len() <= MAX_RANK && x.len() == count(shape));
    assert_eq!(y.len(), kept.map(|(_, size)| size).product::<usize>());
    match op {
        Reduce::Sum => fold::<E, Sum>(x, shape, axes, y),
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
                for op in [Reduce::Sum, Reduce::Mean, Reduce::Max, Reduce::Min] {
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
