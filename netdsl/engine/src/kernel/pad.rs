//! Padding, and its gradient.

use super::{MAX_RANK, count, share_rows};
use crate::Element;

/// What to put around an array.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Padding {
    /// One value.
    Constant(f64),
    /// The array mirrored about its edge elements, which are not repeated.
    Reflect,
    /// The edge elements.
    Replicate,
    /// The array again.
    Circular,
}

impl Padding {
    /// The position along an axis of `size` that position `at` shows, `None` for the constant.
    #[inline(always)]
    fn source(self, at: isize, size: usize) -> Option<usize> {
        let end = size as isize;
        if (0..end).contains(&at) {
            return Some(at as usize);
        }
        match self {
            Self::Constant(_) => None,
            Self::Reflect => Some(if at < 0 { -at } else { 2 * (end - 1) - at } as usize),
            Self::Replicate => Some(at.clamp(0, end - 1) as usize),
            Self::Circular => Some(at.rem_euclid(end) as usize),
        }
    }
}

/// Sizes of a padded array, its leading axes without padding folded into `planes`.
struct Sizes {
    planes: usize,
    rank: usize,
    input: [usize; MAX_RANK],
    output: [usize; MAX_RANK],
    before: [isize; MAX_RANK],
}

impl Sizes {
    fn new(shape: &[usize], pads: &[(isize, isize)]) -> Self {
        assert!(shape.len() == pads.len() && shape.len() <= MAX_RANK);
        // The last axis is always walked, padded or not.
        let still = pads.iter().take_while(|pad| **pad == (0, 0)).count();
        let still = still.min(shape.len().saturating_sub(1));
        let (mut input, mut output) = ([1; MAX_RANK], [1; MAX_RANK]);
        let mut before = [0; MAX_RANK];
        for (i, axis) in (still..shape.len()).enumerate() {
            let size = shape[axis] as isize + pads[axis].0 + pads[axis].1;
            assert!(size >= 0, "a negative size after padding");
            (input[i], output[i], before[i]) = (shape[axis], size as usize, pads[axis].0);
        }
        let rank = (shape.len() - still).max(1);
        Self {
            planes: count(&shape[..still]),
            rank,
            input,
            output,
            before,
        }
    }

    fn input(&self) -> usize {
        count(&self.input[..self.rank])
    }

    fn output(&self) -> usize {
        count(&self.output[..self.rank])
    }

    /// Where in a plane of the input the row shown in a row of the output begins.
    fn source_row(&self, mode: Padding, mut row: usize) -> Option<usize> {
        let last = self.rank - 1;
        let (mut at, mut step) = (0, self.input[last]);
        for axis in (0..last).rev() {
            let position = (row % self.output[axis]) as isize - self.before[axis];
            at += mode.source(position, self.input[axis])? * step;
            step *= self.input[axis];
            row /= self.output[axis];
        }
        Some(at)
    }

    /// The stretch of an output row that shows an input row in place.
    fn middle(&self) -> (usize, usize) {
        let last = self.rank - 1;
        let end = self.output[last] as isize;
        let from = self.before[last].clamp(0, end);
        let to = (self.before[last] + self.input[last] as isize).clamp(from, end);
        (from as usize, to as usize)
    }
}

/// Pads each axis of `x` by (before, after); negative amounts cut.
///
/// Reflection needs each amount below the size of its axis.
pub fn pad<E: Element>(
    mode: Padding,
    x: &[E],
    x_shape: &[usize],
    pads: &[(isize, isize)],
    y: &mut [E],
) {
    let sizes = Sizes::new(x_shape, pads);
    let (input, output, last) = (sizes.input(), sizes.output(), sizes.rank - 1);
    assert!(x.len() == sizes.planes * input && y.len() == sizes.planes * output);
    let value = E::from_f64(if let Padding::Constant(value) = mode {
        value
    } else {
        0.0
    });
    if x.is_empty() {
        return y.fill(value);
    }
    let ((from, to), n) = (sizes.middle(), sizes.output[last]);
    share_rows(y, n, n, |first, y| {
        for (i, y) in y.chunks_exact_mut(n).enumerate() {
            let row = first + i;
            let rows = output / n;
            let Some(source) = sizes.source_row(mode, row % rows) else {
                y.fill(value);
                continue;
            };
            let x = &x[row / rows * input + source..][..sizes.input[last]];
            let show = |at: usize| {
                let source = mode.source(at as isize - sizes.before[last], x.len());
                source.map_or(value, |at| x[at])
            };
            if from < to {
                let start = (from as isize - sizes.before[last]) as usize;
                y[from..to].copy_from_slice(&x[start..][..to - from]);
            }
            (0..from).for_each(|at| y[at] = show(at));
            (to..n).for_each(|at| y[at] = show(at));
        }
    });
}

/// The gradient of [`pad`]: each element of `dx` sums `dy` over the places that show it.
pub fn pad_gradient<E: Element>(
    mode: Padding,
    dy: &[E],
    x_shape: &[usize],
    pads: &[(isize, isize)],
    dx: &mut [E],
) {
    let sizes = Sizes::new(x_shape, pads);
    let (input, output, last) = (sizes.input(), sizes.output(), sizes.rank - 1);
    assert!(dx.len() == sizes.planes * input && dy.len() == sizes.planes * output);
    dx.fill(E::ZERO);
    if dx.is_empty() || dy.is_empty() {
        return;
    }
    let ((from, to), n) = (sizes.middle(), sizes.output[last]);
    share_rows(dx, input, output, |first, dx| {
        for (i, dx) in dx.chunks_exact_mut(input).enumerate() {
            let dy = &dy[(first + i) * output..][..output];
            for (row, dy) in dy.chunks_exact(n).enumerate() {
                let Some(source) = sizes.source_row(mode, row) else {
                    continue;
                };
                let dx = &mut dx[source..][..sizes.input[last]];
                if from < to {
                    let start = (from as isize - sizes.before[last]) as usize;
                    for (dx, &dy) in dx[start..].iter_mut().zip(&dy[from..to]) {
                        *dx += dy;
                    }
                }
                for at in (0..from).chain(to..n) {
                    let source = mode.source(at as isize - sizes.before[last], dx.len());
                    if let Some(source) = source {
                        dx[source] += dy[at];
                    }
                }
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_gradient, numbers};
    use super::*;

    #[test]
    fn rows_match_pytorch() {
        let x = [1.0f32, 2.0, 3.0];
        for (mode, want) in [
            (Padding::Constant(9.0), [9., 9., 1., 2., 3., 9.]),
            (Padding::Reflect, [3., 2., 1., 2., 3., 2.]),
            (Padding::Replicate, [1., 1., 1., 2., 3., 3.]),
            (Padding::Circular, [2., 3., 1., 2., 3., 1.]),
        ] {
            let mut y = [0.0; 6];
            pad(mode, &x, &[3], &[(2, 1)], &mut y);
            assert_eq!(y, want);
        }
        let mut y = [0.0; 2];
        pad(Padding::Constant(0.0), &x, &[3], &[(-2, 1)], &mut y);
        assert_eq!(y, [3.0, 0.0]);
        pad(Padding::Constant(5.0), &[], &[0], &[(1, 1)], &mut y);
        assert_eq!(y, [5.0, 5.0]);
    }

    type Case = (&'static [usize], &'static [(isize, isize)]);

    #[test]
    fn any_rank_matches_the_definition_and_its_gradient() {
        let cases: [Case; 6] = [
            (&[], &[]),
            (&[2, 3, 4], &[(0, 0), (1, 2), (2, 1)]),
            (&[2, 3, 4], &[(0, 0), (1, 2), (0, 0)]),
            (&[3, 4, 3, 5], &[(2, 2), (0, 0), (2, 0), (4, 4)]),
            (&[2, 5, 6], &[(0, 0), (-2, 1), (3, -4)]),
            (&[40, 3, 30, 30], &[(0, 0), (0, 0), (1, 1), (1, 1)]),
        ];
        let modes = [
            Padding::Constant(0.5),
            Padding::Reflect,
            Padding::Replicate,
            Padding::Circular,
        ];
        for (shape, pads) in cases {
            let to =
                |(size, pad): (&usize, &(isize, isize))| (*size as isize + pad.0 + pad.1) as usize;
            let out: Vec<usize> = shape.iter().zip(pads).map(to).collect();
            let x = numbers::<f64>(count(shape), 1);
            for mode in modes {
                let mut y = vec![f64::NAN; count(&out)];
                pad(mode, &x, shape, pads, &mut y);
                for (i, &y) in y.iter().enumerate() {
                    let (mut rest, mut at, mut step) = (i, Some(0), 1);
                    for axis in (0..shape.len()).rev() {
                        let position = (rest % out[axis]) as isize - pads[axis].0;
                        let source = mode.source(position, shape[axis]);
                        at = at.zip(source).map(|(at, source)| at + source * step);
                        step *= shape[axis];
                        rest /= out[axis];
                    }
                    assert_eq!(y, at.map_or(0.5, |at| x[at]));
                }
                if x.len() < 1000 {
                    let dy = numbers::<f64>(y.len(), 2);
                    let mut dx = vec![f64::NAN; x.len()];
                    pad_gradient(mode, &dy, shape, pads, &mut dx);
                    assert_gradient(&x, &dy, &dx, |x, y| pad(mode, x, shape, pads, y));
                }
            }
        }
    }
}
