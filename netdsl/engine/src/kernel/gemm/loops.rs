//! The loops inside a task: blocks along k, blocks of rows, panels of columns, tiles; and the
//! packing of what lies too far apart.

use super::blocked::{BLOCK_M, Product};
use super::micro::Tile;
use super::simd::Kernels;
use crate::Element;
use crate::pool;

/// A task by outer products.
pub(super) struct Loops<'a, E: 'static> {
    pub product: &'a Product<E>,
    pub kernels: &'a Kernels<E>,
    /// The width of a panel is `lanes << width`.
    pub width: usize,
    pub b_direct: bool,
    pub a_far: bool,
    pub b_space: &'a mut [E],
    pub a_space: &'a mut [E],
    pub c_space: &'a mut [E],
    /// Where the rows of a packed panel start, and those of B as it is.
    pub packed: &'a [usize],
    pub direct: &'a [usize],
}

impl<E: Element> Loops<'_, E> {
    /// Adds the products over k from `start`, `depth` of them.
    pub unsafe fn block(&mut self, start: usize, depth: usize, first: bool, last: bool) {
        let p = self.product;
        let panel = self.kernels.lanes << self.width;
        let b = p.b.wrapping_add(start * p.b_row);
        if !self.b_direct {
            // SAFETY: the rows are inside B.
            unsafe {
                self.kernels
                    .pack(b, p.b_row, p.b_col, depth, p.n, panel, self.b_space);
            }
        } else if !p.n.is_multiple_of(panel) {
            let j = p.n / panel * panel;
            // SAFETY: the panel is inside B. Kernels read whole vectors, so the last is a copy.
            unsafe {
                self.kernels.pack(
                    b.wrapping_add(j),
                    p.b_row,
                    1,
                    depth,
                    p.n - j,
                    panel,
                    self.b_space,
                )
            };
        }
        let row_blocks = p.m.div_ceil(BLOCK_M);
        for row_block in 0..row_blocks {
            let i = row_block * BLOCK_M;
            let rows = BLOCK_M.min(p.m - i);
            let a = p.a.wrapping_add(i * p.a_row + start * p.a_col);
            let mut a = (a, p.a_row, p.a_col);
            if self.a_far {
                // SAFETY: the block is inside A, and the space was made for it.
                a = unsafe { Packing::new(a, rows, depth).copy(self.a_space) };
            }
            for j in (0..p.n).step_by(panel) {
                let whole = p.n - j >= panel;
                let (b, offsets) = if self.b_direct && whole {
                    (b.wrapping_add(j), self.direct)
                } else {
                    let at = if self.b_direct { 0 } else { j * depth };
                    (self.b_space.as_ptr().wrapping_add(at), self.packed)
                };
                // SAFETY: as the caller's.
                unsafe { self.panel(a, i, rows, b, offsets, j, depth, first, last) };
            }
        }
    }

    /// A panel of B against a block of A.
    #[allow(clippy::too_many_arguments, reason = "the indices of the loops around")]
    pub(super) unsafe fn panel(
        &mut self,
        (a, a_row, a_col): (*const E, usize, usize),
        i0: usize,
        rows: usize,
        b: *const E,
        offsets: &[usize],
        j: usize,
        depth: usize,
        first: bool,
        last: bool,
    ) {
        let p = self.product;
        let lanes = self.kernels.lanes;
        let cols = (p.n - j).min(lanes << self.width);
        let width = (0..self.width)
            .find(|&width| cols <= lanes << width)
            .unwrap_or(self.width);
        let load_c = !first || p.accumulate;
        let after = |pointer: *const E, by: usize| {
            if pointer.is_null() || !last {
                std::ptr::null()
            } else {
                pointer.wrapping_add(by)
            }
        };
        let count = rows.div_ceil(self.kernels.tiles[self.width].len());
        let mut i = 0;
        for tile in 0..count {
            let height = rows * (tile + 1) / count - rows * tile / count;
            let (row, direct) = (i0 + i, p.c_col == 1);
            let tile = Tile {
                k: depth,
                a: a.wrapping_add(i * a_row),
                a_row,
                a_col,
                b,
                b_offsets: offsets.as_ptr(),
                b_step: lanes,
                c: if direct {
                    p.c.wrapping_add(row * p.c_row + j)
                } else {
                    self.c_space.as_mut_ptr()
                },
                c_row: if direct { p.c_row } else { cols },
                c_step: lanes,
                cols,
                cols_step: lanes,
                load_c: load_c && direct,
                bias_col: if direct {
                    after(p.bias_col, j)
                } else {
                    std::ptr::null()
                },
                bias_row: if direct {
                    after(p.bias_row, row)
                } else {
                    std::ptr::null()
                },
                relu: p.relu && last && direct,
            };
            // SAFETY: the tile is inside the product; packed panels are whole.
            unsafe { self.kernels.tile(height, width)(&tile) };
            if !direct {
                for at in 0..height * cols {
                    let (r, c) = (row + at / cols, j + at % cols);
                    let mut value = self.c_space[at];
                    // SAFETY: (r, c) is inside the product, whose pointers are good.
                    unsafe {
                        let to = p.c.add(r * p.c_row + c * p.c_col);
                        if load_c {
                            value = *to + value;
                        }
                        if last {
                            p.finish(r, c, value)
                        } else {
                            *to = value
                        }
                    }
                }
            }
            i += height;
        }
    }
}

/// A stride for rows of `length` that keeps neighbours from sharing a place in the caches: an odd
/// number of 16 elements.
pub(super) fn padded(length: usize) -> usize {
    length.next_multiple_of(32) + 16
}

/// How a block of A is copied so that it lies close together: whichever side is the closer in memory
/// stays so, and copies are of whole lines.
#[derive(Clone, Copy)]
pub(super) struct Packing<E> {
    from: *const E,
    outer: usize,
    outer_stride: usize,
    inner: usize,
    inner_stride: usize,
    by_columns: bool,
}

// SAFETY: the pointer is only read.
unsafe impl<E: Sync> Sync for Packing<E> {}

/// Elements that a task copies.
const COPY: usize = 1 << 15;

impl<E: Element> Packing<E> {
    pub(super) fn new(
        (from, row, col): (*const E, usize, usize),
        rows: usize,
        depth: usize,
    ) -> Self {
        let by_columns = row < col;
        let ((outer, outer_stride), (inner, inner_stride)) = if by_columns {
            ((depth, col), (rows, row))
        } else {
            ((rows, row), (depth, col))
        };
        Self {
            from,
            outer,
            outer_stride,
            inner,
            inner_stride,
            by_columns,
        }
    }

    /// The elements of the copy.
    pub(super) fn len(&self) -> usize {
        self.outer * padded(self.inner)
    }

    /// Copies; gives the pointer and the strides of the copy.
    ///
    /// # Safety
    ///
    /// The block must be good to read.
    pub(super) unsafe fn copy(&self, to: &mut [E]) -> (*const E, usize, usize) {
        let stride = padded(self.inner);
        let rows = (COPY / stride).max(1);
        pool::parallel_chunks(&mut to[..self.outer * stride], rows * stride, |part, to| {
            for (row, to) in to.chunks_exact_mut(stride).enumerate() {
                let from = (part * rows + row) * self.outer_stride;
                // SAFETY: the row is inside the block.
                unsafe { self.line(self.from.wrapping_add(from), &mut to[..self.inner]) };
            }
        });
        match self.by_columns {
            true => (to.as_ptr(), 1, stride),
            false => (to.as_ptr(), stride, 1),
        }
    }

    unsafe fn line(&self, from: *const E, to: &mut [E]) {
        if self.inner_stride == 1 {
            // SAFETY: as the caller's.
            return to.copy_from_slice(unsafe { std::slice::from_raw_parts(from, to.len()) });
        }
        for (index, to) in to.iter_mut().enumerate() {
            // SAFETY: as the caller's.
            *to = unsafe { *from.add(index * self.inner_stride) };
        }
    }
}

impl<E: Element> Kernels<E> {
    /// Packs `depth` rows of B, `cols` wide, in panels of `panel` columns; zeros fill the last.
    #[allow(
        clippy::too_many_arguments,
        reason = "a matrix, its size, and where it goes"
    )]
    pub(super) unsafe fn pack(
        &self,
        b: *const E,
        b_row: usize,
        b_col: usize,
        depth: usize,
        cols: usize,
        panel: usize,
        to: &mut [E],
    ) {
        let rest = cols % panel;
        if rest > 0 {
            let last = &mut to[(cols - rest) * depth..][..panel * depth];
            last.chunks_exact_mut(panel)
                .for_each(|row| row[rest..].fill(E::ZERO));
        }
        if b_row == 1 && b_col > 1 {
            for j in (0..cols).step_by(panel) {
                let (width, to) = (panel.min(cols - j), &mut to[j * depth..][..panel * depth]);
                let from = b.wrapping_add(j * b_col);
                // SAFETY: the panel is inside B, and `to` has `depth` rows of `panel` ≥ `width`.
                unsafe { (self.transpose)(width, from, b_col, depth, to.as_mut_ptr(), panel) };
            }
            return;
        }
        // Row by row: a panel alone would touch another page for each.
        for p in 0..depth {
            for j in (0..cols).step_by(panel) {
                let from = b.wrapping_add(p * b_row + j * b_col);
                let to = &mut to[j * depth + p * panel..][..panel.min(cols - j)];
                if b_col == 1 {
                    // SAFETY: the row is inside B.
                    to.copy_from_slice(unsafe { std::slice::from_raw_parts(from, to.len()) });
                } else {
                    for (j, to) in to.iter_mut().enumerate() {
                        // SAFETY: the row is inside B.
                        *to = unsafe { *from.add(j * b_col) };
                    }
                }
            }
        }
    }
}
