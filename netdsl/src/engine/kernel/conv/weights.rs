//! The gradient of a convolution with respect to its weights.

use super::image::{copy_row, for_each_index};
use super::{ConvSizes, volume};
use crate::Element;
use crate::engine::kernel::gemm::simd::{Kernels, kernels};
use crate::engine::kernel::gemm::{Dot, scratch};
use crate::engine::pool;

/// The most partial sums, each over a part of the batch.
const PARTS: usize = 8;
/// Bytes of images that are worked on together, to stay in the second cache.
const TOGETHER: usize = 384 << 10;

/// dw from x and dy, summed over the batch.
///
/// A NaN or an infinity in x may reach taps that do not use that element.
///
/// # Panics
///
/// As [`super::conv_forward`].
pub fn conv_weight_gradient<E: Element>(s: &ConvSizes, x: &[E], dy: &[E], dw: &mut [E]) {
    s.check(x.len(), dw.len(), dy.len());
    if dw.is_empty() {
        return;
    }
    if dy.is_empty() {
        dw.fill(E::ZERO);
        return;
    }
    let size = dw.len();
    let each = s.batch.div_ceil(PARTS);
    let parts = s.batch.div_ceil(each);
    let columns = s.group_in() * volume(s.kernel);
    let image = s.input_image();
    scratch::offsets(columns, |offsets| {
        s.input_offsets(&image, offsets);
        let offsets = &*offsets;
        scratch::elements(parts * size, |sums: &mut [E]| {
            let share = size / s.groups;
            pool::parallel_chunks(sums, share, |task, sums| {
                let (part, group) = (task / s.groups, task % s.groups);
                let images = part * each..s.batch.min((part + 1) * each);
                Part {
                    s,
                    x,
                    dy,
                    offsets,
                    group,
                }
                .sum(kernels(), images, sums);
            });
            let sums = &*sums;
            pool::parallel_chunks(dw, 4096, |index, dw| {
                for (part, sums) in sums.chunks_exact(size).enumerate() {
                    let sums = &sums[index * 4096..][..dw.len()];
                    if part == 0 {
                        dw.copy_from_slice(sums);
                    } else {
                        dw.iter_mut().zip(sums).for_each(|(dw, &sum)| *dw += sum);
                    }
                }
            });
        });
    });
}

struct Part<'a, E> {
    s: &'a ConvSizes,
    x: &'a [E],
    dy: &'a [E],
    offsets: &'a [usize],
    group: usize,
}

impl<E: Element> Part<'_, E> {
    /// The gradient of one group over some images.
    fn sum(&self, kernels: &Kernels<E>, images: std::ops::Range<usize>, sums: &mut [E]) {
        let (s, image) = (self.s, self.s.input_image());
        let (ins, outs) = (volume(s.input), volume(s.output));
        let [depth, height, width] = s.output;
        let pitch = [image.extent[1] * image.extent[2], image.extent[2]];
        // Dot products run along rows of dy as they are, or along all of its rows in one line
        // with zeros between them, whichever wastes less.
        let rows = pitch[1] * 10 >= width.next_multiple_of(kernels.lanes) * 8;
        let line = (depth - 1) * pitch[0] + (height - 1) * pitch[1] + width;
        let line = line.next_multiple_of(kernels.lanes);
        let x_size = (image.len() + kernels.lanes).next_multiple_of(16);
        let dy_size = if rows { 0 } else { s.group_out() * line };
        let bytes = size_of::<E>() * (x_size + s.group_out() * outs.max(line));
        let together = (TOGETHER / bytes).clamp(1, images.len());
        let pieces = if rows { depth * height } else { 1 };
        scratch::pairs(pieces * together, |segments| {
            scratch::elements((x_size + dy_size) * together, |space: &mut [E]| {
                space.fill(E::ZERO);
                let (x_space, dy_space) = space.split_at_mut(x_size * together);
                let mut first = images.start;
                while first < images.end {
                    let count = together.min(images.end - first);
                    let mut at = 0;
                    for index in 0..count {
                        let from = (first + index) * s.groups + self.group;
                        let (x, dy) = (from * s.group_in() * ins, from * s.group_out() * outs);
                        let x_to = &mut x_space[index * x_size..][..x_size];
                        image.fill(&self.x[x..][..s.group_in() * ins], x_to);
                        if rows {
                            for_each_index([1, depth, height], |[_, d, h]| {
                                segments[at] = [
                                    dy + (d * height + h) * width,
                                    index * x_size + d * pitch[0] + h * pitch[1],
                                ];
                                at += 1;
                            });
                            continue;
                        }
                        segments[at] = [index * dy_size, index * x_size];
                        at += 1;
                        for row in 0..s.group_out() {
                            let from = &self.dy[dy + row * outs..][..outs];
                            let to = &mut dy_space[index * dy_size + row * line..][..line];
                            for_each_index([1, depth, height], |[_, d, h]| {
                                let to = &mut to[d * pitch[0] + h * pitch[1]..][..width];
                                copy_row(&from[(d * height + h) * width..][..width], to);
                            });
                        }
                    }
                    let (a, a_row, length) = if rows {
                        (self.dy.as_ptr(), outs, width)
                    } else {
                        (dy_space.as_ptr(), line, line)
                    };
                    let dot = Dot {
                        segments: segments.as_ptr(),
                        segment_count: at,
                        length,
                        a,
                        a_row,
                        b: x_space.as_ptr(),
                        b_offsets: self.offsets.as_ptr(),
                        c: sums.as_mut_ptr(),
                        c_row: self.offsets.len(),
                        c_col: 1,
                        load_c: first > images.start,
                    };
                    // SAFETY: segments and offsets are inside dy and the copies of x, and `sums`
                    // has a row for each output channel of the group.
                    unsafe { self.blocks(kernels, dot) };
                    first += count;
                }
            });
        });
    }

    /// All blocks of a matrix of dot products.
    unsafe fn blocks(&self, kernels: &Kernels<E>, all: Dot<E>) {
        let (rows, columns) = (self.s.group_out(), self.offsets.len());
        let (down, across) = (rows.div_ceil(4), columns.div_ceil(kernels.dots[0].len()));
        for i in 0..down {
            let (top, bottom) = (rows * i / down, rows * (i + 1) / down);
            for j in 0..across {
                let (left, right) = (columns * j / across, columns * (j + 1) / across);
                let dot = Dot {
                    a: all.a.wrapping_add(top * all.a_row),
                    b_offsets: self.offsets[left..].as_ptr(),
                    c: all.c.wrapping_add(top * all.c_row + left),
                    ..all
                };
                // SAFETY: as the caller's; the block is inside the matrix.
                unsafe { kernels.dots[bottom - top - 1][right - left - 1](&dot) };
            }
        }
    }
}
