//! Pooling over one to three spatial axes, held as three with leading ones.
//!
//! Windows, ties and divisors are those of PyTorch, `ceil_mode` included: that shows only in the
//! output sizes it is given.

mod average;
pub(crate) mod halve;
mod max;

pub use average::{
    AverageRule, adaptive_avg_pool, adaptive_avg_pool_gradient, avg_pool, avg_pool_gradient,
};
pub use max::{
    adaptive_max_pool, adaptive_max_pool_gradient, adaptive_max_pool_indices, max_pool,
    max_pool_gradient, max_pool_indices,
};

use super::reduce::Fold;
use super::simd::simd;
use crate::Element;

/// Sizes of a pooling with windows of one size, each of which must hold an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolSizes {
    /// Batch times channels.
    pub planes: usize,
    /// Spatial sizes of the argument.
    pub input: [usize; 3],
    /// Sizes of the window.
    pub kernel: [usize; 3],
    /// Distances between windows.
    pub stride: [usize; 3],
    /// Padding on either side.
    pub padding: [usize; 3],
    /// Distances between the elements of a window; averages want 1.
    pub dilation: [usize; 3],
    /// Spatial sizes of the result.
    pub output: [usize; 3],
}

/// Sizes of a pooling whose windows share the argument out evenly among the results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AdaptiveSizes {
    /// Batch times channels.
    pub planes: usize,
    /// Spatial sizes of the argument.
    pub input: [usize; 3],
    /// Spatial sizes of the result.
    pub output: [usize; 3],
}

/// The positions of one window along one axis that lie inside the argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Window {
    start: usize,
    count: usize,
    step: usize,
}

impl Window {
    fn positions(self) -> impl Iterator<Item = usize> {
        (0..self.count).map(move |i| self.start + i * self.step)
    }
}

/// What the kernels ask of either kind of sizes.
trait Windows: Copy + Sync {
    fn planes(&self) -> usize;
    fn input(&self) -> [usize; 3];
    fn output(&self) -> [usize; 3];
    fn window(&self, axis: usize, at: usize) -> Window;
    /// About how many elements a window has.
    fn volume(&self) -> usize;
    /// These sizes, if the windows are all of one size.
    fn regular(&self) -> Option<&PoolSizes>;
    /// Whether this is the common 2 by 2 window with stride 2 and no padding.
    fn halves(&self) -> bool;

    /// The windows of the result at a position.
    fn windows(&self, [d, h, w]: [usize; 3]) -> [Window; 3] {
        [self.window(0, d), self.window(1, h), self.window(2, w)]
    }
}

impl Windows for PoolSizes {
    fn planes(&self) -> usize {
        self.planes
    }

    fn input(&self) -> [usize; 3] {
        self.input
    }

    fn output(&self) -> [usize; 3] {
        self.output
    }

    fn window(&self, axis: usize, at: usize) -> Window {
        let step = self.dilation[axis];
        // Divisions are slow, and hardly any window is dilated.
        let steps = |length: usize| {
            if step == 1 {
                length
            } else {
                length.div_ceil(step)
            }
        };
        let (begin, padding) = (at * self.stride[axis], self.padding[axis]);
        let skipped = padding
            .saturating_sub(begin)
            .div_ceil(step)
            .min(self.kernel[axis]);
        let start = (begin + skipped * step).saturating_sub(padding);
        let fitting = steps(self.input[axis].saturating_sub(start));
        Window {
            start,
            count: fitting.min(self.kernel[axis] - skipped),
            step,
        }
    }

    fn regular(&self) -> Option<&PoolSizes> {
        Some(self)
    }

    fn volume(&self) -> usize {
        self.kernel.iter().product()
    }

    fn halves(&self) -> bool {
        let fits = |axis: usize| 2 * self.output[axis] <= self.input[axis];
        self.kernel == [1, 2, 2]
            && self.stride[1..] == [2, 2]
            && self.padding == [0; 3]
            && self.dilation[1..] == [1, 1]
            && self.output[0] == self.input[0]
            && (self.stride[0] == 1 || self.input[0] == 1)
            && fits(1)
            && fits(2)
    }
}

impl Windows for AdaptiveSizes {
    fn planes(&self) -> usize {
        self.planes
    }

    fn input(&self) -> [usize; 3] {
        self.input
    }

    fn output(&self) -> [usize; 3] {
        self.output
    }

    fn window(&self, axis: usize, at: usize) -> Window {
        let (input, output) = (self.input[axis], self.output[axis]);
        let start = at * input / output;
        Window {
            start,
            count: ((at + 1) * input).div_ceil(output) - start,
            step: 1,
        }
    }

    fn regular(&self) -> Option<&PoolSizes> {
        None
    }

    fn volume(&self) -> usize {
        let along = |axis: usize| self.input[axis].div_ceil(self.output[axis].max(1));
        (0..3).map(along).product()
    }

    fn halves(&self) -> bool {
        self.input[0] == self.output[0]
            && (1..3).all(|axis| self.input[axis] == 2 * self.output[axis])
    }
}

/// Calls `body` for each position of a three-dimensional array, in order.
#[inline(always)]
fn each([depth, height, width]: [usize; 3], mut body: impl FnMut([usize; 3])) {
    for d in 0..depth {
        for h in 0..height {
            for w in 0..width {
                body([d, h, w]);
            }
        }
    }
}

simd! { narrow
    /// Joins every `step`th of `x` to `y`.
    fn join_row[E: Element, F: Fold<E>](x: &[E], step: usize, y: &mut [E]) {
        match step {
            1 => y.iter_mut().zip(x).for_each(|(y, &x)| *y = F::join(*y, x)),
            2 => {
                // The last may have no partner.
                let Some((last, y)) = y.split_last_mut() else { return };
                *last = F::join(*last, x[2 * y.len()]);
                let pairs = x.as_chunks::<2>().0;
                y.iter_mut().zip(pairs).for_each(|(y, x)| *y = F::join(*y, x[0]));
            }
            _ => y.iter_mut().zip(x.iter().step_by(step)).for_each(|(y, &x)| *y = F::join(*y, x)),
        }
    }
}

/// Joins the elements of each window of a plane: one element of every window in a row at a time.
fn fold_windows<E: Element, F: Fold<E>>(x: &[E], sizes: &PoolSizes, y: &mut [E]) {
    let ([_, height, width], [_, out_height, out_width]) = (sizes.input, sizes.output);
    let (stride, padding) = (sizes.stride[2], sizes.padding[2]);
    for (row, y) in y.chunks_exact_mut(out_width).enumerate() {
        y.fill(F::START);
        let (d, h) = (
            sizes.window(0, row / out_height),
            sizes.window(1, row % out_height),
        );
        for d in d.positions() {
            for h in h.positions() {
                let x = &x[(d * height + h) * width..][..width];
                for at in (0..sizes.kernel[2]).map(|k| k * sizes.dilation[2]) {
                    let first = padding.saturating_sub(at).div_ceil(stride);
                    let end = (width + padding)
                        .saturating_sub(at)
                        .div_ceil(stride)
                        .min(out_width);
                    if first < end {
                        let x = &x[first * stride + at - padding..];
                        join_row::<E, F>(x, stride, &mut y[first..end]);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Poolings of every rank, with tails, padding, dilation and windows cut by the far edge.
    pub(super) fn cases() -> Vec<PoolSizes> {
        let pool = |planes, input, kernel, stride, padding, dilation, output| PoolSizes {
            planes,
            input,
            kernel,
            stride,
            padding,
            dilation,
            output,
        };
        let ones = [1; 3];
        vec![
            pool(2, [1, 4, 6], [1, 2, 2], [1, 2, 2], [0; 3], ones, [1, 2, 3]),
            pool(
                3,
                [1, 5, 35],
                [1, 2, 2],
                [1, 2, 2],
                [0; 3],
                ones,
                [1, 2, 17],
            ),
            pool(2, [1, 5, 7], [1, 2, 2], [1, 2, 2], [0; 3], ones, [1, 3, 4]),
            pool(
                2,
                [1, 7, 8],
                [1, 3, 3],
                [1, 2, 2],
                [0, 1, 1],
                ones,
                [1, 4, 4],
            ),
            pool(
                2,
                [1, 7, 9],
                [1, 3, 3],
                [1, 1, 1],
                [0, 1, 1],
                ones,
                [1, 7, 9],
            ),
            pool(
                2,
                [1, 1, 9],
                [1, 1, 3],
                [1, 1, 2],
                [0, 0, 1],
                [1, 1, 2],
                [1, 1, 4],
            ),
            pool(
                1,
                [3, 4, 5],
                [2, 2, 3],
                [1, 2, 2],
                [1, 0, 1],
                ones,
                [4, 2, 3],
            ),
            pool(
                1,
                [1, 2, 70],
                [1, 2, 3],
                [1, 1, 1],
                [0, 1, 1],
                ones,
                [1, 3, 70],
            ),
            pool(1, [1, 1, 1], ones, ones, [0; 3], ones, ones),
            pool(0, [1, 4, 4], [1, 2, 2], [1, 2, 2], [0; 3], ones, [1, 2, 2]),
        ]
    }

    #[test]
    fn windows_match_the_definition() {
        for sizes in cases() {
            for axis in 0..3 {
                for at in 0..sizes.output[axis] {
                    let position = |k: usize| {
                        (at * sizes.stride[axis] + k * sizes.dilation[axis]) as isize
                            - sizes.padding[axis] as isize
                    };
                    let inside = |p: &isize| (0..sizes.input[axis] as isize).contains(p);
                    let want: Vec<isize> = (0..sizes.kernel[axis])
                        .map(position)
                        .filter(inside)
                        .collect();
                    let got = sizes.window(axis, at).positions().map(|p| p as isize);
                    assert_eq!(got.collect::<Vec<_>>(), want, "{sizes:?} {axis} {at}");
                }
            }
        }
    }
}
