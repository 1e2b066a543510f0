//! The gradient of a convolution by its input.

use super::image::{Image, for_each_index};
use super::sweep::{Sweep, Weights, sweep_batch};
use super::{ConvSizes, volume, winograd};
use crate::Element;
use crate::kernel::gemm::scratch;
use crate::kernel::gemm::simd::kernels;

/// dx from dy; it is also y of a transposed convolution from its x. A NaN or an infinity in dy may reach positions
/// next to those whose taps meet it.
///
/// # Panics
///
/// If a slice is not of the length that `s` says, or `s` contradicts itself.
pub fn conv_input_gradient<E: Element>(s: &ConvSizes, dy: &[E], w: &[E], dx: &mut [E]) {
    s.check(dx.len(), w.len(), dy.len());
    if dx.is_empty() || winograd::input_gradient(s, dy, w, dx) {
        return;
    }
    let phases = Phases::new(s);
    let (ins, outs, taps) = (s.group_in(), s.group_out(), volume(s.kernel));
    let work = ins * outs * taps * volume(s.output);
    scratch::offsets(outs * taps, |offsets| {
        phases.fill_offsets(offsets);
        scratch::elements(w.len(), |packed: &mut [E]| {
            phases.pack(w, packed);
            let (offsets, packed) = (&*offsets, &*packed);
            let each = |group: usize, each: &mut dyn FnMut(Sweep<E>)| {
                let (mut at, mut weights) = (0, group * outs * ins * taps);
                for_each_index(s.stride, |phase| {
                    let k = phases.taps(phase) * outs;
                    let offsets = &offsets[at..at + k];
                    if let Some(sweep) = phases.sweep(phase, &packed[weights..], offsets) {
                        each(sweep);
                    }
                    at += k;
                    weights += k * ins;
                });
            };
            // SAFETY: slices are as long as the sizes say, and the offsets are inside the image.
            unsafe {
                sweep_batch(
                    kernels(),
                    s.batch,
                    s.groups,
                    &phases.image,
                    dy,
                    dx,
                    work,
                    phases.leave_gaps(),
                    each,
                )
            };
        });
    });
}

/// Positions of dx by their remainder by the stride, the phase: each phase is an ordinary convolution of dy with
/// the taps that reach it.
struct Phases<'s> {
    s: &'s ConvSizes,
    /// dy as taps see it.
    image: Image,
    /// How many positions of dy the last tap is behind the first.
    reach: [usize; 3],
}

impl<'s> Phases<'s> {
    fn new(s: &'s ConvSizes) -> Self {
        let reach = [0, 1, 2].map(|axis| s.reach(axis));
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
        Self { s, image, reach }
    }

    fn is_reached(&self, phase: [usize; 3], tap: [usize; 3]) -> bool {
        let s = self.s;
        (0..3).all(|axis| tap[axis] * s.dilation[axis] % s.stride[axis] == phase[axis])
    }

    /// Calls `visit` with each tap that reaches a phase, and its place among all.
    fn for_each_tap(&self, phase: [usize; 3], mut visit: impl FnMut([usize; 3], usize)) {
        let mut place = 0;
        for_each_index(self.s.kernel, |tap| {
            if self.is_reached(phase, tap) {
                visit(tap, place);
            }
            place += 1;
        });
    }

    /// How many taps reach a phase.
    fn taps(&self, phase: [usize; 3]) -> usize {
        let mut count = 0;
        self.for_each_tap(phase, |_, _| count += 1);
        count
    }

    /// Where each channel of dy and tap finds the first position, phase by phase.
    fn fill_offsets(&self, offsets: &mut [usize]) {
        let (s, mut at) = (self.s, 0);
        for_each_index(s.stride, |phase| {
            for channel in 0..s.group_out() {
                self.for_each_tap(phase, |tap, _| {
                    let behind = std::array::from_fn(|axis| {
                        self.reach[axis] - tap[axis] * s.dilation[axis] / s.stride[axis]
                    });
                    offsets[at] = self.image.plane(channel, [0; 3]) + self.image.flat(behind);
                    at += 1;
                });
            }
        });
    }

    /// Weights by group, phase, input channel, output channel, and tap.
    fn pack<E: Element>(&self, w: &[E], packed: &mut [E]) {
        let s = self.s;
        let (ins, outs, taps) = (s.group_in(), s.group_out(), volume(s.kernel));
        scratch::offsets(taps, |reaching| {
            // Weights of the phases before one come first in each group.
            let mut before = 0;
            for_each_index(s.stride, |phase| {
                let mut count = 0;
                self.for_each_tap(phase, |_, place| {
                    reaching[count] = place;
                    count += 1;
                });
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
    }

    /// The convolution of a phase, if it has a tap and a position.
    fn sweep<'a, E: Element>(
        &self,
        phase: [usize; 3],
        weights: &'a [E],
        offsets: &'a [usize],
    ) -> Option<Sweep<'a, E>> {
        let (s, image) = (self.s, &self.image);
        let low: [usize; 3] = std::array::from_fn(|axis| {
            let before = s.padding[axis].saturating_sub(phase[axis]);
            before.div_ceil(s.stride[axis])
        });
        let count: [usize; 3] = std::array::from_fn(|axis| {
            let end = (s.input[axis] + s.padding[axis]).saturating_sub(phase[axis]);
            end.div_ceil(s.stride[axis]).saturating_sub(low[axis])
        });
        if offsets.is_empty() || count.contains(&0) {
            return None;
        }
        let step = [s.input[1] * s.input[2], s.input[2], 1];
        let first = |axis: usize| low[axis] * s.stride[axis] + phase[axis] - s.padding[axis];
        Some(Sweep {
            weights: Weights::plain(s.group_in(), weights.as_ptr(), [offsets.len(), 1], offsets),
            start: image.flat(low),
            pitch: [image.extent[1] * image.extent[2], image.extent[2]],
            out: count,
            to: (0..3).map(|axis| first(axis) * step[axis]).sum(),
            to_row: volume(s.input),
            to_step: std::array::from_fn(|axis| step[axis] * s.stride[axis]),
        })
    }

    /// Whether some positions are out of reach of any tap.
    fn leave_gaps(&self) -> bool {
        let s = self.s;
        (0..3).any(|axis| s.kernel[axis] < s.stride[axis] || s.dilation[axis] > 1)
            || s.group_out() * volume(s.kernel) == 0
    }
}
