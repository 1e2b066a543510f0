//! Resampling over one to three spatial axes, as `torch.nn.Upsample` does it.

use super::{count, share_rows};
use crate::Element;

/// How a position between elements gets its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resample {
    /// That of the nearest element, rounding down.
    Nearest,
    /// That of the nearest element, from the middle of the result: `nearest-exact`.
    NearestExact,
    /// A straight line between neighbours, along each axis.
    Linear {
        /// Put the outermost results on the outermost elements, not edges on edges.
        align_corners: bool,
    },
    /// A cubic through four neighbours, along each axis.
    Cubic {
        /// As for [`Resample::Linear`].
        align_corners: bool,
    },
}

/// Sizes of a resampling; unused spatial axes are leading ones.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ResampleSizes {
    /// Batch times channels.
    pub planes: usize,
    /// Spatial sizes of the argument.
    pub input: [usize; 3],
    /// Spatial sizes of the result.
    pub output: [usize; 3],
    /// Scale factors where given. Positions then follow the factor itself, which may differ from
    /// the ratio of the sizes.
    pub factor: [Option<f64>; 3],
}

/// Columns whose taps are worked out once for all rows.
const TILE: usize = 64;

/// The elements a result is made of along one axis, with their weights.
#[derive(Clone, Copy, Default)]
struct Taps<E> {
    count: usize,
    index: [usize; 4],
    weight: [E; 4],
}

impl<E: Element> Taps<E> {
    fn new(mode: Resample, sizes: &ResampleSizes, axis: usize, at: usize) -> Self {
        let (input, output) = (sizes.input[axis], sizes.output[axis]);
        let mut taps = Self {
            count: 1,
            index: [0; 4],
            weight: [E::ONE; 4],
        };
        if input == 1 {
            return taps;
        }
        let element = E::from_usize(at);
        // In the element type, as PyTorch: where the rounding falls decides the neighbour.
        let ratio = match sizes.factor[axis] {
            Some(factor) if factor > 0.0 => E::from_f64(1.0 / factor),
            _ => E::from_usize(input) / E::from_usize(output),
        };
        let half = E::from_f64(0.5);
        let source = |align: bool| match (align, output) {
            (true, 1) => E::ZERO,
            (true, _) => E::from_usize(input - 1) / E::from_usize(output - 1) * element,
            (false, _) => ratio * (element + half) - half,
        };
        match mode {
            Resample::Nearest => {
                taps.index[0] = ((ratio * element).to_f64() as usize).min(input - 1);
            }
            Resample::NearestExact => {
                taps.index[0] = ((ratio * (element + half)).to_f64() as usize).min(input - 1);
            }
            Resample::Linear { align_corners } => {
                let source = source(align_corners).maximum(E::ZERO);
                let low = (source.to_f64() as usize).min(input - 1);
                let high = (low + 1).min(input - 1);
                let part = (source - E::from_usize(low)).minimum(E::ONE);
                taps.count = 2;
                (taps.index[0], taps.index[1]) = (low, high);
                (taps.weight[0], taps.weight[1]) = (E::ONE - part, part);
            }
            Resample::Cubic { align_corners } => {
                let source = source(align_corners);
                let floor = source.to_f64().floor();
                let t = source - E::from_f64(floor);
                taps.count = 4;
                for (i, (index, weight)) in taps.index.iter_mut().zip(&mut taps.weight).enumerate()
                {
                    let place = floor as isize + i as isize - 1;
                    *index = place.clamp(0, input as isize - 1) as usize;
                    *weight = cubic((t - E::from_f64(i as f64 - 1.0)).abs());
                }
            }
        }
        taps
    }

    fn iter(&self) -> impl Iterator<Item = (usize, E)> + '_ {
        self.index.iter().copied().zip(self.weight).take(self.count)
    }
}

/// Keys's convolution kernel (1981) with a = -3/4, at a distance from 0 to 2.
fn cubic<E: Element>(distance: E) -> E {
    let c = |value: f64| E::from_f64(value);
    let (a, x) = (c(-0.75), distance);
    if x <= E::ONE {
        ((a + c(2.0)) * x - (a + c(3.0))) * x * x + E::ONE
    } else {
        ((a * x - c(5.0) * a) * x + c(8.0) * a) * x - c(4.0) * a
    }
}

/// Calls `body` with (index of the first, columns' taps) for every tile of a row of the result,
/// and for each of the input's rows that the tile is made of, with its start and weight.
fn tiles<E: Element>(
    mode: Resample,
    sizes: &ResampleSizes,
    mut body: impl FnMut(usize, &[Taps<E>], usize, E),
) {
    let ([_, in_height, in_width], [depth, height, width]) = (sizes.input, sizes.output);
    for left in (0..width).step_by(TILE) {
        let mut columns = [Taps::default(); TILE];
        let columns = &mut columns[..TILE.min(width - left)];
        for (i, taps) in columns.iter_mut().enumerate() {
            *taps = Taps::new(mode, sizes, 2, left + i);
        }
        for d in 0..depth {
            let slices = Taps::<E>::new(mode, sizes, 0, d);
            for h in 0..height {
                let rows = Taps::<E>::new(mode, sizes, 1, h);
                for (z, by_z) in slices.iter() {
                    for (y, by_y) in rows.iter() {
                        let from = (z * in_height + y) * in_width;
                        body((d * height + h) * width + left, columns, from, by_z * by_y);
                    }
                }
            }
        }
    }
}

/// How many elements each result is made of.
fn volume(mode: Resample, sizes: &ResampleSizes) -> usize {
    let along = match mode {
        Resample::Nearest | Resample::NearestExact => 1,
        Resample::Linear { .. } => 2,
        Resample::Cubic { .. } => 4usize,
    };
    sizes
        .input
        .iter()
        .map(|&n| if n == 1 { 1 } else { along })
        .product()
}

/// Resamples `x`.
pub fn resample<E: Element>(mode: Resample, x: &[E], sizes: &ResampleSizes, y: &mut [E]) {
    let (input, output) = (count(&sizes.input), count(&sizes.output));
    assert!(x.len() == sizes.planes * input && y.len() == sizes.planes * output);
    share_rows(y, output, output * volume(mode, sizes), |first, y| {
        for (i, y) in y.chunks_exact_mut(output).enumerate() {
            let x = &x[(first + i) * input..][..input];
            y.fill(E::ZERO);
            tiles(mode, sizes, |at, columns, from, weight: E| {
                let x = &x[from..][..sizes.input[2]];
                let y = &mut y[at..][..columns.len()];
                match columns[0].count {
                    1 => {
                        for (y, taps) in y.iter_mut().zip(columns) {
                            *y += weight * x[taps.index[0]];
                        }
                    }
                    2 => {
                        for (
                            y,
                            Taps {
                                index: i,
                                weight: w,
                                ..
                            },
                        ) in y.iter_mut().zip(columns)
                        {
                            *y += weight * (w[0] * x[i[0]] + w[1] * x[i[1]]);
                        }
                    }
                    _ => {
                        for (
                            y,
                            Taps {
                                index: i,
                                weight: w,
                                ..
                            },
                        ) in y.iter_mut().zip(columns)
                        {
                            let left = w[0] * x[i[0]] + w[1] * x[i[1]];
                            *y += weight * (left + (w[2] * x[i[2]] + w[3] * x[i[3]]));
                        }
                    }
                }
            });
        }
    });
}

/// The gradient of [`resample`].
pub fn resample_gradient<E: Element>(
    mode: Resample,
    dy: &[E],
    sizes: &ResampleSizes,
    dx: &mut [E],
) {
    let (input, output) = (count(&sizes.input), count(&sizes.output));
    assert!(dx.len() == sizes.planes * input && dy.len() == sizes.planes * output);
    share_rows(
        dx,
        input,
        input.max(output * volume(mode, sizes)),
        |first, dx| {
            for (i, dx) in dx.chunks_exact_mut(input).enumerate() {
                let dy = &dy[(first + i) * output..][..output];
                dx.fill(E::ZERO);
                tiles(mode, sizes, |at, columns, from, weight: E| {
                    let dx = &mut dx[from..][..sizes.input[2]];
                    for (&dy, taps) in dy[at..].iter().zip(columns) {
                        let dy = dy * weight;
                        for (index, weight) in taps.iter() {
                            dx[index] += dy * weight;
                        }
                    }
                });
            }
        },
    );
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_close, assert_gradient, numbers};
    use super::*;

    fn line(n: usize, output: usize, factor: Option<f64>) -> ResampleSizes {
        let factor = [None, None, factor];
        ResampleSizes {
            planes: 1,
            input: [1, 1, n],
            output: [1, 1, output],
            factor,
        }
    }

    fn run(mode: Resample, x: &[f64], sizes: ResampleSizes) -> Vec<f64> {
        let mut y = vec![f64::NAN; sizes.planes * count(&sizes.output)];
        resample(mode, x, &sizes, &mut y);
        y
    }

    #[test]
    fn lines_match_worked_examples() {
        let x = [1.0, 2.0, 4.0];
        let linear = |align_corners| Resample::Linear { align_corners };
        assert_eq!(
            run(Resample::Nearest, &x, line(3, 6, None)),
            [1., 1., 2., 2., 4., 4.]
        );
        assert_eq!(run(Resample::Nearest, &x, line(3, 2, None)), [1., 2.]);
        assert_eq!(run(Resample::NearestExact, &x, line(3, 2, None)), [1., 4.]);
        let y = run(Resample::NearestExact, &x, line(3, 5, None));
        assert_eq!(y, [1., 1., 2., 4., 4.]);
        let y = run(linear(false), &x, line(3, 6, None));
        assert_close(&y, &[1.0, 1.25, 1.75, 2.5, 3.5, 4.0], 1e-15);
        assert_eq!(
            run(linear(true), &x, line(3, 5, None)),
            [1.0, 1.5, 2.0, 3.0, 4.0]
        );
        assert_eq!(run(linear(true), &x, line(3, 1, None)), [1.0]);
        // Seven results by a factor of 2.5 step by 0.4, not by 3/7.
        let y = run(linear(false), &x, line(3, 7, Some(2.5)));
        assert_close(&y, &[1.0, 1.1, 1.5, 1.9, 2.6, 3.4, 4.0], 1e-15);
        let y = run(Resample::Nearest, &x, line(3, 7, Some(2.5)));
        assert_eq!(y, [1., 1., 1., 2., 2., 4., 4.]);
        // The weights at distances 1/4 and 3/4 with a = -3/4.
        let y = run(
            Resample::Cubic {
                align_corners: false,
            },
            &[0.0, 0.0, 1.0, 0.0, 0.0],
            line(5, 10, None),
        );
        assert_close(
            &y[1..7],
            &[
                -0.03515625,
                -0.10546875,
                0.26171875,
                0.87890625,
                0.87890625,
                0.26171875,
            ],
            1e-15,
        );
    }

    #[test]
    fn planes_are_products_of_lines_and_gradients_match() {
        let linear = |align_corners| Resample::Linear { align_corners };
        let cubic = |align_corners| Resample::Cubic { align_corners };
        let modes = [
            Resample::Nearest,
            Resample::NearestExact,
            linear(false),
            linear(true),
            cubic(false),
            cubic(true),
        ];
        for mode in modes {
            for (input, output) in [
                ([1, 1, 1], [1, 1, 1]),
                ([1, 1, 1], [2, 3, 4]),
                ([1, 3, 4], [1, 6, 8]),
                ([2, 3, 5], [3, 2, 70]),
                ([1, 4, 3], [1, 1, 2]),
                ([1, 4, 3], [1, 0, 2]),
            ] {
                let sizes = ResampleSizes {
                    planes: 2,
                    input,
                    output,
                    factor: [None; 3],
                };
                let x = numbers::<f64>(2 * count(&input), 1);
                let y = run(mode, &x, sizes);
                let axis = |axis: usize, at| Taps::<f64>::new(mode, &sizes, axis, at);
                for (i, &y) in y.iter().enumerate() {
                    let [_, height, width] = output;
                    let plane = i / count(&output);
                    let (d, h, w) = (
                        i / width / height % output[0],
                        i / width % height,
                        i % width,
                    );
                    let mut want = 0.0;
                    for (z, a) in axis(0, d).iter() {
                        for (y, b) in axis(1, h).iter() {
                            for (w, c) in axis(2, w).iter() {
                                let at = ((plane * input[0] + z) * input[1] + y) * input[2] + w;
                                want += a * b * c * x[at];
                            }
                        }
                    }
                    assert!((y - want).abs() < 1e-14);
                }
                let (dy, mut dx) = (numbers::<f64>(y.len(), 2), vec![f64::NAN; x.len()]);
                resample_gradient(mode, &dy, &sizes, &mut dx);
                assert_gradient(&x, &dy, &dx, |x, y| resample(mode, x, &sizes, y));
            }
        }
    }
}
