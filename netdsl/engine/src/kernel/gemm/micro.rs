//! The two micro kernels, generic over the vector: a tile of C by outer products, and a block of
//! dot products. Both keep all of their results in registers.

use super::simd::Vector;
use crate::Element;

/// How many columns of A ahead of the one in use are fetched: some hundred cycles, and a factor that
/// addresses have for free.
const AHEAD: usize = 8;

/// A tile of C = A·B, rows by columns, columns in vectors.
///
/// Row p of B starts at `b + b_offsets[p]`, which serves packed panels, matrices and images
/// alike; vector j of it is `j * b_step` further on, and is read whole even where `cols` ends.
#[derive(Clone, Copy)]
pub struct Tile<E> {
    pub k: usize,
    pub a: *const E,
    pub a_row: usize,
    pub a_col: usize,
    pub b: *const E,
    pub b_offsets: *const usize,
    pub b_step: usize,
    pub c: *mut E,
    pub c_row: usize,
    /// From a vector of C to the next.
    pub c_step: usize,
    /// Columns of C to write in the first vector and those after it, at most the width of the
    /// kernel; each vector has `cols_step` fewer than the one before it.
    pub cols: usize,
    pub cols_step: usize,
    /// Whether to add what C holds.
    pub load_c: bool,
    /// Null for none.
    pub bias_col: *const E,
    /// Null for none.
    pub bias_row: *const E,
    pub relu: bool,
}

/// Computes a tile of `R` rows by `N` vectors.
///
/// # Safety
///
/// All pointers must be good for what the description reads or writes, and the machine must have
/// the instructions of `V`.
#[inline(always)]
#[allow(
    clippy::needless_range_loop,
    reason = "loops over registers, all unrolled"
)]
pub(crate) unsafe fn tile<E: Element, V: Vector<E>, const R: usize, const N: usize>(t: &Tile<E>) {
    // SAFETY: the caller's promise, throughout; vectors of B past `cols` are readable by contract,
    // and C and the biases are read and written only up to `cols`.
    unsafe {
        let mut acc = [[V::zero(); N]; R];
        // A base for every three rows: the others are one and two strides from it, which is one
        // addressing mode, so that twelve rows take five registers.
        let mut bases = [t.a; R];
        let mut row = 0;
        while row < R {
            bases[row] = t.a.wrapping_add(row * t.a_row);
            row += 3;
        }
        for p in 0..t.k {
            let from = t.b.add(*t.b_offsets.add(p));
            let mut b = [V::zero(); N];
            for (j, b) in b.iter_mut().enumerate() {
                *b = V::load(from.add(j * t.b_step));
            }
            // Of a transposed A each column is in lines of its own, which the processor does not foresee.
            V::fetch(bases[0].wrapping_add(AHEAD * t.a_col));
            for i in 0..R {
                let a = V::splat(*bases[i / 3 * 3].add(i % 3 * t.a_row));
                for j in 0..N {
                    acc[i][j] = acc[i][j].fma(a, b[j]);
                }
            }
            row = 0;
            while row < R {
                bases[row] = V::as_it_is(bases[row].wrapping_add(t.a_col));
                row += 3;
            }
        }
        // One short loop per step: each is unrolled, so that the results stay in registers.
        macro_rules! each {
            (|$i:ident, $j:ident, $acc:ident| $step:expr) => {
                for $i in 0..R {
                    for $j in 0..N {
                        let $acc = &mut acc[$i][$j];
                        $step
                    }
                }
            };
        }
        if !t.bias_row.is_null() {
            each!(|i, j, acc| *acc = acc.add(V::splat(*t.bias_row.add(i))));
        }
        let at = |i: usize, j: usize| t.c.wrapping_add(i * t.c_row + j * t.c_step);
        if t.cols >= (N - 1) * t.cols_step + V::LANES {
            if t.load_c {
                each!(|i, j, acc| *acc = V::load(at(i, j)).add(*acc));
            }
            if !t.bias_col.is_null() {
                each!(|i, j, acc| *acc = acc.add(V::load(t.bias_col.add(j * V::LANES))));
            }
            if t.relu {
                each!(|i, j, acc| *acc = acc.relu());
            }
            each!(|i, j, acc| acc.store(at(i, j)));
            return;
        }
        let count = |j: usize| t.cols.saturating_sub(j * t.cols_step).min(V::LANES);
        if t.load_c {
            each!(|i, j, acc| *acc = V::load_part(at(i, j), count(j)).add(*acc));
        }
        if !t.bias_col.is_null() {
            let bias = |j: usize| t.bias_col.wrapping_add(j * V::LANES);
            each!(|i, j, acc| *acc = acc.add(V::load_part(bias(j), count(j))));
        }
        if t.relu {
            each!(|i, j, acc| *acc = acc.relu());
        }
        each!(|i, j, acc| acc.store_part(at(i, j), count(j)));
    }
}

/// A block of C[i, j] = Σ A[i, p] · B[j, p], where p runs along memory in both.
///
/// p runs over `segments` pieces of `length` elements, each somewhere else in A and B.
#[derive(Clone, Copy)]
pub struct Dot<E> {
    /// Where each piece starts in every row of A and of B.
    pub segments: *const [usize; 2],
    pub segment_count: usize,
    pub length: usize,
    pub a: *const E,
    pub a_row: usize,
    pub b: *const E,
    /// Where each row of B starts.
    pub b_offsets: *const usize,
    pub c: *mut E,
    pub c_row: usize,
    pub c_col: usize,
    /// Whether to add what C holds.
    pub load_c: bool,
}

/// Computes a block of `R` ≤ 4 rows by `N` columns.
///
/// # Safety
///
/// As [`tile`].
#[inline(always)]
#[allow(
    clippy::needless_range_loop,
    reason = "loops over registers, all unrolled"
)]
pub(crate) unsafe fn dot<E: Element, V: Vector<E>, const R: usize, const N: usize>(d: &Dot<E>) {
    // SAFETY: the caller's promise, throughout.
    unsafe {
        let mut acc = [[V::zero(); N]; R];
        let whole = d.length / V::LANES;
        let rest = d.length % V::LANES;
        for segment in 0..d.segment_count {
            let [a_start, b_start] = *d.segments.add(segment);
            let mut a = d.a.wrapping_add(a_start);
            let mut b = [d.b; N];
            for (j, b) in b.iter_mut().enumerate() {
                *b = d.b.wrapping_add(b_start + *d.b_offsets.add(j));
            }
            for _ in 0..whole {
                let mut left = [V::zero(); R];
                for (i, left) in left.iter_mut().enumerate() {
                    *left = V::load(a.add(i * d.a_row));
                }
                for (j, b) in b.iter_mut().enumerate() {
                    let right = V::load(*b);
                    *b = b.wrapping_add(V::LANES);
                    for i in 0..R {
                        acc[i][j] = acc[i][j].fma(left[i], right);
                    }
                }
                a = a.wrapping_add(V::LANES);
            }
            if rest > 0 {
                let mut left = [V::zero(); R];
                for (i, left) in left.iter_mut().enumerate() {
                    *left = V::load_part(a.add(i * d.a_row), rest);
                }
                for j in 0..N {
                    let right = V::load_part(b[j], rest);
                    for i in 0..R {
                        acc[i][j] = acc[i][j].fma(left[i], right);
                    }
                }
            }
        }
        let mut sums = [[E::ZERO; 4]; N];
        for j in 0..N {
            let mut four = [V::zero(); 4];
            for i in 0..R {
                four[i] = acc[i][j];
            }
            sums[j] = V::sums(four);
        }
        for (j, sums) in sums.iter().enumerate() {
            for (i, &sum) in sums[..R].iter().enumerate() {
                let c = d.c.add(i * d.c_row + j * d.c_col);
                *c = if d.load_c { *c + sum } else { sum };
            }
        }
    }
}
