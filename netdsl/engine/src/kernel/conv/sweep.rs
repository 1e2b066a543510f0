//! A matrix of weights against an image: the product behind the forward pass and the gradient
//! with respect to the input.

use super::image::{Image, for_each_index};
use crate::Element;
use crate::kernel::copy_row;
use crate::kernel::gemm::simd::Kernels;
use crate::kernel::gemm::{Tile, even_parts, scratch};
use crate::pool;

/// A matrix to multiply by rows that lie anywhere in memory:
/// `to[row, position] = Σ a[row, p] · from[offsets[p] + position] (+ bias[row])`.
#[derive(Clone, Copy)]
pub(super) struct Weights<'a, E> {
    pub rows: usize,
    pub a: *const E,
    pub a_row: usize,
    pub a_col: usize,
    /// Where each of those rows is.
    pub offsets: &'a [usize],
    /// Whether to add what is there.
    pub load: bool,
    /// Null for none.
    pub bias: *const E,
    pub relu: bool,
}

/// Weights against an image: the product for positions in a box.
#[derive(Clone, Copy)]
pub(super) struct Sweep<'a, E> {
    pub weights: Weights<'a, E>,
    /// Where the first position is in the image.
    pub start: usize,
    /// Strides of the image along the first two axes.
    pub pitch: [usize; 2],
    /// The box of positions.
    pub out: [usize; 3],
    /// Where results start in an output image, and their strides.
    pub to: usize,
    pub to_row: usize,
    pub to_step: [usize; 3],
}

// SAFETY: the pointers are read only, to slices of elements that outlive the loop.
unsafe impl<E: Sync> Sync for Sweep<'_, E> {}

/// The most parts a batch is cut into.
const PARTS: usize = 16;
/// Multiply-adds of an image that are worth sharing between tasks when images are few.
const SHARE: usize = 1 << 22;

/// An output that tasks write disjoint parts of.
pub(super) struct Output<E>(pub *mut E);
// SAFETY: tasks write disjoint images, groups or rows of it.
unsafe impl<E: Send> Sync for Output<E> {}
impl<E> Output<E> {
    pub fn at(&self, offset: usize) -> *mut E {
        self.0.wrapping_add(offset)
    }
}

/// Runs sweeps over every image and group: `sweeps` calls its argument with those of a group.
/// If they do not write every position, `clear` has the rest zeroed.
///
/// # Safety
///
/// `from` and `to` must be `batch · groups` images of the sizes in `image` and in the sweeps,
/// whose offsets must be inside the image.
#[allow(
    clippy::too_many_arguments,
    reason = "one private caller for each gradient"
)]
pub(super) unsafe fn sweep_batch<E: Element>(
    kernels: &'static Kernels<E>,
    batch: usize,
    groups: usize,
    image: &Image,
    from: &[E],
    to: &mut [E],
    work: usize,
    clear: bool,
    sweeps: impl Fn(usize, &mut dyn FnMut(Sweep<E>)) + Sync,
) {
    if to.is_empty() {
        return;
    }
    let source = image.channels * super::volume(image.source);
    let target = to.len() / (batch * groups);
    let each = batch.div_ceil(PARTS);
    let parts = batch.div_ceil(each);
    let shares = if work >= SHARE && !clear {
        (8 / (parts * groups)).max(1)
    } else {
        1
    };
    let output = Output(to.as_mut_ptr());
    pool::parallel_for(parts * groups * shares, |task| {
        let (part, group, share) = (
            task / groups / shares,
            task / shares % groups,
            task % shares,
        );
        let slack = 4 * kernels.lanes;
        scratch::elements(image.len() + slack, |space: &mut [E]| {
            space.fill(E::ZERO);
            for index in part * each..batch.min((part + 1) * each) {
                let at = index * groups + group;
                image.fill(&from[at * source..(at + 1) * source], space);
                if clear {
                    // SAFETY: the image and group are this task's alone.
                    unsafe { output.at(at * target).write_bytes(0, target) };
                }
                sweeps(group, &mut |sweep: Sweep<E>| {
                    let rows = sweep.weights.rows;
                    let (first, last) = (rows * share / shares, rows * (share + 1) / shares);
                    let sweep = Sweep {
                        weights: sweep.weights.part(first, last - first),
                        to: sweep.to + first * sweep.to_row,
                        ..sweep
                    };
                    // SAFETY: as the caller's; a task's rows, group and images are its own.
                    unsafe { sweep.run(kernels, space, output.at(at * target + sweep.to)) };
                });
            }
        });
    });
}

impl<E: Element> Sweep<'_, E> {
    unsafe fn run(mut self, kernels: &Kernels<E>, image: &[E], to: *mut E) {
        // Axes that are dense in both are one.
        if self.out[1] == 1
            || self.pitch[1] == self.out[2] && self.to_step[1] == self.out[2] * self.to_step[2]
        {
            self.out = [self.out[0], 1, self.out[1] * self.out[2]];
            self.pitch[1] = self.pitch[0];
            self.to_step[1] = self.to_step[0];
        }
        if self.out[1] == 1 {
            self.out = [1, self.out[0], self.out[2]];
            self.pitch[1] = self.pitch[0];
            self.to_step[1] = self.to_step[0];
            if self.pitch[1] == self.out[2] && self.to_step[1] == self.out[2] * self.to_step[2] {
                self.out = [1, 1, self.out[1] * self.out[2]];
            }
        }
        let lanes = kernels.lanes;
        let [depth, height, width] = self.out;
        let from = image.as_ptr().wrapping_add(self.start);
        // Row by row fills the last vector of each row in part; all rows in one line compute
        // what lies between them too, and copy what they want of it.
        let by_rows =
            depth * height == 1 || self.pitch[1] * 10 >= width.next_multiple_of(lanes) * 8;
        if self.to_step[2] == 1 && by_rows {
            for d in 0..depth {
                let from = from.wrapping_add(d * self.pitch[0]);
                let to = to.wrapping_add(d * self.to_step[0]);
                if width > lanes {
                    for h in 0..height {
                        let from = from.wrapping_add(h * self.pitch[1]);
                        // SAFETY: the row is inside the box.
                        unsafe {
                            self.weights.line(
                                kernels,
                                from,
                                to.wrapping_add(h * self.to_step[1]),
                                self.to_row,
                                width,
                            )
                        };
                    }
                    continue;
                }
                let mut h = 0;
                while h < height {
                    let most = self
                        .weights
                        .widest(kernels)
                        .min((height - h).ilog2() as usize);
                    let steps = (self.pitch[1], self.to_step[1], 0);
                    let from = from.wrapping_add(h * self.pitch[1]);
                    let to = to.wrapping_add(h * self.to_step[1]);
                    // SAFETY: the rows are inside the box.
                    unsafe {
                        self.weights
                            .column(kernels, most, from, to, self.to_row, width, steps)
                    };
                    h += 1 << most;
                }
            }
            return;
        }
        let length = (depth - 1) * self.pitch[0] + (height - 1) * self.pitch[1] + width;
        let stride = length.next_multiple_of(lanes);
        scratch::elements(self.weights.rows * stride, |space: &mut [E]| {
            // SAFETY: the line starts and ends in the box, and the space has room for it.
            unsafe {
                self.weights
                    .line(kernels, from, space.as_mut_ptr(), stride, length)
            };
            for (row, space) in space.chunks_exact(stride).enumerate() {
                for_each_index([1, depth, height], |[_, d, h]| {
                    let space = &space[d * self.pitch[0] + h * self.pitch[1]..][..width];
                    let to = to.wrapping_add(
                        row * self.to_row + d * self.to_step[0] + h * self.to_step[1],
                    );
                    if self.to_step[2] == 1 {
                        // SAFETY: the row is inside the output, and this task's own.
                        copy_row(space, unsafe { std::slice::from_raw_parts_mut(to, width) });
                    } else {
                        for (w, &value) in space.iter().enumerate() {
                            // SAFETY: the position is inside the output, and this task's own.
                            unsafe { *to.add(w * self.to_step[2]) = value };
                        }
                    }
                });
            }
        });
    }
}

impl<'a, E: Element> Weights<'a, E> {
    /// Those of `rows` rows, whose products are stored as they are.
    pub fn plain(
        rows: usize,
        a: *const E,
        [a_row, a_col]: [usize; 2],
        offsets: &'a [usize],
    ) -> Self {
        Self {
            rows,
            a,
            a_row,
            a_col,
            offsets,
            load: false,
            bias: std::ptr::null(),
            relu: false,
        }
    }

    /// Those of some rows from one on.
    fn part(self, first: usize, rows: usize) -> Self {
        Self {
            rows,
            a: self.a.wrapping_add(first * self.a_row),
            bias: self.bias_from(first),
            ..self
        }
    }

    fn bias_from(&self, row: usize) -> *const E {
        if self.bias.is_null() {
            self.bias
        } else {
            self.bias.wrapping_add(row)
        }
    }

    /// The width of tiles to use, as a power of two: the widest for few rows.
    fn widest(&self, kernels: &Kernels<E>) -> usize {
        if self.rows <= kernels.tiles[2].len() {
            2
        } else {
            1
        }
    }

    /// A run of positions that are neighbours in the image and in the output.
    ///
    /// # Safety
    ///
    /// All pointers must be good for what is read and written: of the image, whole vectors.
    pub unsafe fn line(
        &self,
        kernels: &Kernels<E>,
        from: *const E,
        to: *mut E,
        to_row: usize,
        length: usize,
    ) {
        let (lanes, most) = (kernels.lanes, self.widest(kernels));
        let mut at = 0;
        while at < length {
            let cols = (length - at).min(lanes << most);
            let width = (0..most)
                .find(|&width| cols <= lanes << width)
                .unwrap_or(most);
            let (from, to) = (from.wrapping_add(at), to.wrapping_add(at));
            // SAFETY: as the caller's.
            unsafe {
                self.column(
                    kernels,
                    width,
                    from,
                    to,
                    to_row,
                    cols,
                    (lanes, lanes, lanes),
                )
            };
            at += cols;
        }
    }

    /// A column of tiles `1 << width` vectors wide.
    #[allow(clippy::too_many_arguments, reason = "what tiles have in common")]
    unsafe fn column(
        &self,
        kernels: &Kernels<E>,
        width: usize,
        from: *const E,
        to: *mut E,
        to_row: usize,
        cols: usize,
        (b_step, c_step, cols_step): (usize, usize, usize),
    ) {
        for rows in even_parts(self.rows, kernels.tiles[width].len()) {
            let row = rows.start;
            let tile = Tile {
                k: self.offsets.len(),
                a: self.a.wrapping_add(row * self.a_row),
                a_row: self.a_row,
                a_col: self.a_col,
                b: from,
                b_offsets: self.offsets.as_ptr(),
                b_step,
                c: to.wrapping_add(row * to_row),
                c_row: to_row,
                c_step,
                cols,
                cols_step,
                load_c: self.load,
                bias_col: std::ptr::null(),
                bias_row: self.bias_from(row),
                relu: self.relu,
            };
            // SAFETY: as the caller's; the image has room after it for the last vectors.
            unsafe { kernels.tile(rows.len(), width)(&tile) };
        }
    }
}
