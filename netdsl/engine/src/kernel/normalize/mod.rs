//! The common core of batch, layer, group, instance and RMS normalisation.
//!
//! An array is seen as a [`View`] whose statistics are per group, and a [`Affine`] says which
//! weight belongs to which element:
//!
//! | norm, of `[B, C, S]`  | outer | groups | inner    | channels | span |
//! |-----------------------|-------|--------|----------|----------|------|
//! | batch                 | B     | C      | S        | C        | S    |
//! | instance              | 1     | B C    | S        | C        | S    |
//! | group, G groups       | 1     | B G    | C S / G  | C        | S    |
//! | layer, RMS, over S    | 1     | B C    | S        | S        | 1    |
//!
//! In RMS normalisation means are 0 and variances mean squares. An empty slice stands for an absent
//! weight or bias; `rstd` is the reciprocal of the standard deviation.

mod forward;
mod gradient;
mod moments;

pub use forward::{Statistics, normalize};
pub use gradient::{gradient_batch, gradient_rows, sums};
pub use moments::{moments, reciprocal_deviation};

use super::reduce::{Sum, join_lanes, lanes_by};
use crate::Element;

/// An array as (outer, groups, inner), with statistics per group over outer and inner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// Times the groups repeat.
    pub outer: usize,
    /// Sets of elements with statistics of their own.
    pub groups: usize,
    /// Neighbouring elements of one group.
    pub inner: usize,
}

impl View {
    /// The number of elements.
    pub const fn len(self) -> usize {
        self.outer * self.groups * self.inner
    }

    /// Whether there are no elements.
    pub const fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The number of elements that share statistics.
    pub const fn per_group(self) -> usize {
        self.outer * self.inner
    }
}

/// Which weight an element has: that of channel `(index / span) % channels`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Affine {
    /// The number of weights.
    pub channels: usize,
    /// Neighbouring elements of one channel.
    pub span: usize,
}

/// Columns done together.
const TILE: usize = 32;
/// Rows a partial sum takes before it is emptied into the next level.
const BLOCK: usize = 64;

/// The sum of `f` of the elements of two slices of one length.
#[inline(always)]
fn sum_by<E: Element>(a: &[E], b: &[E], f: impl Fn(E, E) -> E) -> E {
    join_lanes::<E, Sum>(lanes_by::<E, Sum>(a, b, f))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{assert_close, assert_gradient, numbers};
    use super::*;

    /// Views with the affine maps that go with them.
    pub(super) fn cases() -> Vec<(View, Affine)> {
        let case = |outer, groups, inner, channels, span| {
            (
                View {
                    outer,
                    groups,
                    inner,
                },
                Affine { channels, span },
            )
        };
        vec![
            case(3, 4, 5, 4, 5),
            case(2, 3, 33, 3, 33),
            case(7, 5, 1, 5, 1),
            case(70, 67, 1, 67, 1),
            case(1, 6, 4, 3, 4),
            case(1, 6, 6, 9, 2),
            case(1, 6, 3, 9, 1),
            case(1, 5, 7, 7, 1),
            case(1, 3, 35, 35, 1),
            case(1, 4, 1, 1, 1),
            case(4, 1, 1, 1, 1),
            case(0, 4, 5, 4, 5),
            case(1, 0, 5, 5, 1),
            case(1, 3, 0, 0, 1),
        ]
    }

    /// The definition, differentiable through the statistics unless they are given.
    fn naive(x: &[f64], view: View, affine: Affine, rms: bool, w: &[f64], b: &[f64]) -> Vec<f64> {
        let group = |i: usize| i / view.inner % view.groups;
        let (mut mean, mut var) = (vec![0.0; view.groups], vec![0.0; view.groups]);
        let n = view.per_group() as f64;
        if !rms {
            (0..x.len()).for_each(|i| mean[group(i)] += x[i] / n);
        }
        (0..x.len()).for_each(|i| var[group(i)] += (x[i] - mean[group(i)]).powi(2) / n);
        let of = |i: usize| {
            let channel = i / affine.span % affine.channels;
            let (w, b) = (
                w.get(channel).unwrap_or(&1.0),
                b.get(channel).unwrap_or(&0.0),
            );
            (x[i] - mean[group(i)]) / (var[group(i)] + 1e-3).sqrt() * w + b
        };
        (0..x.len()).map(of).collect()
    }

    #[test]
    fn every_norm_and_its_gradients_match_the_definition() {
        for (view, affine) in cases() {
            for (rms, weighted) in [(false, true), (false, false), (true, true), (true, false)] {
                let n = view.len();
                let channels = if weighted { affine.channels } else { 0 };
                let (x, dy) = (numbers::<f64>(n, 1), numbers::<f64>(n, 2));
                let (w, b) = (numbers::<f64>(channels, 3), numbers::<f64>(channels, 4));
                let (mut mean, mut var) = (vec![0.0; view.groups], vec![0.0; view.groups]);
                let (mut rstd, mut y) = (var.clone(), vec![f64::NAN; n]);
                moments(&x, view, rms, &mut mean, &mut var);
                reciprocal_deviation(&var, 1e-3, &mut rstd);
                let by = Statistics {
                    means: if rms { &[] } else { &mean },
                    variances: &var,
                    eps: 1e-3,
                    weight: &w,
                    bias: &b,
                };
                // In pieces, as chains have it.
                for (piece, y) in y.chunks_mut(11).enumerate() {
                    let at = piece * 11;
                    normalize(&x[at..][..y.len()], at, view, affine, &by, y);
                }
                assert_close(&y, &naive(&x, view, affine, rms, &w, &b), 1e-13);

                let (mut dw, mut db) = (vec![0.0; affine.channels], vec![0.0; affine.channels]);
                sums(&x, &dy, view, affine, &mean, &rstd, &mut dw, &mut db);
                let ones = vec![1.0; affine.channels];
                assert_gradient(&ones, &dy, &dw, |w, y| {
                    y.copy_from_slice(&naive(&x, view, affine, rms, w, &[]));
                });
                assert_gradient(&ones, &dy, &db, |b, y| {
                    y.copy_from_slice(&naive(&x, view, affine, rms, &[], b));
                });

                let (mut dx, centre) = (vec![f64::NAN; n], by.means);
                if view.outer == 1 {
                    gradient_rows(&x, &dy, view, affine, centre, &rstd, &w, &mut dx);
                } else {
                    gradient_batch(&x, &dy, view, centre, &rstd, &w, &dw, &db, &mut dx);
                }
                assert_gradient(&x, &dy, &dx, |x, y| {
                    y.copy_from_slice(&naive(x, view, affine, rms, &w, &b));
                });
            }
        }
    }

    #[test]
    fn a_distant_mean_costs_no_accuracy() {
        let view = View {
            outer: 1,
            groups: 1,
            inner: 4096,
        };
        let x: Vec<f32> = (0..4096).map(|i| 10_000.0 + (i % 2) as f32).collect();
        let (mut mean, mut var) = ([0.0], [0.0]);
        moments(&x, view, false, &mut mean, &mut var);
        assert!((mean[0] - 10_000.5).abs() < 1e-3 && (var[0] - 0.25).abs() < 1e-5);
    }

    #[test]
    fn large_arrays_match_the_definition() {
        for (view, affine) in [
            (
                View {
                    outer: 37,
                    groups: 16,
                    inner: 60,
                },
                Affine {
                    channels: 16,
                    span: 60,
                },
            ),
            (
                View {
                    outer: 8,
                    groups: 16,
                    inner: 400,
                },
                Affine {
                    channels: 16,
                    span: 400,
                },
            ),
            (
                View {
                    outer: 1,
                    groups: 300,
                    inner: 128,
                },
                Affine {
                    channels: 128,
                    span: 1,
                },
            ),
            (
                View {
                    outer: 300,
                    groups: 130,
                    inner: 1,
                },
                Affine {
                    channels: 130,
                    span: 1,
                },
            ),
        ] {
            let (x, dy) = (numbers::<f64>(view.len(), 1), numbers::<f64>(view.len(), 2));
            let (mut mean, mut var) = (vec![0.0; view.groups], vec![0.0; view.groups]);
            let (mut y, mut dw) = (vec![0.0; view.len()], vec![0.0; affine.channels]);
            let mut db = dw.clone();
            moments(&x, view, false, &mut mean, &mut var);
            let mut rstd = var.clone();
            reciprocal_deviation(&var, 1e-3, &mut rstd);
            let by = Statistics {
                means: &mean,
                variances: &var,
                eps: 1e-3,
                weight: &[],
                bias: &[],
            };
            normalize(&x, 0, view, affine, &by, &mut y);
            assert_close(&y, &naive(&x, view, affine, false, &[], &[]), 1e-12);
            sums(&x, &dy, view, affine, &mean, &rstd, &mut dw, &mut db);
            let (mut want_w, mut want_b) = (vec![0.0; dw.len()], vec![0.0; dw.len()]);
            for i in 0..y.len() {
                want_w[i / affine.span % affine.channels] += dy[i] * y[i];
                want_b[i / affine.span % affine.channels] += dy[i];
            }
            assert_close(&dw, &want_w, 1e-11);
            assert_close(&db, &want_b, 1e-11);
        }
    }
}
