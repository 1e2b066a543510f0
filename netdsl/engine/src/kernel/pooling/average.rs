//! Average pooling.

use super::{AdaptiveSizes, PoolSizes, Window, Windows, each, fold_windows};
use crate::Element;
use crate::kernel::reduce::{Sum, run_inline};
use crate::kernel::simd::simd;
use crate::kernel::{count, share_rows};

/// What a window's sum is divided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AverageRule {
    /// Count the padding among the elements of a window.
    pub count_include_pad: bool,
    /// Divide by this instead.
    pub divisor_override: Option<usize>,
}

impl AverageRule {
    fn divisor(self, sizes: &PoolSizes, at: [usize; 3], windows: [Window; 3]) -> usize {
        if let Some(divisor) = self.divisor_override {
            return divisor;
        }
        if !self.count_include_pad {
            return windows.iter().map(|window| window.count).product();
        }
        // A window may reach into the padding, but what of it lies beyond does not count.
        let along = |axis: usize| {
            let end = sizes.input[axis] + 2 * sizes.padding[axis];
            sizes.kernel[axis].min(end - at[axis] * sizes.stride[axis])
        };
        (0..3).map(along).product()
    }
}

simd! { narrow
    /// The sum over a window of a plane.
    fn window_sum[E: Element](x: &[E], input: [usize; 3], windows: [Window; 3]) -> E {
        let ([_, height, width], [d, h, w]) = (input, windows);
        let mut sum = E::ZERO;
        for d in d.positions() {
            if w.count == width && h.count > 1 {
                // Whole rows lie one after another.
                let start = (d * height + h.start) * width;
                sum += run_inline::<E, Sum>(&x[start..][..h.count * width]);
                continue;
            }
            for h in h.positions() {
                let start = (d * height + h) * width + w.start;
                sum += run_inline::<E, Sum>(&x[start..][..w.count]);
            }
        }
        sum
    }
}

simd! { narrow
    /// Row after row of the result from pairs of rows, each 2 by 2 elements to one.
    fn halve[E: Element](x: &[E], y: &mut [E], width: usize, out: usize, scale: E) {
        for (x, y) in x.chunks_exact(2 * width).zip(y.chunks_exact_mut(out)) {
            let (above, below) = x.split_at(width);
            let above = above.as_chunks::<2>().0;
            let below = below.as_chunks::<2>().0;
            for ((y, a), b) in y.iter_mut().zip(above).zip(below) {
                *y = ((a[0] + a[1]) + (b[0] + b[1])) * scale;
            }
        }
    }
}

simd! { narrow
    fn halve_gradient[E: Element](dy: &[E], dx: &mut [E], width: usize, out: usize, scale: E) {
        for (dx, dy) in dx.chunks_exact_mut(2 * width).zip(dy.chunks_exact(out)) {
            for dx in dx.chunks_exact_mut(width) {
                for (dx, &dy) in dx.as_chunks_mut::<2>().0.iter_mut().zip(dy) {
                    *dx = [dy * scale; 2];
                }
            }
        }
    }
}

/// The one divisor of all windows on the fast path.
fn halving<W: Windows>(
    sizes: &W,
    divisor: &impl Fn([usize; 3], [Window; 3]) -> usize,
) -> Option<f64> {
    let any = count(&sizes.output()) > 0 && sizes.halves();
    any.then(|| 1.0 / divisor([0; 3], sizes.windows([0; 3])) as f64)
}

fn pool<E: Element, W: Windows>(
    x: &[E],
    sizes: &W,
    divisor: impl Fn([usize; 3], [Window; 3]) -> usize + Sync,
    sums: impl Fn(&[E], &mut [E]) + Sync,
    y: &mut [E],
) {
    let (input, output) = (count(&sizes.input()), count(&sizes.output()));
    assert!(x.len() == sizes.planes() * input && y.len() == sizes.planes() * output);
    let ([_, height, width], [_, out_height, out_width]) = (sizes.input(), sizes.output());
    let halving = halving(sizes, &divisor);
    share_rows(y, output, output * sizes.volume(), |first, y| {
        for (i, y) in y.chunks_exact_mut(output).enumerate() {
            let x = &x[(first + i) * input..][..input];
            if let Some(scale) = halving {
                let planes = x.chunks_exact(height * width);
                for (x, y) in planes.zip(y.chunks_exact_mut(out_height * out_width)) {
                    halve(x, y, width, out_width, E::from_f64(scale));
                }
                continue;
            }
            sums(x, y);
            let mut y = y.iter_mut();
            each(sizes.output(), |at| {
                let windows = sizes.windows(at);
                // A window wholly in the padding has nothing to divide, perhaps by nothing.
                let empty = windows.iter().any(|window| window.count == 0);
                if let Some(y) = y.next().filter(|_| !empty) {
                    *y /= E::from_usize(divisor(at, windows));
                }
            });
        }
    });
}

fn spread<E: Element, W: Windows>(
    dy: &[E],
    sizes: &W,
    divisor: impl Fn([usize; 3], [Window; 3]) -> usize + Sync,
    dx: &mut [E],
) {
    let (input, output) = (count(&sizes.input()), count(&sizes.output()));
    assert!(dx.len() == sizes.planes() * input && dy.len() == sizes.planes() * output);
    let ([_, height, width], [_, out_height, out_width]) = (sizes.input(), sizes.output());
    let halving = halving(sizes, &divisor);
    share_rows(
        dx,
        input,
        (output * sizes.volume()).max(input),
        |first, dx| {
            for (i, dx) in dx.chunks_exact_mut(input).enumerate() {
                let dy = &dy[(first + i) * output..][..output];
                dx.fill(E::ZERO);
                if let Some(scale) = halving {
                    let planes = dx.chunks_exact_mut(height * width);
                    for (dx, dy) in planes.zip(dy.chunks_exact(out_height * out_width)) {
                        halve_gradient(dy, dx, width, out_width, E::from_f64(scale));
                    }
                    continue;
                }
                let mut dy = dy.iter();
                each(sizes.output(), |at| {
                    let windows @ [d, h, w] = sizes.windows(at);
                    let empty = windows.iter().any(|window| window.count == 0);
                    let Some(&dy) = dy.next().filter(|_| !empty) else {
                        return;
                    };
                    let share = dy / E::from_usize(divisor(at, windows));
                    for d in d.positions() {
                        for h in h.positions() {
                            let start = (d * height + h) * width + w.start;
                            dx[start..][..w.count]
                                .iter_mut()
                                .for_each(|dx| *dx += share);
                        }
                    }
                });
            }
        },
    );
}

/// The mean of each window; `sizes.dilation` must be 1.
pub fn avg_pool<E: Element>(x: &[E], sizes: &PoolSizes, rule: AverageRule, y: &mut [E]) {
    assert_eq!(sizes.dilation, [1; 3]);
    let divisor = |at, windows| rule.divisor(sizes, at, windows);
    pool(
        x,
        sizes,
        divisor,
        |x, y| fold_windows::<E, Sum>(x, sizes, y),
        y,
    );
}

/// The gradient of [`avg_pool`].
pub fn avg_pool_gradient<E: Element>(dy: &[E], sizes: &PoolSizes, rule: AverageRule, dx: &mut [E]) {
    assert_eq!(sizes.dilation, [1; 3]);
    spread(
        dy,
        sizes,
        |at, windows| rule.divisor(sizes, at, windows),
        dx,
    );
}

/// The number of elements in a window.
fn elements(_: [usize; 3], windows: [Window; 3]) -> usize {
    windows.iter().map(|window| window.count).product()
}

/// The mean of each window, the windows sharing the argument out evenly.
pub fn adaptive_avg_pool<E: Element>(x: &[E], sizes: &AdaptiveSizes, y: &mut [E]) {
    let sums = |x: &[E], y: &mut [E]| {
        let mut y = y.iter_mut();
        each(sizes.output, |at| {
            if let Some(y) = y.next() {
                *y = window_sum(x, sizes.input, sizes.windows(at));
            }
        });
    };
    pool(x, sizes, elements, sums, y);
}

/// The gradient of [`adaptive_avg_pool`].
pub fn adaptive_avg_pool_gradient<E: Element>(dy: &[E], sizes: &AdaptiveSizes, dx: &mut [E]) {
    spread(dy, sizes, elements, dx);
}

#[cfg(test)]
mod tests {
    use super::super::tests::cases;
    use super::*;
    use crate::kernel::testing::{assert_close, assert_gradient, numbers};

    const RULES: [AverageRule; 3] = [
        AverageRule {
            count_include_pad: true,
            divisor_override: None,
        },
        AverageRule {
            count_include_pad: false,
            divisor_override: None,
        },
        AverageRule {
            count_include_pad: true,
            divisor_override: Some(3),
        },
    ];

    /// PyTorch's loop, in its signed arithmetic.
    fn naive(x: &[f64], sizes: &PoolSizes, rule: AverageRule) -> Vec<f64> {
        let mut y = vec![];
        let input = sizes.input.map(|n| n as isize);
        for x in x.chunks_exact(count(&sizes.input)) {
            each(sizes.output, |at| {
                let (mut from, mut to, mut pool, mut valid) = ([0; 3], [0; 3], 1, 1);
                for axis in 0..3 {
                    let padding = sizes.padding[axis] as isize;
                    let start = (at[axis] * sizes.stride[axis]) as isize - padding;
                    let end = (start + sizes.kernel[axis] as isize).min(input[axis] + padding);
                    pool *= end - start;
                    (from[axis], to[axis]) = (start.max(0), end.min(input[axis]));
                    valid *= to[axis] - from[axis];
                }
                let mut sum = 0.0;
                for d in from[0]..to[0] {
                    for h in from[1]..to[1] {
                        for w in from[2]..to[2] {
                            sum += x[((d * input[1] + h) * input[2] + w) as usize];
                        }
                    }
                }
                let counted = if rule.count_include_pad { pool } else { valid };
                y.push(sum / rule.divisor_override.map_or(counted as f64, |d| d as f64));
            });
        }
        y
    }

    #[test]
    fn values_and_gradients_match_pytorch_s_definition() {
        for sizes in cases().into_iter().filter(|sizes| sizes.dilation == [1; 3]) {
            for rule in RULES {
                let x = numbers::<f64>(sizes.planes * count(&sizes.input), 1);
                let mut y = vec![f64::NAN; sizes.planes * count(&sizes.output)];
                avg_pool(&x, &sizes, rule, &mut y);
                assert_close(&y, &naive(&x, &sizes, rule), 1e-14);
                let (dy, mut dx) = (numbers::<f64>(y.len(), 2), vec![f64::NAN; x.len()]);
                avg_pool_gradient(&dy, &sizes, rule, &mut dx);
                assert_gradient(&x, &dy, &dx, |x, y| avg_pool(x, &sizes, rule, y));
            }
        }
    }

    #[test]
    fn adaptive_windows_share_the_argument_out() {
        let x: Vec<f64> = (0..5).map(f64::from).collect();
        let mut y = [0.0; 3];
        let sizes = AdaptiveSizes {
            planes: 1,
            input: [1, 1, 5],
            output: [1, 1, 3],
        };
        adaptive_avg_pool(&x, &sizes, &mut y);
        assert_eq!(y, [0.5, 2.0, 3.5]);
        for (input, output) in [
            ([1, 7, 5], [1, 3, 2]),
            ([4, 3, 6], [1, 1, 1]),
            ([1, 4, 6], [1, 2, 3]),
        ] {
            let sizes = AdaptiveSizes {
                planes: 2,
                input,
                output,
            };
            let x = numbers::<f64>(2 * count(&input), 1);
            let dy = numbers::<f64>(2 * count(&output), 2);
            let mut dx = vec![f64::NAN; x.len()];
            adaptive_avg_pool_gradient(&dy, &sizes, &mut dx);
            assert_gradient(&x, &dy, &dx, |x, y| adaptive_avg_pool(x, &sizes, y));
        }
    }
}
