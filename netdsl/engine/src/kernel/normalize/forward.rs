//! Normalising with given statistics.

use super::{Affine, View};
use crate::Element;
use crate::kernel::simd::simd;

/// What an array is normalised by. An empty slice stands for no means (RMS normalisation), no weight
/// or no bias; there is no bias without a weight.
#[derive(Clone, Copy)]
pub struct Statistics<'a, E> {
    /// A mean for each group.
    pub means: &'a [E],
    /// A variance for each group.
    pub variances: &'a [E],
    /// Added to the variances.
    pub eps: E,
    /// What channels are multiplied by.
    pub weight: &'a [E],
    /// What is added to channels after that.
    pub bias: &'a [E],
}

impl<'a, E: Element> Statistics<'a, E> {
    #[inline(always)]
    fn mean(&self, group: usize) -> E {
        self.means.get(group).copied().unwrap_or(E::ZERO)
    }

    #[inline(always)]
    fn rstd(&self, group: usize) -> E {
        E::ONE / (self.variances[group] + self.eps).sqrt()
    }

    /// Those of some channels from one on; no others.
    #[inline(always)]
    fn channels(&self, first: usize, count: usize) -> (&'a [E], &'a [E]) {
        let part = |all: &'a [E]| {
            if all.is_empty() {
                all
            } else {
                &all[first..][..count]
            }
        };
        (part(self.weight), part(self.bias))
    }
}

/// One group, one channel.
#[inline(always)]
fn even<E: Element>(x: &[E], mean: E, scale: E, shift: E, y: &mut [E]) {
    for (y, &x) in y.iter_mut().zip(x) {
        *y = (x - mean) * scale + shift;
    }
}

/// `y · weight + bias`, element by element.
#[inline(always)]
fn apply<E: Element>((weight, bias): (&[E], &[E]), y: &mut [E]) {
    for (y, &weight) in y.iter_mut().zip(weight) {
        *y *= weight;
    }
    for (y, &bias) in y.iter_mut().zip(bias) {
        *y += bias;
    }
}

simd! { narrow
    /// `y = (x − mean) / √(variance + eps) · weight + bias` for the elements of a larger array from number
    /// `at` on.
    pub fn normalize[E: Element](
        x: &[E],
        at: usize,
        view: View,
        affine: Affine,
        by: &Statistics<'_, E>,
        y: &mut [E],
    ) {
        let mut done = 0;
        while done < y.len() {
            let (left, at) = (y.len() - done, at + done);
            // The elements that have their group in common or, in columns, come before its repetition.
            let columns = view.inner == 1;
            let group = at / view.inner % view.groups;
            let take = left.min(if columns { view.groups - group } else { view.inner - at % view.inner });
            let channel = at / affine.span % affine.channels;
            let alone = affine.span == 1 && affine.channels > 1 && !by.weight.is_empty();
            let take = take.min(match (by.weight.is_empty(), alone) {
                (true, _) => left,
                (false, true) => affine.channels - channel,
                (false, false) => affine.span - at % affine.span,
            });
            let (x, y) = (&x[done..][..take], &mut y[done..][..take]);
            done += take;
            if columns {
                let variances = &by.variances[group..][..take];
                for ((y, &x), &variance) in y.iter_mut().zip(x).zip(variances) {
                    *y = x * (E::ONE / (variance + by.eps).sqrt());
                }
                if !by.means.is_empty() {
                    let moments = variances.iter().zip(&by.means[group..]);
                    for ((y, &x), (&variance, &mean)) in y.iter_mut().zip(x).zip(moments) {
                        *y = (x - mean) * (E::ONE / (variance + by.eps).sqrt());
                    }
                }
            }
            let (mean, rstd) = (by.mean(group), by.rstd(group));
            match (columns, alone) {
                (false, false) => {
                    let scale = rstd * by.weight.get(channel).copied().unwrap_or(E::ONE);
                    let shift = by.bias.get(channel).copied().unwrap_or(E::ZERO);
                    even(x, mean, scale, shift, y);
                }
                (true, false) if by.weight.is_empty() => {}
                (true, false) => {
                    let bias = by.bias.get(channel).copied().unwrap_or(E::ZERO);
                    y.iter_mut().for_each(|y| *y = *y * by.weight[channel] + bias);
                }
                (true, true) => apply(by.channels(channel, take), y),
                (false, true) => {
                    let (weight, bias) = by.channels(channel, take);
                    if bias.is_empty() {
                        even(x, mean, rstd, E::ZERO, y);
                        apply((weight, bias), y);
                    } else {
                        for (((y, &x), &weight), &bias) in y.iter_mut().zip(x).zip(weight).zip(bias) {
                            *y = (x - mean) * rstd * weight + bias;
                        }
                    }
                }
            }
        }
    }
}
