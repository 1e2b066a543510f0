//! The gradient of a convolution with respect to its weights.

use super::image::for_each_index;
use super::{ConvSizes, volume, winograd};
use crate::Element;
use crate::kernel::copy_row;
use crate::kernel::gemm::simd::{Kernels, kernels};
use crate::kernel::gemm::{Dot, Tile, scratch};
use crate::pool;

/// The most partial sums, each over a part of the batch.
const PARTS: usize = 8;
/// From this many input channels on, vectors run along channels; below, along positions.
const CHANNELS: usize = 4;
/// Bytes of an image that are worked on together, to stay in the first cache.
const BLOCK: usize = 32 << 10;
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
    if dw.is_empty() || winograd::weight_gradient(s, x, dy, dw) {
        return;
    }
    if dy.is_empty() {
        dw.fill(E::ZERO);
        return;
    }
    let each = s.batch.div_ceil(PARTS);
    let parts = s.batch.div_ceil(each);
    let kernels = kernels();
    let (taps, columns) = (volume(s.kernel), s.group_in() * volume(s.kernel));
    // Rows of partial sums are `[channel, tap]`, or `[tap, channel]` by runs.
    let wide = s.group_in() >= CHANNELS;
    let runs = Runs::new(s, kernels.lanes);
    let row = if wide { runs.row() } else { columns };
    let image = s.input_image();
    scratch::offsets(columns, |offsets| {
        s.input_offsets(&image, offsets);
        let offsets = &*offsets;
        scratch::elements(parts * s.out_channels * row, |sums: &mut [E]| {
            pool::parallel_chunks(sums, s.group_out() * row, |task, sums| {
                let (part, group) = (task / s.groups, task % s.groups);
                let images = part * each..s.batch.min((part + 1) * each);
                let part = Part {
                    s,
                    x,
                    dy,
                    offsets,
                    group,
                };
                if wide {
                    part.sum_by_channels(kernels, images, runs, sums);
                } else {
                    part.sum_by_positions(kernels, images, sums);
                }
            });
            let sums = &*sums;
            pool::parallel_chunks(dw, columns, |out, dw| {
                for (channel, dw) in dw.chunks_exact_mut(taps).enumerate() {
                    for (tap, dw) in dw.iter_mut().enumerate() {
                        let column = if wide {
                            runs.column(tap, s.group_in()) + channel
                        } else {
                            channel * taps + tap
                        };
                        let column = out * row + column;
                        let mut sum = sums[column];
                        for part in 1..parts {
                            sum += sums[part * s.out_channels * row + column];
                        }
                        *dw = sum;
                    }
                }
            });
        });
    });
}

/// Taps that see neighbouring positions: with the channels of a position side by side, those of
/// all taps of a run are, and vectors run along them.
#[derive(Clone, Copy)]
struct Runs {
    /// How many there are.
    count: usize,
    /// Taps in each run.
    taps: usize,
    /// Columns of a run, one for each tap and channel, rounded up to whole vectors.
    columns: usize,
}

impl Runs {
    fn new(s: &ConvSizes, lanes: usize) -> Self {
        let neighbours = s.stride[2] == 1 && s.dilation[2] == 1;
        let taps = if neighbours { s.kernel[2] } else { 1 };
        Self {
            count: volume(s.kernel) / taps,
            taps,
            columns: (taps * s.group_in()).next_multiple_of(lanes),
        }
    }

    /// The columns of all of them.
    fn row(&self) -> usize {
        self.count * self.columns
    }

    /// The column of the first channel of a tap.
    fn column(&self, tap: usize, channels: usize) -> usize {
        tap / self.taps * self.columns + tap % self.taps * channels
    }
}

struct Part<'a, E> {
    s: &'a ConvSizes,
    x: &'a [E],
    dy: &'a [E],
    offsets: &'a [usize],
    group: usize,
}

impl<E: Element> Part<'_, E> {
    /// The gradient of one group over some images, by outer products of a position's channels.
    fn sum_by_channels(
        &self,
        kernels: &Kernels<E>,
        images: std::ops::Range<usize>,
        runs: Runs,
        sums: &mut [E],
    ) {
        let (s, image, channels) = (self.s, self.s.input_image(), self.s.group_in());
        let (ins, outs) = (volume(s.input), volume(s.output));
        let plane = image.len() / image.channels;
        // A few elements between rows, for them not to share their place in the cache.
        let dy_row = outs.next_multiple_of(16) + 16;
        let dy_size = s.group_out() * dy_row;
        let block = (BLOCK / size_of::<E>() / channels).max(64);
        scratch::offsets(outs, |positions| {
            let mut at = 0;
            for_each_index(s.output, |index| {
                positions[at] = image.flat(index) * channels;
                at += 1;
            });
            let turns = image.step == [1; 3];
            let image_size = if turns {
                0
            } else {
                image.len().next_multiple_of(16)
            };
            // The last vector of a run is read whole.
            let turned_size = (image.len() + kernels.lanes).next_multiple_of(16);
            scratch::elements(image_size + turned_size + dy_size, |space: &mut [E]| {
                let (x_space, space) = space.split_at_mut(image_size);
                let (turned, dy_space) = space.split_at_mut(turned_size);
                x_space.fill(E::ZERO);
                turned.fill(E::ZERO);
                for index in images.clone() {
                    let from = index * s.groups + self.group;
                    let x = from * s.group_in() * ins;
                    let x = &self.x[x..][..channels * ins];
                    if turns {
                        image.turn(kernels, x, turned);
                    } else {
                        image.fill(x, x_space);
                        let (from_x, to) = (x_space.as_ptr(), turned.as_mut_ptr());
                        // SAFETY: the image has a plane per channel, and `turned` a row per
                        // element of a plane.
                        unsafe {
                            (kernels.transpose)(channels, from_x, plane, plane, to, channels);
                        }
                    }
                    let dy = &self.dy[from * s.group_out() * outs..][..s.group_out() * outs];
                    for (from, to) in dy.chunks_exact(outs).zip(dy_space.chunks_mut(dy_row)) {
                        to[..outs].copy_from_slice(from);
                    }
                    for start in (0..outs).step_by(block) {
                        let tile = Tile {
                            k: block.min(outs - start),
                            a: dy_space[start..].as_ptr(),
                            a_row: dy_row,
                            a_col: 1,
                            b: turned.as_ptr(),
                            b_offsets: positions[start..].as_ptr(),
                            b_step: kernels.lanes,
                            c: sums.as_mut_ptr(),
                            c_row: runs.row(),
                            c_step: kernels.lanes,
                            cols: 0,
                            cols_step: kernels.lanes,
                            load_c: index > images.start || start > 0,
                            bias_col: std::ptr::null(),
                            bias_row: std::ptr::null(),
                            relu: false,
                        };
                        // SAFETY: `sums` has a row per output channel, and positions are inside
                        // the image.
                        unsafe { self.runs(kernels, tile, runs) };
                    }
                }
            });
        });
    }

    /// The tiles of every run of taps over some positions.
    unsafe fn runs(&self, kernels: &Kernels<E>, all: Tile<E>, runs: Runs) {
        let rows = self.s.group_out();
        for run in 0..runs.count {
            // The first channel's offsets are those of all.
            let b = self.offsets[run * runs.taps] * self.s.group_in();
            let mut column = 0;
            while column < runs.columns {
                let vectors = (runs.columns - column) / kernels.lanes;
                let width = vectors
                    .ilog2()
                    .min(if rows <= kernels.tiles[2].len() { 2 } else { 1 });
                let tile = kernels.tiles[width as usize];
                let count = rows.div_ceil(tile.len());
                let mut row = 0;
                for part in 1..=count {
                    let height = rows * part / count - row;
                    let tile = Tile {
                        a: all.a.wrapping_add(row * all.a_row),
                        b: all.b.wrapping_add(b + column),
                        c: all
                            .c
                            .wrapping_add(row * all.c_row + run * runs.columns + column),
                        cols: kernels.lanes << width,
                        ..all
                    };
                    // SAFETY: as the caller's.
                    unsafe { kernels.tile(height, width as usize)(&tile) };
                    row += height;
                }
                column += kernels.lanes << width;
            }
        }
    }

    /// The gradient of one group over some images, by dot products of positions.
    fn sum_by_positions(
        &self,
        kernels: &Kernels<E>,
        images: std::ops::Range<usize>,
        sums: &mut [E],
    ) {
        let (s, image) = (self.s, self.s.input_image());
        let (ins, outs) = (volume(s.input), volume(s.output));
        let [depth, height, width] = s.output;
        let pitch = [image.extent[1] * image.extent[2], image.extent[2]];
        // Dot products run along rows of dy as they are, if long; else along all of its rows in
        // one line, with zeros for what lies between them in the image.
        let rows = width >= 8 * kernels.lanes;
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
