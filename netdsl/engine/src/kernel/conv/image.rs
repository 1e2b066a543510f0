//! An image laid out for taps: with its border, and split by the stride, so that a tap is an
//! offset and neighbouring positions are neighbours in memory.

use crate::Element;
use crate::kernel::copy_row;
use crate::kernel::gemm::simd::Kernels;

/// The layout. Element v of phase j along an axis is source element
/// `v · step + (j · dilation mod step) − low`, or 0 if there is none; a plane per channel and
/// phase has `extent` elements.
#[derive(Clone, Copy)]
pub(super) struct Image {
    pub channels: usize,
    pub source: [usize; 3],
    pub step: [usize; 3],
    pub dilation: [usize; 3],
    pub phases: [usize; 3],
    pub low: [usize; 3],
    pub extent: [usize; 3],
}

/// Calls `body` with every index below `extent`, the last axis fastest.
#[inline(always)]
pub(super) fn for_each_index(extent: [usize; 3], mut body: impl FnMut([usize; 3])) {
    for i in 0..extent[0] {
        for j in 0..extent[1] {
            for k in 0..extent[2] {
                body([i, j, k]);
            }
        }
    }
}

impl Image {
    /// Where an index is in a plane.
    pub fn flat(&self, index: [usize; 3]) -> usize {
        (index[0] * self.extent[1] + index[1]) * self.extent[2] + index[2]
    }

    /// Where the plane of a channel and phase starts.
    pub fn plane(&self, channel: usize, phase: [usize; 3]) -> usize {
        let planes = (phase[0] * self.phases[1] + phase[1]) * self.phases[2] + phase[2];
        (channel * super::volume(self.phases) + planes) * super::volume(self.extent)
    }

    /// Elements in all.
    pub fn len(&self) -> usize {
        self.channels * super::volume(self.phases) * super::volume(self.extent)
    }

    /// Copies the source in. The border is left as it is: all zeros, once and for every image.
    pub fn fill<E: Element>(&self, source: &[E], to: &mut [E]) {
        let [_, height, width] = self.source;
        let size = super::volume(self.source);
        for channel in 0..self.channels {
            let source = &source[channel * size..][..size];
            for_each_index(self.phases, |phase| {
                let plane = self.plane(channel, phase);
                let axes = [0, 1, 2].map(|axis| self.inside(axis, phase[axis]));
                let [(d0, d1, d), (h0, h1, h), (w0, w1, w)] = axes;
                if w0 >= w1 {
                    return;
                }
                for i in d0..d1 {
                    for j in h0..h1 {
                        let (i_from, j_from) =
                            (d + (i - d0) * self.step[0], h + (j - h0) * self.step[1]);
                        let row = &source[(i_from * height + j_from) * width + w..];
                        let to = &mut to[plane + self.flat([i, j, w0])..][..w1 - w0];
                        if self.step[2] == 1 {
                            copy_row(&row[..w1 - w0], to);
                        } else if self.step[2] == 2 {
                            // Pairs, which the compiler takes apart in vectors.
                            let (last, to) = to.split_last_mut().expect("a row of some length");
                            for (to, pair) in to.iter_mut().zip(row.chunks_exact(2)) {
                                *to = pair[0];
                            }
                            *last = row[2 * to.len()];
                        } else {
                            for (to, &from) in to.iter_mut().zip(row.iter().step_by(self.step[2])) {
                                *to = from;
                            }
                        }
                    }
                }
            });
        }
    }

    /// Copies the source in with the channels of an element side by side, where no axis is split. The border is left
    /// as it is.
    pub fn turn<E: Element>(&self, kernels: &Kernels<E>, source: &[E], to: &mut [E]) {
        let ([_, height, width], channels) = (self.source, self.channels);
        let size = super::volume(self.source);
        assert!(self.step == [1; 3] && source.len() == channels * size);
        let [(d0, d1, d), (h0, h1, h), (w0, w1, w)] = [0, 1, 2].map(|axis| self.inside(axis, 0));
        if w0 >= w1 {
            return;
        }
        for i in d0..d1 {
            for j in h0..h1 {
                let row = ((d + i - d0) * height + h + j - h0) * width + w;
                let length = w1 - w0;
                let (from, to) = (
                    &source[row..],
                    &mut to[self.flat([i, j, w0]) * channels..][..length * channels],
                );
                assert!((channels - 1) * size + length <= from.len());
                // SAFETY: there is a row of so many elements in the plane of each channel, and room for all.
                unsafe {
                    (kernels.transpose)(
                        channels,
                        from.as_ptr(),
                        size,
                        length,
                        to.as_mut_ptr(),
                        channels,
                    );
                }
            }
        }
    }

    /// The range of elements along an axis that have a source, and the first one's.
    fn inside(&self, axis: usize, phase: usize) -> (usize, usize, usize) {
        let step = self.step[axis];
        let shift = phase * self.dilation[axis] % step;
        let low = self.low[axis].saturating_sub(shift).div_ceil(step);
        let high = (self.source[axis] + self.low[axis])
            .saturating_sub(shift)
            .div_ceil(step);
        let high = high.min(self.extent[axis]);
        (low, high, (low * step + shift).wrapping_sub(self.low[axis]))
    }
}
