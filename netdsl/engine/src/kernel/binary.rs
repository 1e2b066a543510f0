//! Functions of two elements, with or without broadcasting.

use super::simd::simd;
use super::{GRAIN, MAX_RANK, count, share_rows};
use crate::Element;

/// A function of two elements. Comparisons give 1 or 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binary {
    /// a + b.
    Add,
    /// a - b.
    Sub,
    /// a b.
    Mul,
    /// a / b.
    Div,
    /// The greater, NaN if either is.
    Max,
    /// The lesser, NaN if either is.
    Min,
    /// a to the power b.
    Pow,
    /// a > b.
    Greater,
    /// a >= b.
    GreaterEqual,
    /// a < b.
    Less,
    /// a <= b.
    LessEqual,
    /// a = b.
    Equal,
    /// a differs from b.
    NotEqual,
}

/// Elements an operand is spread out over at a time.
const TILE: usize = 64;

simd! { narrow
    /// Rows of `n` elements of `y`. A step is how far an operand moves from row to row and from
    /// element to element, the latter 0 or 1.
    fn plane[E: Element](
        op: Binary,
        a: &[E],
        a_step: (usize, usize),
        b: &[E],
        b_step: (usize, usize),
        y: &mut [E],
        n: usize,
    ) {
        let truth = |value: bool| if value { E::ONE } else { E::ZERO };
        macro_rules! each {
            (|$a:ident, $b:ident| $value:expr) => {
                for (r, y) in y.chunks_exact_mut(n).enumerate() {
                    let (a, b) = (&a[r * a_step.0..], &b[r * b_step.0..]);
                    match (a_step.1, b_step.1) {
                        (1, 1) => {
                            for ((y, &$a), &$b) in y.iter_mut().zip(&a[..n]).zip(&b[..n]) {
                                *y = $value;
                            }
                        }
                        (0, 1) => {
                            let $a = a[0];
                            for (y, &$b) in y.iter_mut().zip(&b[..n]) {
                                *y = $value;
                            }
                        }
                        (1, 0) => {
                            let $b = b[0];
                            for (y, &$a) in y.iter_mut().zip(&a[..n]) {
                                *y = $value;
                            }
                        }
                        _ => {
                            let ($a, $b) = (a[0], b[0]);
                            y.fill($value);
                        }
                    }
                }
            };
        }
        // Seldom used: one loop each, an operand that stays being spread out first.
        macro_rules! spread {
            (|$a:ident, $b:ident| $value:expr) => {
                for (r, y) in y.chunks_exact_mut(n).enumerate() {
                    for (tile, y) in y.chunks_mut(TILE).enumerate() {
                        let (a, b) = (&a[r * a_step.0..], &b[r * b_step.0..]);
                        let (mut a_tile, mut b_tile) = ([a[0]; TILE], [b[0]; TILE]);
                        if a_step.1 == 1 {
                            a_tile[..y.len()].copy_from_slice(&a[tile * TILE..][..y.len()]);
                        }
                        if b_step.1 == 1 {
                            b_tile[..y.len()].copy_from_slice(&b[tile * TILE..][..y.len()]);
                        }
                        for ((y, &$a), &$b) in y.iter_mut().zip(&a_tile).zip(&b_tile) {
                            *y = $value;
                        }
                    }
                }
            };
        }
        match op {
            Binary::Add => each!(|a, b| a + b),
            Binary::Sub => each!(|a, b| a - b),
            Binary::Mul => each!(|a, b| a * b),
            Binary::Div => each!(|a, b| a / b),
            Binary::Max => spread!(|a, b| a.maximum(b)),
            Binary::Min => spread!(|a, b| a.minimum(b)),
            Binary::Pow => spread!(|a, b| a.powf(b)),
            Binary::Greater => spread!(|a, b| truth(a > b)),
            Binary::GreaterEqual => spread!(|a, b| truth(a >= b)),
            Binary::Less => spread!(|a, b| truth(a < b)),
            Binary::LessEqual => spread!(|a, b| truth(a <= b)),
            Binary::Equal => spread!(|a, b| truth(a == b)),
            Binary::NotEqual => spread!(|a, b| truth(a != b)),
        }
    }
}

/// `y = op(a, b)` for three arrays of one length. Serial.
pub fn forward<E: Element>(op: Binary, a: &[E], b: &[E], y: &mut [E]) {
    assert!(a.len() == y.len() && b.len() == y.len());
    let n = y.len();
    if n > 0 {
        plane(op, a, (n, 1), b, (n, 1), y, n);
    }
}

/// `y = op(a, b)` for one `a` and many `b`. Serial.
pub fn forward_scalar_left<E: Element>(op: Binary, a: E, b: &[E], y: &mut [E]) {
    assert_eq!(b.len(), y.len());
    let n = y.len();
    if n > 0 {
        plane(op, &[a], (0, 0), b, (n, 1), y, n);
    }
}

/// `y = op(a, b)` for many `a` and one `b`. Serial.
pub fn forward_scalar_right<E: Element>(op: Binary, a: &[E], b: E, y: &mut [E]) {
    assert_eq!(a.len(), y.len());
    let n = y.len();
    if n > 0 {
        plane(op, a, (n, 1), &[b], (0, 0), y, n);
    }
}

/// The axes of a broadcast after merging those that every operand runs through in one stride:
/// sizes, and how far each operand moves along each.
struct Axes {
    rank: usize,
    size: [usize; MAX_RANK],
    a: [usize; MAX_RANK],
    b: [usize; MAX_RANK],
}

/// How far a dense array of `shape` moves along each axis of `target`: 0 where it repeats.
pub(crate) fn broadcast_strides(shape: &[usize], target: &[usize]) -> [usize; MAX_RANK] {
    assert!(shape.len() <= target.len() && target.len() <= MAX_RANK);
    let (mut strides, mut step) = ([0; MAX_RANK], 1);
    let skipped = target.len() - shape.len();
    for (axis, &size) in shape.iter().enumerate().rev() {
        assert!(
            size == 1 || size == target[skipped + axis],
            "{shape:?} is not {target:?}"
        );
        strides[skipped + axis] = if size == 1 { 0 } else { step };
        step *= size;
    }
    strides
}

impl Axes {
    fn new(a: &[usize], b: &[usize], y: &[usize]) -> Self {
        let (a, b) = (broadcast_strides(a, y), broadcast_strides(b, y));
        let mut axes = Self {
            rank: 0,
            size: [1; MAX_RANK],
            a: [0; MAX_RANK],
            b: [0; MAX_RANK],
        };
        for (axis, &size) in y.iter().enumerate().filter(|(_, size)| **size != 1) {
            let next = (size, a[axis], b[axis]);
            let merges = axes.rank > 0 && {
                let last = axes.rank - 1;
                axes.a[last] == size * next.1 && axes.b[last] == size * next.2
            };
            let at = if merges { axes.rank - 1 } else { axes.rank };
            axes.size[at] = if merges { axes.size[at] * size } else { size };
            (axes.a[at], axes.b[at]) = (next.1, next.2);
            axes.rank = at + 1;
        }
        axes.rank = axes.rank.max(1);
        axes
    }

    /// Where both operands stand at the beginning of a row of the last axis.
    fn offsets(&self, mut row: usize) -> (usize, usize) {
        let (mut a, mut b) = (0, 0);
        for axis in (0..self.rank - 1).rev() {
            let at = row % self.size[axis];
            row /= self.size[axis];
            a += at * self.a[axis];
            b += at * self.b[axis];
        }
        (a, b)
    }
}

/// `y = op(a, b)` with the operands repeated along axes where their size is 1 or missing, as in
/// NumPy. Parallel.
pub fn broadcast<E: Element>(
    op: Binary,
    a: &[E],
    a_shape: &[usize],
    b: &[E],
    b_shape: &[usize],
    y: &mut [E],
    y_shape: &[usize],
) {
    assert!(a.len() == count(a_shape) && b.len() == count(b_shape) && y.len() == count(y_shape));
    if y.is_empty() {
        return;
    }
    let axes = Axes::new(a_shape, b_shape, y_shape);
    let last = axes.rank - 1;
    let (n, a_step, b_step) = (axes.size[last], axes.a[last], axes.b[last]);
    // Rows that run along the last axis but one are done together.
    let (rows, a_row, b_row) = if last > 0 {
        (axes.size[last - 1], axes.a[last - 1], axes.b[last - 1])
    } else {
        (1, 0, 0)
    };
    // Long rows are cut anywhere, short ones kept whole.
    let unit = if n < GRAIN { n } else { 1 };
    share_rows(y, unit, unit, |first, y| {
        let (mut at, mut y) = (first * unit, y);
        while !y.is_empty() {
            let (row, column) = (at / n, at % n);
            let (a_at, b_at) = axes.offsets(row);
            let whole = if column == 0 {
                (rows - row % rows).min(y.len() / n)
            } else {
                0
            };
            let take = if whole > 0 {
                whole * n
            } else {
                (n - column).min(y.len())
            };
            let (now, rest) = y.split_at_mut(take);
            let (a, b) = (&a[a_at + column * a_step..], &b[b_at + column * b_step..]);
            plane(op, a, (a_row, a_step), b, (b_row, b_step), now, n.min(take));
            (at, y) = (at + take, rest);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::super::testing::numbers;
    use super::*;

    const ALL: [Binary; 13] = [
        Binary::Add,
        Binary::Sub,
        Binary::Mul,
        Binary::Div,
        Binary::Max,
        Binary::Min,
        Binary::Pow,
        Binary::Greater,
        Binary::GreaterEqual,
        Binary::Less,
        Binary::LessEqual,
        Binary::Equal,
        Binary::NotEqual,
    ];

    fn naive(op: Binary, a: f64, b: f64) -> f64 {
        match op {
            Binary::Add => a + b,
            Binary::Sub => a - b,
            Binary::Mul => a * b,
            Binary::Div => a / b,
            Binary::Max => a.max(b),
            Binary::Min => a.min(b),
            Binary::Pow => a.powf(b),
            Binary::Greater => (a > b).into(),
            Binary::GreaterEqual => (a >= b).into(),
            Binary::Less => (a < b).into(),
            Binary::LessEqual => (a <= b).into(),
            Binary::Equal => (a == b).into(),
            Binary::NotEqual => (a != b).into(),
        }
    }

    fn check(op: Binary, a_shape: &[usize], b_shape: &[usize], y_shape: &[usize]) {
        let a: Vec<f64> = numbers(count(a_shape), 1)
            .iter()
            .map(|x: &f64| x.abs())
            .collect();
        let b: Vec<f64> = numbers(count(b_shape), 2);
        let mut y = vec![f64::NAN; count(y_shape)];
        broadcast(op, &a, a_shape, &b, b_shape, &mut y, y_shape);
        let (sa, sb) = (
            broadcast_strides(a_shape, y_shape),
            broadcast_strides(b_shape, y_shape),
        );
        for (i, &got) in y.iter().enumerate() {
            let (mut rest, mut at_a, mut at_b) = (i, 0, 0);
            for axis in (0..y_shape.len()).rev() {
                at_a += rest % y_shape[axis] * sa[axis];
                at_b += rest % y_shape[axis] * sb[axis];
                rest /= y_shape[axis];
            }
            assert_eq!(
                got,
                naive(op, a[at_a], b[at_b]),
                "{op:?} {a_shape:?} {b_shape:?} at {i}"
            );
        }
    }

    #[test]
    fn broadcasting_matches_the_definition() {
        for op in ALL {
            check(op, &[3, 5], &[3, 5], &[3, 5]);
            check(op, &[4, 3, 2, 5], &[3, 1, 1], &[4, 3, 2, 5]);
        }
        let shapes: [[&[usize]; 3]; 12] = [
            [&[], &[], &[]],
            [&[1], &[7], &[7]],
            [&[0, 3], &[3], &[0, 3]],
            [&[3, 7], &[7], &[3, 7]],
            [&[3, 1], &[1, 7], &[3, 7]],
            [&[1], &[1], &[4, 5]],
            [&[2, 1, 4, 1, 3], &[5, 1, 6, 1], &[2, 5, 4, 6, 3]],
            [&[200, 300], &[300], &[200, 300]],
            [&[3, 20_000], &[3, 1], &[3, 20_000]],
            [&[30_000], &[1], &[30_000]],
            [&[1], &[20, 30, 7, 11], &[20, 30, 7, 11]],
            [&[40, 16, 9, 9], &[16, 1, 1], &[40, 16, 9, 9]],
        ];
        for [a, b, y] in shapes {
            check(Binary::Sub, a, b, y);
            check(Binary::Sub, b, a, y);
        }
    }

    #[test]
    fn scalars_and_slices_agree() {
        for n in [0, 1, 5, 33] {
            let b = numbers::<f32>(n, 3);
            let mut y = [vec![0.0; n], vec![0.0; n], vec![0.0; n], vec![0.0; n]];
            for op in ALL {
                forward_scalar_left(op, 0.5, &b, &mut y[0]);
                forward(op, &vec![0.5; n], &b, &mut y[1]);
                forward_scalar_right(op, &b, 0.5, &mut y[2]);
                forward(op, &b, &vec![0.5; n], &mut y[3]);
                assert_eq!(format!("{:?}", y[0]), format!("{:?}", y[1]));
                assert_eq!(format!("{:?}", y[2]), format!("{:?}", y[3]));
            }
        }
        let mut y = [0.0; 2];
        forward(Binary::Max, &[f32::NAN, 1.0], &[1.0, f32::NAN], &mut y);
        assert!(y[0].is_nan() && y[1].is_nan());
    }
}
