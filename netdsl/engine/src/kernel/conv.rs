//! Convolutions over one to three spatial axes, and their gradients.
//!
//! Nothing like an `im2col` matrix is made. An image is copied, with its border of zeros, so that
//! each tap of the kernel sees the output positions side by side in memory; a product of matrices
//! then takes its rows straight from there, one offset per channel and tap. Work is cut by sizes
//! alone, and sums have a fixed order: the bits do not depend on the number of threads.

mod image;
mod normalized;
mod sweep;
#[cfg(test)]
mod tests;
mod weights;

pub use normalized::conv_normalized;
pub use weights::conv_weight_gradient;

use image::{Image, for_each_index};
use sweep::{Sweep, sweep_batch};

use super::gemm::scratch;
use super::gemm::simd::kernels;
use crate::Element;

/// The sizes of a convolution. Spatial axes are the last `rank` of the three; those before are 1
/// (padding 0).
///
/// Padding is of zeros. That on the high side is what `output` implies: taps beyond the input
/// are zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConvSizes {
    /// Images.
    pub batch: usize,
    /// Channels of the input.
    pub in_channels: usize,
    /// Channels of the output.
    pub out_channels: usize,
    /// Groups of channels, each convolved with itself alone; divides both numbers of channels.
    pub groups: usize,
    /// Spatial axes, 1 to 3.
    pub rank: usize,
    /// Extent of the input.
    pub input: [usize; 3],
    /// Extent of the kernel.
    pub kernel: [usize; 3],
    /// Input positions from an output position to the next.
    pub stride: [usize; 3],
    /// Zeros before the input.
    pub padding: [usize; 3],
    /// Input positions from a tap to the next.
    pub dilation: [usize; 3],
    /// Extent of the output.
    pub output: [usize; 3],
}

fn volume(extent: [usize; 3]) -> usize {
    extent.iter().product()
}

impl ConvSizes {
    /// Elements of the input.
    pub fn input_len(&self) -> usize {
        self.batch * self.in_channels * volume(self.input)
    }

    /// Elements of the output.
    pub fn output_len(&self) -> usize {
        self.batch * self.out_channels * volume(self.output)
    }

    /// Elements of the weights, `[out_channels, in_channels / groups, kernel...]`.
    pub fn weight_len(&self) -> usize {
        self.out_channels * self.group_in() * volume(self.kernel)
    }

    fn group_in(&self) -> usize {
        self.in_channels / self.groups
    }

    fn group_out(&self) -> usize {
        self.out_channels / self.groups
    }

    fn check(&self, input: usize, weights: usize, output: usize) {
        assert!(self.groups > 0, "no groups");
        assert!(
            self.in_channels.is_multiple_of(self.groups),
            "groups do not divide the input"
        );
        assert!(
            self.out_channels.is_multiple_of(self.groups),
            "groups do not divide the output"
        );
        assert!(
            !self.stride.contains(&0) && !self.dilation.contains(&0),
            "steps of 0"
        );
        assert_eq!(input, self.input_len(), "elements of the input");
        assert_eq!(weights, self.weight_len(), "elements of the weights");
        assert_eq!(output, self.output_len(), "elements of the output");
    }

    /// The input as taps see it.
    fn input_image(&self) -> Image {
        let phases = std::array::from_fn(|axis| {
            let (step, dilation) = (self.stride[axis], self.dilation[axis]);
            self.kernel[axis].min(step / gcd(step, dilation))
        });
        Image {
            channels: self.group_in(),
            source: self.input,
            step: self.stride,
            dilation: self.dilation,
            phases,
            low: self.padding,
            extent: std::array::from_fn(|axis| self.output[axis] + self.reach(axis)),
        }
    }

    /// How many output positions the last tap is ahead of the first.
    fn reach(&self, axis: usize) -> usize {
        self.kernel[axis].saturating_sub(1) * self.dilation[axis] / self.stride[axis]
    }

    /// Where each channel and tap of a group finds the first output position in its image.
    fn input_offsets(&self, image: &Image, offsets: &mut [usize]) {
        let mut at = 0;
        for channel in 0..image.channels {
            for_each_index(self.kernel, |tap| {
                let slot = std::array::from_fn(|axis| tap[axis] % image.phases[axis]);
                let ahead: [usize; 3] =
                    std::array::from_fn(|axis| tap[axis] * self.dilation[axis] / self.stride[axis]);
                offsets[at] = image.plane(channel, slot) + image.flat(ahead);
                at += 1;
            });
        }
    }
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// y = x ∗ w (+ bias per channel), negatives made 0 if `relu`.
///
/// # Panics
///
/// If a slice is not of the length that `s` says, or `s` contradicts itself.
pub fn conv_forward<E: Element>(
    s: &ConvSizes,
    x: &[E],
    w: &[E],
    bias: Option<&[E]>,
    relu: bool,
    y: &mut [E],
) {
    s.check(x.len(), w.len(), y.len());
    assert!(
        bias.is_none_or(|bias| bias.len() == s.out_channels),
        "elements of the bias"
    );
    let image = s.input_image();
    let k = s.group_in() * volume(s.kernel);
    scratch::offsets(k, |offsets| {
        s.input_offsets(&image, offsets);
        let one = |group: usize| Sweep {
            rows: s.group_out(),
            k,
            a: w[group * s.group_out() * k..].as_ptr(),
            offsets,
            start: 0,
            pitch: [image.extent[1] * image.extent[2], image.extent[2]],
            out: s.output,
            to: 0,
            to_row: volume(s.output),
            to_step: [s.output[1] * s.output[2], s.output[2], 1],
            bias: bias.map_or(std::ptr::null(), |bias| {
                bias[group * s.group_out()..].as_ptr()
            }),
            relu,
        };
        let work = s.group_out() * k * volume(s.output);
        // SAFETY: slices are as long as the sizes say, and the offsets are inside the image.
        unsafe {
            sweep_batch(
                kernels(),
                s.batch,
                s.groups,
                &image,
                x,
                y,
                work,
                false,
                |group, each| each(one(group)),
            )
        };
    });
}

/// dx from dy; it is also y of a transposed convolution from its x.
///
/// # Panics
///
/// As [`conv_forward`].
pub fn conv_input_gradient<E: Element>(s: &ConvSizes, dy: &[E], w: &[E], dx: &mut [E]) {
    s.check(dx.len(), w.len(), dy.len());
    if dx.is_empty() {
        return;
    }
    // Positions of dx are taken by their remainder by the stride: each remainder is an ordinary
    // convolution of dy with the taps that reach it.
    let (taps, reach) = (volume(s.kernel), [0, 1, 2].map(|axis| s.reach(axis)));
    let image = Image {
        channels: s.group_out(),
        source: s.output,
        step: [1; 3],
        dilation: [1; 3],
        phases: [1; 3],
        low: reach,
        extent: std::array::from_fn(|axis| {
            (s.input[axis] - 1 + s.padding[axis]) / s.stride[axis] + 1 + reach[axis]
        }),
    };
    let (ins, outs) = (s.group_in(), s.group_out());
    let reaches = |phase: [usize; 3], tap: [usize; 3]| {
        (0..3).all(|axis| tap[axis] * s.dilation[axis] % s.stride[axis] == phase[axis])
    };
    scratch::offsets(outs * taps, |offsets| {
        scratch::elements(w.len(), |packed: &mut [E]| {
            // By phase: offsets by output channel and tap; by group and phase: weights by input
            // channel, output channel, and tap.
            let (mut at, mut before) = (0, 0);
            for_each_index(s.stride, |phase| {
                for channel in 0..outs {
                    for_each_index(s.kernel, |tap| {
                        if reaches(phase, tap) {
                            let behind: [usize; 3] = std::array::from_fn(|axis| {
                                reach[axis] - tap[axis] * s.dilation[axis] / s.stride[axis]
                            });
                            offsets[at] = image.plane(channel, [0; 3]) + image.flat(behind);
                            at += 1;
                        }
                    });
                }
            });
            scratch::offsets(taps, |reaching| {
                for_each_index(s.stride, |phase| {
                    let (mut tap_at, mut count) = (0, 0);
                    for_each_index(s.kernel, |tap| {
                        if reaches(phase, tap) {
                            reaching[count] = tap_at;
                            count += 1;
                        }
                        tap_at += 1;
                    });
                    // Weights of the phases before this one come first in each group.
                    for group in 0..s.groups {
                        let mut to = group * outs * ins * taps + before * outs * ins;
                        for input in 0..ins {
                            for output in group * outs..(group + 1) * outs {
                                let from = &w[(output * ins + input) * taps..][..taps];
                                for &tap in &reaching[..count] {
                                    packed[to] = from[tap];
                                    to += 1;
                                }
                            }
                        }
                    }
                    before += count;
                });
            });
            let (packed, offsets) = (&*packed, &*offsets);
            let each = |group: usize, each: &mut dyn FnMut(Sweep<E>)| {
                let (mut at, mut weights) = (0, group * outs * ins * taps);
                for_each_index(s.stride, |phase| {
                    let mut k = 0;
                    for_each_index(s.kernel, |tap| k += usize::from(reaches(phase, tap)) * outs);
                    let axes = [0, 1, 2].map(|axis| {
                        let (step, pad) = (s.stride[axis], s.padding[axis]);
                        let low = pad.saturating_sub(phase[axis]).div_ceil(step);
                        let high = (s.input[axis] + pad)
                            .saturating_sub(phase[axis])
                            .div_ceil(step);
                        (
                            low,
                            high.saturating_sub(low),
                            (low * step + phase[axis]).wrapping_sub(pad),
                        )
                    });
                    let step = [s.input[1] * s.input[2], s.input[2], 1];
                    if k > 0 && axes.iter().all(|&(_, count, _)| count > 0) {
                        each(Sweep {
                            rows: ins,
                            k,
                            a: packed[weights..].as_ptr(),
                            offsets: &offsets[at..at + k],
                            start: image.flat(axes.map(|(low, ..)| low)),
                            pitch: [image.extent[1] * image.extent[2], image.extent[2]],
                            out: axes.map(|(_, count, _)| count),
                            to: (0..3).map(|axis| axes[axis].2 * step[axis]).sum(),
                            to_row: volume(s.input),
                            to_step: std::array::from_fn(|axis| step[axis] * s.stride[axis]),
                            bias: std::ptr::null(),
                            relu: false,
                        });
                    }
                    at += k;
                    weights += k * ins;
                });
            };
            // Some positions may be out of reach of any tap.
            let clear = (0..3).any(|axis| s.kernel[axis] < s.stride[axis] || s.dilation[axis] > 1)
                || outs * taps == 0;
            let work = ins * outs * taps * volume(s.output);
            // SAFETY: slices are as long as the sizes say, and the offsets are inside the image.
            unsafe {
                sweep_batch(
                    kernels(),
                    s.batch,
                    s.groups,
                    &image,
                    dy,
                    dx,
                    work,
                    clear,
                    each,
                )
            };
        });
    });
}
