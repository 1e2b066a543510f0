//! Moving elements without computing: permuting, cutting, joining, padding and flipping.

use super::{GRAIN, MAX_RANK, count, share_rows};
use crate::Element;

/// Side of the square tiles a transpose goes by: both of a tile's sides stay in the first-level
/// cache, whichever way they are walked.
const TILE: usize = 16;

/// `y` becomes the dense array of `shape` whose element at an index is found in `x` at the sum of
/// indices times `strides`.
pub fn copy_strided<E: Element>(x: &[E], strides: &[usize], y: &mut [E], shape: &[usize]) {
    copy_signed(x, 0, &strides_signed(strides)[..strides.len()], y, shape);
}

fn strides_signed(strides: &[usize]) -> [isize; MAX_RANK] {
    let mut signed = [0; MAX_RANK];
    for (to, &from) in signed.iter_mut().zip(strides) {
        *to = from as isize;
    }
    signed
}

/// The strides of a dense array.
fn dense(shape: &[usize]) -> [isize; MAX_RANK] {
    assert!(shape.len() <= MAX_RANK);
    let (mut strides, mut step) = ([0; MAX_RANK], 1);
    for (axis, &size) in shape.iter().enumerate().rev() {
        strides[axis] = step;
        step *= size as isize;
    }
    strides
}

/// [`copy_strided`] from an origin, with strides that may be negative.
fn copy_signed<E: Element>(
    x: &[E],
    origin: usize,
    strides: &[isize],
    y: &mut [E],
    shape: &[usize],
) {
    assert!(strides.len() == shape.len() && y.len() == count(shape));
    if y.is_empty() {
        return;
    }
    // Merge axes that run on into one another.
    let (mut rank, mut sizes, mut steps) = (0, [1; MAX_RANK], [0; MAX_RANK]);
    for (&size, &step) in shape.iter().zip(strides).filter(|(size, _)| **size != 1) {
        if rank > 0 && steps[rank - 1] == size as isize * step {
            (sizes[rank - 1], steps[rank - 1]) = (sizes[rank - 1] * size, step);
        } else {
            (sizes[rank], steps[rank]) = (size, step);
            rank += 1;
        }
    }
    let rank = rank.max(1);
    let (n, step) = (sizes[rank - 1], steps[rank - 1]);
    let start = |mut row: usize| {
        let mut at = origin as isize;
        for axis in (0..rank - 1).rev() {
            at += (row % sizes[axis]) as isize * steps[axis];
            row /= sizes[axis];
        }
        at
    };
    // A transpose: the axis before the last is the one `x` is contiguous along.
    if rank >= 2 && steps[rank - 2] == 1 && step > 1 {
        let (rows, step) = (sizes[rank - 2], step as usize);
        let plane = rows * n;
        if y.len() == plane {
            let x = &x[start(0) as usize..];
            return share_rows(y, TILE * n, TILE * n, |first, y| {
                transpose(x, first * TILE, step, y, n);
            });
        }
        return share_rows(y, plane, plane, |first, y| {
            for (i, y) in y.chunks_exact_mut(plane).enumerate() {
                transpose(&x[start((first + i) * rows) as usize..], 0, step, y, n);
            }
        });
    }
    let unit = if n < GRAIN { n } else { 1 };
    share_rows(y, unit, unit, |first, y| {
        let (mut at, mut y) = (first * unit, y);
        while !y.is_empty() {
            let (row, column) = (at / n, at % n);
            let take = (n - column).min(y.len());
            let (now, rest) = y.split_at_mut(take);
            let from = start(row) + column as isize * step;
            match step {
                1 => now.copy_from_slice(&x[from as usize..][..take]),
                0 => now.fill(x[from as usize]),
                _ => {
                    for (i, y) in now.iter_mut().enumerate() {
                        *y = x[(from + i as isize * step) as usize];
                    }
                }
            }
            (at, y) = (at + take, rest);
        }
    });
}

/// Rows of `n` from `first` on: the element in row r, column c is at `r + c step` in `x`.
fn transpose<E: Element>(x: &[E], first: usize, step: usize, y: &mut [E], n: usize) {
    let rows = y.len() / n;
    for top in (0..rows).step_by(TILE) {
        let bottom = (top + TILE).min(rows);
        for left in (0..n).step_by(TILE) {
            let right = (left + TILE).min(n);
            for row in top..bottom {
                let to = &mut y[row * n + left..row * n + right];
                let from = &x[first + row + left * step..];
                for (y, x) in to.iter_mut().zip(from.iter().step_by(step)) {
                    *y = *x;
                }
            }
        }
    }
}

/// `y` has axis `order[i]` of the dense `x` as its axis i.
pub fn permute<E: Element>(x: &[E], x_shape: &[usize], order: &[usize], y: &mut [E]) {
    assert!(x.len() == count(x_shape) && order.len() == x_shape.len());
    let from = dense(x_shape);
    let (mut shape, mut strides) = ([0; MAX_RANK], [0; MAX_RANK]);
    for (i, &axis) in order.iter().enumerate() {
        (shape[i], strides[i]) = (x_shape[axis], from[axis]);
    }
    copy_signed(x, 0, &strides[..order.len()], y, &shape[..order.len()]);
}

/// Every `step`th position of `axis` from `start` on, `length` of them.
pub fn slice<E: Element>(
    x: &[E],
    x_shape: &[usize],
    axis: usize,
    start: usize,
    step: usize,
    length: usize,
    y: &mut [E],
) {
    assert_eq!(x.len(), count(x_shape));
    assert!(length == 0 || start + (length - 1) * step < x_shape[axis]);
    let (mut shape, mut strides) = ([0; MAX_RANK], dense(x_shape));
    let rank = x_shape.len();
    shape[..rank].copy_from_slice(x_shape);
    shape[axis] = length;
    let origin = start * strides[axis] as usize;
    strides[axis] *= step as isize;
    copy_signed(x, origin, &strides[..rank], y, &shape[..rank]);
}

/// The gradient of [`slice()`]: `dx` is `dy` at the positions taken and 0 elsewhere.
pub fn slice_gradient<E: Element>(
    dy: &[E],
    x_shape: &[usize],
    axis: usize,
    start: usize,
    step: usize,
    length: usize,
    dx: &mut [E],
) {
    let (size, inner) = (x_shape[axis], count(&x_shape[axis + 1..]));
    assert!(dx.len() == count(x_shape) && dy.len() * size == dx.len() * length || size == 0);
    assert!(length == 0 || start + (length - 1) * step < size);
    share_rows(dx, size * inner, size * inner, |first, dx| {
        for (i, dx) in dx.chunks_exact_mut(size * inner).enumerate() {
            dx.fill(E::ZERO);
            for at in 0..length {
                let from = ((first + i) * length + at) * inner;
                dx[(start + at * step) * inner..][..inner].copy_from_slice(&dy[from..][..inner]);
            }
        }
    });
}

/// Copies the piece `x`, `length` long on `axis`, to position `start` of that axis of `y`.
/// Concatenation is one call for each piece.
pub fn place<E: Element>(
    x: &[E],
    axis: usize,
    start: usize,
    length: usize,
    y: &mut [E],
    y_shape: &[usize],
) {
    let (size, inner) = (y_shape[axis], count(&y_shape[axis + 1..]));
    assert!(start + length <= size && y.len() == count(y_shape));
    assert_eq!(x.len(), count(&y_shape[..axis]) * length * inner);
    let piece = length * inner;
    share_rows(y, size * inner, piece, |first, y| {
        for (i, y) in y.chunks_exact_mut(size * inner).enumerate() {
            y[start * inner..][..piece].copy_from_slice(&x[(first + i) * piece..][..piece]);
        }
    });
}

/// `y` is `x` reversed along `axes` (bit i for axis i). Its own gradient.
pub fn flip<E: Element>(x: &[E], shape: &[usize], axes: u32, y: &mut [E]) {
    assert_eq!(x.len(), count(shape));
    if x.is_empty() {
        return;
    }
    let (mut strides, mut origin) = (dense(shape), 0);
    for axis in (0..shape.len()).filter(|axis| axes >> axis & 1 == 1) {
        origin += (shape[axis] - 1) * strides[axis] as usize;
        strides[axis] = -strides[axis];
    }
    copy_signed(x, origin, &strides[..shape.len()], y, shape);
}

#[cfg(test)]
mod tests {
    use super::super::testing::numbers;
    use super::*;

    #[test]
    fn permuting_matches_the_definition() {
        let cases: [(&[usize], &[usize]); 8] = [
            (&[], &[]),
            (&[0, 3], &[1, 0]),
            (&[1, 5], &[1, 0]),
            (&[35, 50], &[1, 0]),
            (&[3, 37, 18], &[0, 2, 1]),
            (&[4, 3, 5, 2], &[0, 2, 3, 1]),
            (&[4, 3, 5, 2], &[3, 1, 0, 2]),
            (&[200, 190], &[1, 0]),
        ];
        for (shape, order) in cases {
            let x = numbers::<f32>(count(shape), 1);
            let mut y = vec![0.0; x.len()];
            permute(&x, shape, order, &mut y);
            for (i, &y) in y.iter().enumerate() {
                let (mut rest, mut at) = (i, 0);
                for &axis in order.iter().rev() {
                    at += rest % shape[axis] * count(&shape[axis + 1..]);
                    rest /= shape[axis];
                }
                assert_eq!(y, x[at]);
            }
        }
    }

    #[test]
    fn slicing_placing_and_flipping() {
        let x: Vec<f64> = (0..24).map(f64::from).collect();
        let mut y = [0.0; 12];
        slice(&x, &[2, 4, 3], 1, 1, 2, 2, &mut y);
        assert_eq!(y, [3., 4., 5., 9., 10., 11., 15., 16., 17., 21., 22., 23.]);
        let mut dx = [7.0; 24];
        slice_gradient(&y, &[2, 4, 3], 1, 1, 2, 2, &mut dx);
        let kept = |i: usize| if i / 3 % 4 % 2 == 1 { x[i] } else { 0.0 };
        assert!((0..24).all(|i| dx[i] == kept(i)));
        let mut z = [0.0; 24];
        place(&[1.0, 2.0, 3.0, 4.0], 2, 1, 1, &mut z, &[2, 2, 6]);
        let ones: Vec<usize> = (0..24).filter(|&i| z[i] != 0.0).collect();
        assert_eq!(ones, [1, 7, 13, 19]);
        let mut f = [0.0; 24];
        flip(&x, &[2, 4, 3], 0b101, &mut f);
        assert!((0..24).all(|i| f[i] == x[(1 - i / 12) * 12 + i / 3 % 4 * 3 + 2 - i % 3]));
        let mut g = [0.0; 5];
        slice(&x, &[24], 0, 3, 5, 5, &mut g[..]);
        assert_eq!(g, [3., 8., 13., 18., 23.]);
        slice::<f64>(&[], &[0, 2], 1, 0, 1, 1, &mut []);
        flip::<f64>(&[], &[0, 2], 1, &mut []);
    }
}
