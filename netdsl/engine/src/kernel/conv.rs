//! Convolutions over one to three spatial axes, and their gradients.
//!
//! Nothing like an `im2col` matrix is made. An image is copied, with its border of zeros, so that
//! each tap of the kernel sees the output positions side by side in memory; a product of matrices
//! then takes its rows straight from there, one offset per channel and tap. Kernels of 3 × 3 between many
//! channels take fewer products (`winograd`). Work is cut by sizes alone, and sums have a fixed order: the bits
//! do not depend on the number of threads.

mod image;
mod input_gradient;
mod normalized;
mod sweep;
#[cfg(test)]
mod tests;
mod weights;
mod winograd;

pub use input_gradient::conv_input_gradient;
pub use normalized::conv_normalized;
pub use weights::conv_weight_gradient;

use image::{Image, for_each_index};
use sweep::{Sweep, Weights, sweep_batch};

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
/// A NaN or an infinity in x may reach positions next to those whose taps meet it.
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
    if winograd::forward(s, x, w, bias, relu, y) {
        return;
    }
    let image = s.input_image();
    let k = s.group_in() * volume(s.kernel);
    scratch::offsets(k, |offsets| {
        s.input_offsets(&image, offsets);
        let one = |group: usize| Sweep {
            weights: Weights {
                bias: bias.map_or(std::ptr::null(), |bias| {
                    bias[group * s.group_out()..].as_ptr()
                }),
                relu,
                ..Weights::plain(
                    s.group_out(),
                    w[group * s.group_out() * k..].as_ptr(),
                    [k, 1],
                    offsets,
                )
            },
            start: 0,
            pitch: [image.extent[1] * image.extent[2], image.extent[2]],
            out: s.output,
            to: 0,
            to_row: volume(s.output),
            to_step: [s.output[1] * s.output[2], s.output[2], 1],
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
