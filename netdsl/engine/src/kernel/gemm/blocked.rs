//! How a product is computed: by which kernel, cut into which tasks, and which operands are
//! packed.

use super::loops::{Loops, Rows, padded, rows_apart};
use super::micro::Dot;
use super::scratch;
use super::simd::Kernels;
use crate::Element;
use crate::pool;

/// A product C = A·B (+ C) (+ biases) with all strides general and all sizes checked.
#[derive(Clone, Copy)]
pub(crate) struct Product<E> {
    pub m: usize,
    pub n: usize,
    pub k: usize,
    pub a: *const E,
    pub a_row: usize,
    pub a_col: usize,
    pub b: *const E,
    pub b_row: usize,
    pub b_col: usize,
    pub c: *mut E,
    pub c_row: usize,
    pub c_col: usize,
    pub accumulate: bool,
    pub bias_col: *const E,
    pub bias_row: *const E,
    pub relu: bool,
    /// Rows of A do not collide in the caches, however far apart they are.
    pub a_close: bool,
}

// SAFETY: tasks share a product to read A, B and the biases, and write disjoint parts of C.
unsafe impl<E: Send + Sync> Sync for Product<E> {}

/// Multiply-adds that make a task worth sending to another thread (some 10 µs).
const TASK: usize = 1 << 20;
/// Up to this many rows a product takes as long as reading its B does.
const THIN: usize = 4;
/// Elements of B that a task of a thin product is worth (some 3 µs): each thread then has its own part in
/// its caches the next time.
const STREAM: usize = 1 << 16;
/// The most tasks a product is cut into; each packs what it needs by itself.
const MAX_TASKS: usize = 8;
/// The largest side of a task's part of C.
const MAX_SIDE: usize = 1024;
/// Bytes of k that a block spans: a packed panel of B then fills some of the first cache.
const BLOCK_K_BYTES: usize = 1536;
/// Rows of A that a block spans, to stay in the second cache: whole tiles for every kernel.
pub(super) const BLOCK_M: usize = 240;
/// A stride in bytes from which rows collide in the caches and in the page tables.
const FAR: usize = 4096;
/// A stride in bytes whose multiples put rows into the same two of 64 sets of the first cache.
const COLLIDING: usize = 2048;
/// Elements of A up to which it is worth copying whole.
const COPIED: usize = 1 << 20;
/// Elements of B up to which it is worth turning whole: it has to stay in the second cache.
const TURNED: usize = 1 << 17;
/// Columns of B that a task turns.
const TURN: usize = 64;
/// Up to this many rows, dot products beat transposing B for a product of outer products.
const DOT_ROWS: usize = 48;

/// How many tasks so many multiply-adds are worth.
pub(super) fn tasks(work: usize) -> usize {
    (work / TASK).clamp(1, MAX_TASKS)
}

/// A copy of B that tasks write disjoint columns of.
struct Turned<E>(*mut E);
// SAFETY: see there.
unsafe impl<E: Send> Sync for Turned<E> {}
impl<E> Turned<E> {
    fn at(&self, column: usize) -> *mut E {
        self.0.wrapping_add(column)
    }
}

impl<E: Element> Product<E> {
    /// The same product transposed: Cᵀ = Bᵀ·Aᵀ.
    pub(super) fn transposed(&self) -> Self {
        Product {
            m: self.n,
            n: self.m,
            a: self.b,
            a_row: self.b_col,
            a_col: self.b_row,
            b: self.a,
            b_row: self.a_col,
            b_col: self.a_row,
            c_row: self.c_col,
            c_col: self.c_row,
            bias_col: self.bias_row,
            bias_row: self.bias_col,
            ..*self
        }
    }

    /// The same product of operands that start further on.
    pub fn moved(&self, a: usize, b: usize, c: usize) -> Self {
        Product {
            a: self.a.wrapping_add(a),
            b: self.b.wrapping_add(b),
            c: self.c.wrapping_add(c),
            ..*self
        }
    }

    /// Computes the product on the pool; `alone` if it is not itself a task of a loop.
    ///
    /// # Safety
    ///
    /// Pointers and strides must describe readable A, B and biases, and a writable C whose
    /// elements do not overlap.
    pub unsafe fn run(mut self, kernels: &'static Kernels<E>, alone: bool) {
        if self.m == 0 || self.n == 0 {
            return;
        }
        // The stride along a side of 1 is arbitrary: choose the one that helps.
        if self.n == 1 {
            self.b_col = if self.b_row == 1 { self.k.max(1) } else { 1 };
        }
        if self.m == 1 {
            self.a_row = if self.a_col == 1 { self.k.max(1) } else { 1 };
        }
        // Dot products spare a transpose of B, at the price of sums across lanes.
        let dots = self.a_col == 1
            && self.b_row == 1
            && (self.k >= 8 * kernels.lanes && (self.m <= DOT_ROWS || self.n <= kernels.lanes)
                || self.k >= kernels.lanes && self.m.min(self.n) <= 4);
        // A narrow C wastes lanes; a tall one may not.
        if !dots && 2 * self.n <= kernels.lanes && self.m > self.n {
            self = self.transposed();
        }
        let (rows, cols) = self.task_sides(kernels.lanes);
        // SAFETY: as the caller's.
        unsafe {
            if alone && !dots && self.is_streamed() {
                self.streamed(kernels);
            } else if alone && !dots {
                self.in_close_tasks(kernels, rows, cols);
            } else {
                self.in_tasks(kernels, rows, cols, dots);
            }
        }
    }

    /// [`Self::in_tasks`] once that is brought closer together which several of them would each bring closer
    /// for themselves.
    unsafe fn in_close_tasks(mut self, kernels: &'static Kernels<E>, rows: usize, cols: usize) {
        let a = self.rows(0, 0);
        let small_a = self.m.saturating_mul(self.k) <= COPIED;
        let copies = a.are_along() && self.n > cols && self.a_is_far() && small_a;
        let stride = padded(self.n);
        let small = self.k.saturating_mul(stride) <= TURNED && stride * size_of::<E>() <= FAR;
        let turns = self.m > rows && self.b_row == 1 && self.b_col > 1 && small;
        let a_space = if copies {
            Rows::<E>::copied_len(self.m, self.k)
        } else {
            0
        };
        let b_space = if turns { self.k * stride } else { 0 };
        scratch::own_elements(a_space + b_space, |space: &mut [E]| {
            let (a_space, b_space) = space.split_at_mut(a_space);
            // SAFETY: as the caller's.
            unsafe {
                if copies {
                    let a = a.copied(self.m, self.k, a_space);
                    self = Product {
                        a: a.start,
                        a_row: a.row,
                        a_col: a.col,
                        a_close: true,
                        ..self
                    };
                }
                if turns {
                    self = self.with_b_in(kernels, b_space, stride);
                }
                self.in_tasks(kernels, rows, cols, false);
            }
        });
    }

    /// The rows of A from one on, from a column on.
    pub(super) fn rows(&self, row: usize, col: usize) -> Rows<E> {
        Rows {
            start: self.a.wrapping_add(row * self.a_row + col * self.a_col),
            row: self.a_row,
            col: self.a_col,
            tile: None,
        }
    }

    /// Whether neighbouring rows or columns of A are so far apart that they collide in the caches.
    fn a_is_far(&self) -> bool {
        !self.a_close && self.a_row.max(self.a_col) * size_of::<E>() >= FAR
    }

    /// The same product with a copy of B that is stored row by row.
    unsafe fn with_b_in(&self, kernels: &Kernels<E>, turned: &mut [E], stride: usize) -> Self {
        let to = Turned(turned.as_mut_ptr());
        pool::parallel_for(self.n.div_ceil(TURN), |task| {
            let first = task * TURN;
            let columns = TURN.min(self.n - first);
            let from = self.b.wrapping_add(first * self.b_col);
            // SAFETY: the columns are inside B, and `turned` has k rows of `stride` ≥ n elements; tasks
            // write columns of their own.
            unsafe { (kernels.transpose)(columns, from, self.b_col, self.k, to.at(first), stride) };
        });
        Product {
            b: turned.as_ptr(),
            b_row: stride,
            b_col: 1,
            ..*self
        }
    }

    unsafe fn in_tasks(&self, kernels: &'static Kernels<E>, rows: usize, cols: usize, dots: bool) {
        let across = self.n.div_ceil(cols);
        pool::parallel_for(self.m.div_ceil(rows) * across, |task| {
            let part = self.part(task / across * rows, rows, task % across * cols, cols);
            // SAFETY: as the caller's; parts of C do not overlap.
            unsafe {
                if dots {
                    part.dots(kernels)
                } else {
                    part.tiles(kernels)
                }
            }
        });
    }

    /// Multiply-adds.
    pub(super) fn work(&self) -> usize {
        self.m.saturating_mul(self.n).saturating_mul(self.k.max(1))
    }

    /// Rows and columns of C per task: a matter of sizes alone.
    fn task_sides(&self, lanes: usize) -> (usize, usize) {
        let weights = self.n.saturating_mul(self.k);
        let tasks = if self.m <= THIN {
            (weights / STREAM).clamp(1, MAX_TASKS)
        } else {
            tasks(self.work())
        };
        let step = 4 * lanes;
        let (mut rows, mut cols) = (self.m.min(MAX_SIDE), self.n.min(MAX_SIDE));
        while self.m.div_ceil(rows) * self.n.div_ceil(cols) < tasks {
            if cols >= rows && cols > step {
                cols = cols.div_ceil(2).next_multiple_of(step);
            } else if rows > 16 {
                rows = rows.div_ceil(2);
            } else {
                break;
            }
        }
        (rows, cols)
    }

    pub(super) fn part(&self, row: usize, rows: usize, col: usize, cols: usize) -> Self {
        let after = |pointer: *const E, by: usize| {
            if pointer.is_null() {
                pointer
            } else {
                pointer.wrapping_add(by)
            }
        };
        Product {
            m: rows.min(self.m - row),
            n: cols.min(self.n - col),
            a: self.a.wrapping_add(row * self.a_row),
            b: self.b.wrapping_add(col * self.b_col),
            c: self.c.wrapping_add(row * self.c_row + col * self.c_col),
            bias_row: after(self.bias_row, row),
            bias_col: after(self.bias_col, col),
            ..*self
        }
    }

    /// By outer products.
    unsafe fn tiles(&self, kernels: &Kernels<E>) {
        let (lanes, size) = (kernels.lanes, size_of::<E>());
        let narrow = self.m <= kernels.tiles[2].len() && self.n > 2 * lanes;
        let width = if narrow { 2 } else { 1 };
        let panel = lanes << width;
        let tall = kernels.tiles[width].len();

        let b_step = self.b_row * size;
        let b_far = b_step > FAR && self.m > 2 * tall;
        let b_collides = b_step.is_multiple_of(COLLIDING) && self.m > 4 * tall;
        let b_direct = self.b_col == 1 && !b_far && !b_collides;
        let a_far = self.a_is_far() && self.n > 4 * panel;
        // A thin product with a large B reads it once: run along its rows, not down its columns.
        let thin = b_direct && self.m <= 4 && self.b_row * size >= FAR;
        let depth = if thin { 16 } else { BLOCK_K_BYTES / size };
        let blocks = self.k.div_ceil(depth).max(1);
        let depth = self.k.div_ceil(blocks);

        let b_space = if b_direct {
            panel
        } else {
            self.n.next_multiple_of(panel)
        } * depth;
        let rows = self.m.min(BLOCK_M);
        let a_space = if a_far {
            Rows::<E>::copied_len(rows, depth).max(rows.next_multiple_of(tall) * depth)
        } else {
            0
        };
        let c_space = if self.c_col == 1 { 0 } else { tall * panel };
        scratch::offsets(2 * depth, |offsets| {
            scratch::elements(b_space + a_space + c_space, |space: &mut [E]| {
                let (b_space, space) = space.split_at_mut(b_space);
                let (a_space, c_space) = space.split_at_mut(a_space);
                let (packed, direct) = offsets.split_at_mut(depth);
                rows_apart(panel, packed);
                rows_apart(self.b_row, direct);
                let mut loops = Loops {
                    product: self,
                    kernels,
                    width,
                    b_direct,
                    a_far,
                    b_space,
                    a_space,
                    c_space,
                    packed,
                    direct,
                };
                for block in 0..blocks {
                    let start = self.k * block / blocks;
                    let end = self.k * (block + 1) / blocks;
                    // SAFETY: as the caller's.
                    unsafe { loops.block(start, end - start, block == 0, block + 1 == blocks) };
                }
            });
        });
    }

    /// By dot products: A and B both run along k in memory.
    unsafe fn dots(&self, kernels: &Kernels<E>) {
        let wide = kernels.dots[0].len();
        let mut b_offsets = [0; 8];
        rows_apart(self.b_col, &mut b_offsets);
        for i in (0..self.m).step_by(4) {
            let rows = (self.m - i).min(4);
            for j in (0..self.n).step_by(wide) {
                let cols = (self.n - j).min(wide);
                let dot = Dot {
                    segments: &[0, 0],
                    segment_count: 1,
                    length: self.k,
                    a: self.a.wrapping_add(i * self.a_row),
                    a_row: self.a_row,
                    b: self.b.wrapping_add(j * self.b_col),
                    b_offsets: b_offsets.as_ptr(),
                    c: self.c.wrapping_add(i * self.c_row + j * self.c_col),
                    c_row: self.c_row,
                    c_col: self.c_col,
                    load_c: self.accumulate,
                };
                // SAFETY: the block is inside the product, whose pointers are good.
                unsafe { kernels.dots[rows - 1][cols - 1](&dot) };
            }
        }
        if self.relu || !self.bias_col.is_null() || !self.bias_row.is_null() {
            for i in 0..self.m {
                for j in 0..self.n {
                    // SAFETY: as above.
                    unsafe { self.finish(i, j, *self.c.add(i * self.c_row + j * self.c_col)) };
                }
            }
        }
    }

    /// Stores `value` at (i, j) with the biases and the rectifier applied.
    #[inline(always)]
    pub unsafe fn finish(&self, i: usize, j: usize, mut value: E) {
        // SAFETY: (i, j) is inside the product, whose pointers are good.
        unsafe {
            if !self.bias_row.is_null() {
                value += *self.bias_row.add(i);
            }
            if !self.bias_col.is_null() {
                value += *self.bias_col.add(j);
            }
            if self.relu && value < E::ZERO {
                value = E::ZERO;
            }
            *self.c.add(i * self.c_row + j * self.c_col) = value;
        }
    }
}
