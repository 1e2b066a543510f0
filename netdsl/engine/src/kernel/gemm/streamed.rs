//! Products of a large B whose columns lie along memory, such as a batch with the weights of a layer: Cᵀ = Bᵀ·Aᵀ, so that
//! B is read once, as it is. What is packed is the small A, and Cᵀ is transposed at the end.

use super::blocked::{Product, tasks};
use super::loops::{Loops, even_parts, padded, rows_apart};
use super::scratch;
use super::simd::Kernels;
use crate::Element;
use crate::pool;

/// The width of a panel of Aᵀ is `lanes << WIDTH`.
const WIDTH: usize = 1;
/// Rows of A that are transposed together, and bytes of k that a block of them spans: it stays in the second cache.
const TOGETHER: usize = 256;
const SPAN_BYTES: usize = 2048;
/// The most rows of Cᵀ in a task: they wait in the second cache until they are transposed.
const MAX_ROWS: usize = 128;
/// Columns of Aᵀ that are written at a time: some of the first cache.
const PACKED: usize = 256;
/// Rows of C that are written at a time: they may collide in the first cache.
const LINES: usize = 8;

impl<E: Element> Product<E> {
    /// Whether transposing A and C takes much less than transposing B.
    pub(super) fn is_streamed(&self) -> bool {
        let rows = self.m.min(TOGETHER);
        let others = self.k.saturating_add(self.n).saturating_mul(rows);
        (self.a_col, self.b_row, self.c_col) == (1, 1, 1)
            && !self.accumulate
            && others.saturating_add(others / 2) < self.n.saturating_mul(self.k)
    }

    /// Computes a product that [`Self::is_streamed`].
    ///
    /// # Safety
    ///
    /// As for [`Self::run`].
    pub(super) unsafe fn streamed(&self, kernels: &'static Kernels<E>) {
        for i in (0..self.m).step_by(TOGETHER) {
            let part = self.part(i, TOGETHER, 0, self.n);
            // SAFETY: as the caller's.
            unsafe { part.transposed().strips(kernels) };
        }
    }

    /// Computes a product whose B is transposed first, whose A is read as it is, and whose C is transposed last.
    unsafe fn strips(&self, kernels: &'static Kernels<E>) {
        let panel = kernels.lanes << WIDTH;
        let rows = self.m.div_ceil(tasks(self.work())).min(MAX_ROWS);
        scratch::own_elements(self.n.next_multiple_of(panel) * self.k, |b: &mut [E]| {
            pool::parallel_chunks(b, panel * self.k, |index, to| {
                let part = self.part(0, self.m, index * panel, panel);
                for (block, to) in to.chunks_mut(panel * PACKED).enumerate() {
                    let (from, depth) = (part.b.wrapping_add(block * PACKED), to.len() / panel);
                    // SAFETY: as the caller's.
                    unsafe { kernels.pack(from, 1, part.b_col, depth, part.n, panel, to) };
                }
            });
            pool::parallel_for(self.m.div_ceil(rows), |task| {
                let part = self.part(task * rows, rows, 0, self.n);
                let stride = padded(part.n);
                scratch::elements(part.m * stride, |c: &mut [E]| {
                    let product = Product {
                        c: c.as_mut_ptr(),
                        c_row: stride,
                        c_col: 1,
                        ..part
                    };
                    // SAFETY: as the caller's; `c` has a row for each of the part's.
                    unsafe { product.tiles_of_panels(kernels, b) };
                    for j in (0..part.n).step_by(LINES) {
                        let (from, to) = (c[j..].as_ptr(), part.c.wrapping_add(j * part.c_col));
                        let lines = LINES.min(part.n - j);
                        // SAFETY: as above; parts of C do not overlap.
                        unsafe { (kernels.transpose)(part.m, from, stride, lines, to, part.c_col) };
                    }
                });
            });
        });
    }

    /// By outer products, with all of B in panels: a few rows of A at a time meet all panels.
    unsafe fn tiles_of_panels(&self, kernels: &'static Kernels<E>, b: &[E]) {
        let panel = kernels.lanes << WIDTH;
        let blocks = self.k.div_ceil(SPAN_BYTES / size_of::<E>());
        scratch::offsets(self.k.div_ceil(blocks), |packed| {
            rows_apart(panel, packed);
            let mut loops = Loops {
                product: self,
                kernels,
                width: WIDTH,
                b_direct: true,
                a_far: false,
                b_space: &mut [],
                a_space: &mut [],
                c_space: &mut [],
                packed,
                direct: &[],
            };
            for block in 0..blocks {
                let start = self.k * block / blocks;
                let depth = self.k * (block + 1) / blocks - start;
                for strip in even_parts(self.m, kernels.tiles[WIDTH].len()) {
                    let (i, rows) = (strip.start, strip.len());
                    let a = self.rows(i, start);
                    for j in (0..self.n).step_by(panel) {
                        let b = b[j * self.k + start * panel..].as_ptr();
                        let (first, last) = (block == 0, block + 1 == blocks);
                        // SAFETY: as the caller's; panels are whole.
                        unsafe { loops.panel(a, i, rows, b, packed, j, depth, first, last) };
                    }
                }
            }
        });
    }
}
