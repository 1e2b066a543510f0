//! The loops inside a task: blocks along k, blocks of rows, panels of columns, tiles; and the
//! packing of what lies too far apart.

use super::blocked::{BLOCK_M, Product};
use super::micro::Tile;
use super::simd::Kernels;
use crate::Element;
use crate::kernel::copy_row;
use crate::pool;
use std::ops::Range;

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
            let mut a = p.rows(i, start);
            if self.a_far {
                let tall = self.kernels.tiles[self.width].len();
                // SAFETY: the block is inside A, and the space was made for it.
                a = unsafe { a.brought_closer(rows, depth, tall, self.a_space) };
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
        a: Rows<E>,
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
        let tall = self.kernels.tiles[self.width].len();
        for (number, rows) in even_parts(rows, tall).enumerate() {
            let (i, height) = (rows.start, rows.len());
            let (row, direct) = (i0 + i, p.c_col == 1);
            let tile = Tile {
                k: depth,
                a: a.of_tile(number, i),
                a_row: a.row,
                a_col: a.col,
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
        }
    }
}

/// Some rows in parts of at most `most`: as many in each as in the others, or one more.
pub(crate) fn even_parts(rows: usize, most: usize) -> impl Iterator<Item = Range<usize>> {
    let count = rows.div_ceil(most);
    (0..count).map(move |part| rows * part / count..rows * (part + 1) / count)
}

/// Fills in where rows are that begin `step` after each other.
pub(crate) fn rows_apart(step: usize, offsets: &mut [usize]) {
    for (row, offset) in offsets.iter_mut().enumerate() {
        *offset = row * step;
    }
}

/// Rows of A, as tiles find them.
#[derive(Clone, Copy)]
pub(super) struct Rows<E> {
    pub start: *const E,
    pub row: usize,
    pub col: usize,
    /// From the rows of a tile to those of the next, where they are apart.
    pub tile: Option<usize>,
}

// SAFETY: the pointer is only read.
unsafe impl<E: Sync> Sync for Rows<E> {}

/// Elements that a task copies.
const COPY: usize = 1 << 15;

impl<E: Element> Rows<E> {
    fn of_tile(&self, number: usize, first: usize) -> *const E {
        let to_tile = self.tile.map_or(first * self.row, |tile| number * tile);
        self.start.wrapping_add(to_tile)
    }

    /// Whether the elements of a row are closer to each other than those of a column.
    pub fn are_along(&self) -> bool {
        self.row > self.col
    }

    /// The same in `space`, close together: rows as rows, and columns as the pieces that a tile reads.
    ///
    /// # Safety
    ///
    /// There must be that many rows and columns to read.
    unsafe fn brought_closer(
        self,
        rows: usize,
        depth: usize,
        tall: usize,
        space: &mut [E],
    ) -> Self {
        if self.are_along() {
            // SAFETY: as the caller's.
            return unsafe { self.copied(rows, depth, space) };
        }
        for p in 0..depth {
            let column = self.start.wrapping_add(p * self.col);
            for (number, rows) in even_parts(rows, tall).enumerate() {
                let to = &mut space[(number * depth + p) * tall..][..rows.len()];
                let from = column.wrapping_add(rows.start * self.row);
                if self.row == 1 {
                    // SAFETY: as the caller's.
                    copy_row(unsafe { std::slice::from_raw_parts(from, to.len()) }, to);
                } else {
                    // SAFETY: as the caller's.
                    unsafe { gather(from, self.row, to) };
                }
            }
        }
        Self {
            start: space.as_ptr(),
            row: 1,
            col: tall,
            tile: Some(depth * tall),
        }
    }

    /// The elements of a copy of so many rows.
    pub fn copied_len(rows: usize, depth: usize) -> usize {
        rows * padded(depth)
    }

    /// The same as rows in `space`, which the pool copies.
    ///
    /// # Safety
    ///
    /// There must be that many rows and columns to read.
    pub unsafe fn copied(self, rows: usize, depth: usize, space: &mut [E]) -> Self {
        let stride = padded(depth);
        let together = (COPY / stride).max(1);
        let all = &mut space[..Self::copied_len(rows, depth)];
        pool::parallel_chunks(all, together * stride, |part, to| {
            let whole = &self;
            for (row, to) in to.chunks_exact_mut(stride).enumerate() {
                let from = whole
                    .start
                    .wrapping_add((part * together + row) * whole.row);
                // SAFETY: as the caller's.
                unsafe { gather(from, whole.col, &mut to[..depth]) };
            }
        });
        Self {
            start: space.as_ptr(),
            row: stride,
            col: 1,
            tile: None,
        }
    }
}

/// Copies elements that are `stride` apart.
///
/// # Safety
///
/// There must be as many as `to` takes.
unsafe fn gather<E: Element>(from: *const E, stride: usize, to: &mut [E]) {
    if stride == 1 {
        // SAFETY: as the caller's.
        return to.copy_from_slice(unsafe { std::slice::from_raw_parts(from, to.len()) });
    }
    for (index, to) in to.iter_mut().enumerate() {
        // SAFETY: as the caller's.
        *to = unsafe { *from.add(index * stride) };
    }
}

/// A stride for rows of `length` that keeps neighbours from sharing a place in the caches: an odd
/// number of 16 elements.
pub(super) fn padded(length: usize) -> usize {
    length.next_multiple_of(32) + 16
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
                // SAFETY: the row is inside B.
                unsafe { gather(from, b_col, to) };
            }
        }
    }
}
