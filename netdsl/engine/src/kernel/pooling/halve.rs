//! Maximum pooling by windows of 2 by 2 that lie side by side, plane by plane.
//!
//! `width` is that of the argument and `out` that of the result; a last row or column that no
//! window holds is left alone.

use crate::Element;
use crate::kernel::simd::simd;

simd! { narrow
    /// Row after row of the result from pairs of rows, each 2 by 2 elements to one.
    pub fn values[E: Element](x: &[E], y: &mut [E], width: usize, out: usize) {
        for (x, y) in x.chunks_exact(2 * width).zip(y.chunks_exact_mut(out)) {
            let (above, below) = x.split_at(width);
            let above = above.as_chunks::<2>().0;
            let below = below.as_chunks::<2>().0;
            for ((y, a), b) in y.iter_mut().zip(above).zip(below) {
                *y = a[0].maximum(a[1]).maximum(b[0].maximum(b[1]));
            }
        }
    }
}

/// Gives `dx` what `dy` has for the greatest element of each window, and 0 elsewhere.
pub fn gradient<E: Element>(x: &[E], dy: &[E], dx: &mut [E], width: usize, out: usize) {
    row_by_row(x, dy, dx, width, out, row);
}

/// [`gradient`], with vectors where the machine has them.
pub fn gradient_f32(x: &[f32], dy: &[f32], dx: &mut [f32], width: usize, out: usize) {
    #[cfg(target_arch = "x86_64")]
    if out >= x86::TOGETHER && is_x86_feature_detected!("avx2") {
        return row_by_row(x, dy, dx, width, out, |x, dy, dx| {
            // SAFETY: the machine has AVX2, as was found above.
            unsafe { x86::row(x, dy, dx) }
        });
    }
    gradient(x, dy, dx, width, out);
}

/// Calls `row(x, dy, dx)` with the two rows of each row of windows, without what no window holds.
#[inline(always)]
fn row_by_row<E: Element>(
    x: &[E],
    dy: &[E],
    dx: &mut [E],
    width: usize,
    out: usize,
    row: impl Fn([&[E]; 2], &[E], [&mut [E]; 2]),
) {
    let pairs = x
        .chunks_exact(2 * width)
        .zip(dx.chunks_exact_mut(2 * width));
    for ((x, dx), dy) in pairs.zip(dy.chunks_exact(out)) {
        let ((above, below), (dx_above, dx_below)) = (x.split_at(width), dx.split_at_mut(width));
        row(
            [&above[..2 * out], &below[..2 * out]],
            dy,
            [&mut dx_above[..2 * out], &mut dx_below[..2 * out]],
        );
    }
}

fn row<E: Element>([above, below]: [&[E]; 2], dy: &[E], [dx_above, dx_below]: [&mut [E]; 2]) {
    let windows = above.as_chunks().0.iter().zip(below.as_chunks().0);
    let dx = dx_above.as_chunks_mut().0.iter_mut();
    let dx = dx.zip(dx_below.as_chunks_mut().0);
    for ((([a, b], [c, d]), &dy), (dx_above, dx_below)) in windows.zip(dy).zip(dx) {
        [*dx_above, *dx_below] = share_out([*a, *b, *c, *d], dy);
    }
}

/// `dy` at the place of the greatest of four. Selections only: each later element that wins takes
/// all.
#[inline(always)]
fn share_out<E: Element>(x: [E; 4], dy: E) -> [[E; 2]; 2] {
    let wins = |value: E, most: E| (value > most) | value.is_nan();
    let or_zero = |wins: bool| if wins { dy } else { E::ZERO };
    let second = wins(x[1], x[0]);
    let most = if second { x[1] } else { x[0] };
    let third = wins(x[2], most);
    let most = if third { x[2] } else { most };
    let last = wins(x[3], most);
    [
        [
            or_zero(!(second | third | last)),
            or_zero(second & !(third | last)),
        ],
        [or_zero(third & !last), or_zero(last)],
    ]
}

/// [`share_out`] in vectors, which LLVM does not make of it: it prefers to work on one window at a
/// time.
#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    /// Windows that are worked on together.
    pub const TOGETHER: usize = 4;

    /// A row of at least [`TOGETHER`] windows. The last four may take some once more, which gives
    /// these the same results.
    #[target_feature(enable = "avx2")]
    pub fn row([above, below]: [&[f32]; 2], dy: &[f32], [dx_above, dx_below]: [&mut [f32]; 2]) {
        let last = dy.len() - TOGETHER;
        for first in (0..dy.len()).step_by(TOGETHER) {
            let first = first.min(last);
            let place = 2 * first..2 * (first + TOGETHER);
            let [dx_a, dx_b] = share_out(
                load(&above[place.clone()]),
                load(&below[place.clone()]),
                twice(&dy[first..][..TOGETHER]),
            );
            store(dx_a, &mut dx_above[place.clone()]);
            store(dx_b, &mut dx_below[place]);
        }
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn load(from: &[f32]) -> __m256 {
        assert_eq!(from.len(), 8);
        // SAFETY: there are eight elements, and they need no alignment.
        unsafe { _mm256_loadu_ps(from.as_ptr()) }
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn store(vector: __m256, to: &mut [f32]) {
        assert_eq!(to.len(), 8);
        // SAFETY: there is room for eight elements, and they need no alignment.
        unsafe { _mm256_storeu_ps(to.as_mut_ptr(), vector) }
    }

    /// Each of four elements for both columns of its window.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn twice(from: &[f32]) -> __m256 {
        assert_eq!(from.len(), TOGETHER);
        // SAFETY: there are four elements, and they need no alignment.
        let four = unsafe { _mm_loadu_ps(from.as_ptr()) };
        let columns = _mm256_setr_epi32(0, 0, 1, 1, 2, 2, 3, 3);
        _mm256_permutevar8x32_ps(_mm256_castps128_ps256(four), columns)
    }

    /// `dy` at the place of the greatest of each window's elements, whose rows are in `above` and
    /// `below`. Both lanes of a window find the same.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn share_out(above: __m256, below: __m256, dy: __m256) -> [__m256; 2] {
        let (first, second) = (_mm256_moveldup_ps(above), _mm256_movehdup_ps(above));
        let (third, fourth) = (_mm256_moveldup_ps(below), _mm256_movehdup_ps(below));
        let second_wins = wins(second, first);
        let most = _mm256_blendv_ps(first, second, second_wins);
        let third_wins = wins(third, most);
        let most = _mm256_blendv_ps(most, third, third_wins);
        let fourth_wins = wins(fourth, most);
        let below_wins = _mm256_or_ps(third_wins, fourth_wins);
        // In each row the left column wins unless the right one does.
        let left = _mm256_castsi256_ps(_mm256_setr_epi32(-1, 0, -1, 0, -1, 0, -1, 0));
        let above_place = _mm256_andnot_ps(below_wins, _mm256_xor_ps(second_wins, left));
        let below_place = _mm256_and_ps(below_wins, _mm256_xor_ps(fourth_wins, left));
        [
            _mm256_and_ps(above_place, dy),
            _mm256_and_ps(below_place, dy),
        ]
    }

    /// Where a value is greater than the most so far, or NaN.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn wins(value: __m256, most: __m256) -> __m256 {
        _mm256_or_ps(
            _mm256_cmp_ps::<_CMP_GT_OQ>(value, most),
            _mm256_cmp_ps::<_CMP_UNORD_Q>(value, value),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every pattern of a window's four elements, NaN and equals among them, in rows of every
    /// length that ends within or at the end of four windows.
    #[test]
    fn vectors_find_what_single_windows_find() {
        let values = [0.0f32, 1.0, f32::NAN, f32::NEG_INFINITY];
        let element = |window: usize, at: u32| values[window / 4usize.pow(at) % 4];
        for out in 1..=13 {
            for spare in 0..2 {
                let width = 2 * out + spare;
                let rows = 256usize.div_ceil(out);
                let (mut x, mut dy) = (vec![7.0; 2 * rows * width], vec![0.0; rows * out]);
                for (window, dy) in dy.iter_mut().enumerate() {
                    let at = window / out * 2 * width + window % out * 2;
                    for (corner, at) in [at, at + 1, at + width, at + width + 1].iter().enumerate()
                    {
                        x[*at] = element(window, corner as u32);
                    }
                    *dy = window as f32 + 1.0;
                }
                let (mut expected, mut dx) = (vec![9.0; x.len()], vec![9.0; x.len()]);
                gradient(&x, &dy, &mut expected, width, out);
                gradient_f32(&x, &dy, &mut dx, width, out);
                assert_eq!(dx, expected, "{out} windows in rows of {width}");
            }
        }
    }
}
