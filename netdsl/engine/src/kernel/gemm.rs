//! Matrix products: C = A·B with general strides, alone or in batches.
//!
//! A product is cut into tasks by its sizes alone, never along k, and every element of C sums
//! its products in an order that the sizes fix: the bits do not depend on the number of threads.

mod blocked;
mod loops;
mod micro;
pub(crate) mod scratch;
pub(crate) mod simd;
mod streamed;
#[cfg(test)]
mod tests;
pub(crate) mod transform;
#[cfg(target_arch = "x86_64")]
pub(crate) mod x86;

pub(crate) use blocked::Product;
pub(crate) use loops::{even_parts, rows_apart};
pub(crate) use micro::{Dot, Tile};
use simd::{Kernels, kernels};

use crate::Element;
use crate::pool;

/// A matrix to read: element (i, j) is `data[i * row_stride + j * col_stride]`.
#[derive(Clone, Copy, Debug)]
pub struct MatRef<'a, E> {
    /// The elements, from (0, 0) on.
    pub data: &'a [E],
    /// From a row to the next.
    pub row_stride: usize,
    /// From a column to the next.
    pub col_stride: usize,
}

impl<'a, E> MatRef<'a, E> {
    /// A matrix with these strides. Its size, and that the data covers it, is for the product to
    /// say and to check.
    pub fn new(data: &'a [E], row_stride: usize, col_stride: usize) -> Self {
        MatRef {
            data,
            row_stride,
            col_stride,
        }
    }

    /// The matrix transposed.
    pub fn t(self) -> Self {
        MatRef {
            data: self.data,
            row_stride: self.col_stride,
            col_stride: self.row_stride,
        }
    }
}

/// What is done to a product as it is stored: biases, then the rectifier.
#[derive(Clone, Copy, Debug)]
pub struct Epilogue<'a, E> {
    /// One number per column, added to it.
    pub bias_col: Option<&'a [E]>,
    /// One number per row, added to it.
    pub bias_row: Option<&'a [E]>,
    /// Whether negative results become 0 (NaN stays).
    pub relu: bool,
}

impl<E> Default for Epilogue<'_, E> {
    fn default() -> Self {
        Epilogue {
            bias_col: None,
            bias_row: None,
            relu: false,
        }
    }
}

/// C = A·B, or C += A·B: A is m by k, B is k by n, and C is m by n with its rows `c_row_stride`
/// apart.
///
/// # Panics
///
/// If a slice is too short for its matrix, or rows of C overlap.
#[allow(clippy::too_many_arguments, reason = "the operands of a product")]
pub fn gemm<E: Element>(
    m: usize,
    n: usize,
    k: usize,
    a: MatRef<E>,
    b: MatRef<E>,
    c: &mut [E],
    c_row_stride: usize,
    accumulate: bool,
    epilogue: Epilogue<E>,
) {
    gemm_with(
        kernels(),
        m,
        n,
        k,
        a,
        b,
        c,
        c_row_stride,
        accumulate,
        epilogue,
    );
}

#[allow(clippy::too_many_arguments, reason = "the operands of a product")]
fn gemm_with<E: Element>(
    kernels: &'static Kernels<E>,
    m: usize,
    n: usize,
    k: usize,
    a: MatRef<E>,
    b: MatRef<E>,
    c: &mut [E],
    c_row_stride: usize,
    accumulate: bool,
    epilogue: Epilogue<E>,
) {
    let (one, sizes) = (Batch::ONE, (m, n, k));
    let product = checked(&one, sizes, a, b, c, c_row_stride, accumulate, epilogue);
    // SAFETY: the sizes were checked against the slices, which are borrowed until this returns.
    unsafe { product.run(kernels, true) };
}

/// Many products: how many along two axes, and how far apart their matrices are along each (0 for A or
/// B: all use the same one).
#[derive(Clone, Copy, Debug)]
pub struct Batch {
    /// How many; 1 along an axis that is not there.
    pub count: [usize; 2],
    /// Strides of A.
    pub a: [usize; 2],
    /// Strides of B.
    pub b: [usize; 2],
    /// Strides of C.
    pub c: [usize; 2],
}

impl Batch {
    /// A single product.
    pub(crate) const ONE: Self = Self {
        count: [1; 2],
        a: [0; 2],
        b: [0; 2],
        c: [0; 2],
    };

    /// Elements from the first matrix to the last, whose strides these are.
    fn reach(&self, strides: [usize; 2]) -> Option<usize> {
        let along = |axis: usize| (self.count[axis] - 1).checked_mul(strides[axis]);
        along(0)?.checked_add(along(1)?)
    }

    /// Whether no two elements of the matrices C are the same, by strides that each step over all that
    /// the smaller ones reach.
    fn is_apart(&self, m: usize, n: usize, c_row: usize) -> bool {
        let [outer, inner] = [0, 1].map(|axis| (self.c[axis], self.count[axis]));
        let mut axes = [outer, inner, (c_row, m), (1, n)];
        axes.sort_unstable();
        let mut span = 1usize;
        axes.iter()
            .filter(|(_, count)| *count > 1)
            .all(|&(stride, count)| {
                let apart = stride >= span;
                span = span.saturating_add(stride.saturating_mul(count - 1));
                apart
            })
    }
}

/// Products as [`gemm`] computes them, which share the epilogue.
///
/// # Panics
///
/// If a slice is too short for its matrices, or matrices of C overlap.
#[allow(clippy::too_many_arguments, reason = "the operands of a product")]
pub fn gemm_batched<E: Element>(
    batch: Batch,
    m: usize,
    n: usize,
    k: usize,
    a: MatRef<E>,
    b: MatRef<E>,
    c: &mut [E],
    c_row_stride: usize,
    accumulate: bool,
    epilogue: Epilogue<E>,
) {
    let product = checked(
        &batch,
        (m, n, k),
        a,
        b,
        c,
        c_row_stride,
        accumulate,
        epilogue,
    );
    let kernels = kernels();
    let [outer, inner] = batch.count;
    let count = outer * inner;
    let work = m.saturating_mul(n).saturating_mul(k.max(1));
    let alone = count < 8 && work >= SMALL;
    let one = |index: usize| {
        let (i, j) = (index / inner, index % inner);
        let at = |strides: [usize; 2]| i * strides[0] + j * strides[1];
        let product = product.moved(at(batch.a), at(batch.b), at(batch.c));
        // SAFETY: the sizes were checked against the slices, and matrices of C do not overlap.
        unsafe { product.run(kernels, alone) };
    };
    if !alone {
        let group = (SMALL / work.max(1)).clamp(1, count.max(1));
        pool::parallel_for(count.div_ceil(group), |task| {
            (task * group..count.min((task + 1) * group)).for_each(one);
        });
    } else {
        (0..count).for_each(one);
    }
}

/// Multiply-adds below which a product of a batch is not worth a task of its own.
const SMALL: usize = 1 << 19;

/// Elements from the first of a matrix to its last, both included.
fn span(rows: usize, cols: usize, row_stride: usize, col_stride: usize) -> Option<usize> {
    if rows == 0 || cols == 0 {
        return Some(0);
    }
    let down = (rows - 1).checked_mul(row_stride)?;
    down.checked_add((cols - 1).checked_mul(col_stride)?)?
        .checked_add(1)
}

#[allow(clippy::too_many_arguments, reason = "the operands of a product")]
fn checked<E: Element>(
    batch: &Batch,
    (m, n, k): (usize, usize, usize),
    a: MatRef<E>,
    b: MatRef<E>,
    c: &mut [E],
    c_row: usize,
    accumulate: bool,
    epilogue: Epilogue<E>,
) -> Product<E> {
    if !batch.count.contains(&0) && m > 0 && n > 0 {
        let fits = |matrix: Option<usize>, strides: [usize; 2], length: usize| {
            matrix == Some(0)
                || matrix
                    .and_then(|span| span.checked_add(batch.reach(strides)?))
                    .is_some_and(|span| span <= length)
        };
        let a_span = span(m, k, a.row_stride, a.col_stride);
        let b_span = span(k, n, b.row_stride, b.col_stride);
        assert!(
            fits(a_span, batch.a, a.data.len()),
            "A is shorter than {m} by {k}"
        );
        assert!(
            fits(b_span, batch.b, b.data.len()),
            "B is shorter than {k} by {n}"
        );
        assert!(
            fits(span(m, n, c_row, 1), batch.c, c.len()),
            "C is shorter than {m} by {n}"
        );
        assert!(m == 1 || c_row >= n, "rows of C overlap");
        assert!(batch.is_apart(m, n, c_row), "matrices of C overlap");
        assert!(
            epilogue.bias_col.is_none_or(|bias| bias.len() >= n),
            "too few column biases"
        );
        assert!(
            epilogue.bias_row.is_none_or(|bias| bias.len() >= m),
            "too few row biases"
        );
    }
    Product {
        m,
        n,
        k,
        a: a.data.as_ptr(),
        a_row: a.row_stride,
        a_col: a.col_stride,
        b: b.data.as_ptr(),
        b_row: b.row_stride,
        b_col: b.col_stride,
        c: c.as_mut_ptr(),
        c_row,
        c_col: 1,
        accumulate,
        bias_col: epilogue.bias_col.map_or(std::ptr::null(), <[E]>::as_ptr),
        bias_row: epilogue.bias_row.map_or(std::ptr::null(), <[E]>::as_ptr),
        relu: epilogue.relu,
        a_close: false,
    }
}
