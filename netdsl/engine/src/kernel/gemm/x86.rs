//! Vectors and kernels for x86-64: AVX-512, and AVX2 with FMA.

use std::arch::asm;
use std::arch::x86_64::*;

use super::micro::{self, Dot, Tile};
use super::simd::{self, Kernels, Vector, heights, transforms};
use super::transform::{self, Map, Transform};

/// Lanes below `count`, as an AVX2 mask.
#[inline(always)]
fn mask8(count: usize) -> __m256i {
    const MASKS: [i32; 16] = [-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0];
    // SAFETY: count ≤ 8, so the 8 words read are inside the array; AVX callers only.
    unsafe { _mm256_loadu_si256(MASKS.as_ptr().add(8 - count.min(8)).cast()) }
}

/// The sum of the two halves. (Not a closure: those do not inherit the instructions enabled.)
#[inline(always)]
unsafe fn halves_f32(x: __m512) -> F32x8 {
    // SAFETY: AVX-512 callers only.
    unsafe {
        let high = _mm256_castpd_ps(_mm512_extractf64x4_pd::<1>(_mm512_castps_pd(x)));
        F32x8(_mm256_add_ps(_mm512_castps512_ps256(x), high))
    }
}

/// The sum of the two halves.
#[inline(always)]
unsafe fn halves_f64(x: __m512d) -> F64x4 {
    // SAFETY: AVX-512 callers only.
    unsafe {
        F64x4(_mm256_add_pd(
            _mm512_castpd512_pd256(x),
            _mm512_extractf64x4_pd::<1>(x),
        ))
    }
}

macro_rules! vector {
    (
        $name:ident($inner:ty), $e:ty, $lanes:literal;
        $zero:ident $splat:ident $load:ident $store:ident $add:ident $sub:ident $fma:ident $max:ident;
        load_part($from:ident, $lc:ident) $load_part:expr;
        store_part($to:ident, $value:ident, $sc:ident) $store_part:expr;
        sums($a:ident $b:ident $c:ident $d:ident) $sums:expr;
    ) => {
        #[derive(Clone, Copy)]
        struct $name($inner);

        // SAFETY (throughout): `Vector` asks the caller for the instructions and good pointers.
        #[allow(clippy::undocumented_unsafe_blocks, reason = "one reason, just above")]
        impl Vector<$e> for $name {
            const LANES: usize = $lanes;
            #[inline(always)]
            unsafe fn zero() -> Self {
                $name(unsafe { $zero() })
            }
            #[inline(always)]
            unsafe fn splat(value: $e) -> Self {
                $name(unsafe { $splat(value) })
            }
            #[inline(always)]
            unsafe fn load(from: *const $e) -> Self {
                $name(unsafe { $load(from) })
            }
            #[inline(always)]
            unsafe fn load_part($from: *const $e, $lc: usize) -> Self {
                $name(unsafe { $load_part })
            }
            #[inline(always)]
            unsafe fn store(self, to: *mut $e) {
                unsafe { $store(to, self.0) }
            }
            #[inline(always)]
            unsafe fn store_part(self, $to: *mut $e, $sc: usize) {
                let $value = self.0;
                unsafe { $store_part }
            }
            #[inline(always)]
            unsafe fn add(self, other: Self) -> Self {
                $name(unsafe { $add(self.0, other.0) })
            }
            #[inline(always)]
            unsafe fn sub(self, other: Self) -> Self {
                $name(unsafe { $sub(self.0, other.0) })
            }
            #[inline(always)]
            unsafe fn fma(self, a: Self, b: Self) -> Self {
                $name(unsafe { $fma(a.0, b.0, self.0) })
            }
            #[inline(always)]
            unsafe fn relu(self) -> Self {
                // The instruction gives its second operand if either is NaN.
                $name(unsafe { $max($zero(), self.0) })
            }
            #[inline(always)]
            fn fetch(from: *const $e) {
                // SAFETY: a hint, which no address makes fault, and which all x86-64 machines take.
                unsafe { _mm_prefetch::<_MM_HINT_T0>(from.cast()) }
            }
            #[inline(always)]
            fn as_it_is(mut pointer: *const $e) -> *const $e {
                // SAFETY: no instruction at all.
                unsafe {
                    asm!("/* {0} */", inout(reg) pointer, options(pure, readonly, nostack, preserves_flags))
                };
                pointer
            }
            #[inline(always)]
            unsafe fn sums(vectors: [Self; 4]) -> [$e; 4] {
                let [$name($a), $name($b), $name($c), $name($d)] = vectors;
                unsafe { $sums }
            }
        }
    };
}

vector! {
    F32x16(__m512), f32, 16;
    _mm512_setzero_ps _mm512_set1_ps _mm512_loadu_ps _mm512_storeu_ps
    _mm512_add_ps _mm512_sub_ps _mm512_fmadd_ps _mm512_max_ps;
    load_part(from, count) _mm512_maskz_loadu_ps(((1u32 << count) - 1) as u16, from);
    store_part(to, value, count) _mm512_mask_storeu_ps(to, ((1u32 << count) - 1) as u16, value);
    sums(a b c d) F32x8::sums([halves_f32(a), halves_f32(b), halves_f32(c), halves_f32(d)]);
}

vector! {
    F64x8(__m512d), f64, 8;
    _mm512_setzero_pd _mm512_set1_pd _mm512_loadu_pd _mm512_storeu_pd
    _mm512_add_pd _mm512_sub_pd _mm512_fmadd_pd _mm512_max_pd;
    load_part(from, count) _mm512_maskz_loadu_pd(((1u32 << count) - 1) as u8, from);
    store_part(to, value, count) _mm512_mask_storeu_pd(to, ((1u32 << count) - 1) as u8, value);
    sums(a b c d) F64x4::sums([halves_f64(a), halves_f64(b), halves_f64(c), halves_f64(d)]);
}

vector! {
    F32x8(__m256), f32, 8;
    _mm256_setzero_ps _mm256_set1_ps _mm256_loadu_ps _mm256_storeu_ps
    _mm256_add_ps _mm256_sub_ps _mm256_fmadd_ps _mm256_max_ps;
    load_part(from, count) _mm256_maskload_ps(from, mask8(count));
    store_part(to, value, count) _mm256_maskstore_ps(to, mask8(count), value);
    sums(a b c d) {
        let four = _mm256_hadd_ps(_mm256_hadd_ps(a, b), _mm256_hadd_ps(c, d));
        let sums = _mm_add_ps(_mm256_castps256_ps128(four), _mm256_extractf128_ps::<1>(four));
        std::mem::transmute::<__m128, [f32; 4]>(sums)
    };
}

vector! {
    F64x4(__m256d), f64, 4;
    _mm256_setzero_pd _mm256_set1_pd _mm256_loadu_pd _mm256_storeu_pd
    _mm256_add_pd _mm256_sub_pd _mm256_fmadd_pd _mm256_max_pd;
    load_part(from, count) _mm256_maskload_pd(from, mask8(2 * count));
    store_part(to, value, count) {
        // The mask of the first `count` double words is that of twice as many words, when those
        // are the low ones.
        _mm256_maskstore_pd(to, mask8(2 * count), value)
    };
    sums(a b c d) {
        let (low, high) = (_mm256_hadd_pd(a, b), _mm256_hadd_pd(c, d));
        let sums = _mm256_add_pd(
            _mm256_permute2f128_pd::<0x20>(low, high),
            _mm256_permute2f128_pd::<0x31>(low, high),
        );
        std::mem::transmute::<__m256d, [f64; 4]>(sums)
    };
}

/// Transposes in blocks of 8 by 8.
#[target_feature(enable = "avx2,fma")]
unsafe fn transpose_f32(
    columns: usize,
    from: *const f32,
    from_stride: usize,
    rows: usize,
    to: *mut f32,
    to_stride: usize,
) {
    let (whole_columns, whole_rows) = (columns / 8 * 8, rows / 8 * 8);
    // SAFETY: the caller's pointers are good for the matrices described; blocks are inside.
    unsafe {
        for column in (0..whole_columns).step_by(8) {
            for row in (0..whole_rows).step_by(8) {
                let from = from.add(column * from_stride + row);
                let to = to.add(row * to_stride + column);
                // Halves are put together by the loads, which spares a third of the shuffles.
                let half = |line: usize, part: usize| {
                    _mm256_insertf128_ps::<1>(
                        _mm256_castps128_ps256(_mm_loadu_ps(from.add(line * from_stride + part))),
                        _mm_loadu_ps(from.add((line + 4) * from_stride + part)),
                    )
                };
                for part in [0, 4] {
                    let (r0, r1) = (half(0, part), half(1, part));
                    let (r2, r3) = (half(2, part), half(3, part));
                    let (t0, t1) = (_mm256_unpacklo_ps(r0, r1), _mm256_unpackhi_ps(r0, r1));
                    let (t2, t3) = (_mm256_unpacklo_ps(r2, r3), _mm256_unpackhi_ps(r2, r3));
                    let to = to.add(part * to_stride);
                    _mm256_storeu_ps(to, _mm256_shuffle_ps::<0x44>(t0, t2));
                    _mm256_storeu_ps(to.add(to_stride), _mm256_shuffle_ps::<0xee>(t0, t2));
                    _mm256_storeu_ps(to.add(2 * to_stride), _mm256_shuffle_ps::<0x44>(t1, t3));
                    _mm256_storeu_ps(to.add(3 * to_stride), _mm256_shuffle_ps::<0xee>(t1, t3));
                }
            }
        }
        let (more, below) = (columns - whole_columns, rows - whole_rows);
        let from_below = from.add(whole_rows);
        let to_below = to.add(whole_rows * to_stride);
        simd::transpose(
            whole_columns,
            from_below,
            from_stride,
            below,
            to_below,
            to_stride,
        );
        let from_more = from.add(whole_columns * from_stride);
        simd::transpose(
            more,
            from_more,
            from_stride,
            rows,
            to.add(whole_columns),
            to_stride,
        );
    }
}

/// Transposes in blocks of 4 by 4.
#[target_feature(enable = "avx2,fma")]
unsafe fn transpose_f64(
    columns: usize,
    from: *const f64,
    from_stride: usize,
    rows: usize,
    to: *mut f64,
    to_stride: usize,
) {
    let (whole_columns, whole_rows) = (columns / 4 * 4, rows / 4 * 4);
    // SAFETY: the caller's pointers are good for the matrices described; blocks are inside.
    unsafe {
        for column in (0..whole_columns).step_by(4) {
            for row in (0..whole_rows).step_by(4) {
                let from = from.add(column * from_stride + row);
                let to = to.add(row * to_stride + column);
                for part in [0, 2] {
                    let half = |line: usize| {
                        _mm256_insertf128_pd::<1>(
                            _mm256_castpd128_pd256(_mm_loadu_pd(
                                from.add(line * from_stride + part),
                            )),
                            _mm_loadu_pd(from.add((line + 2) * from_stride + part)),
                        )
                    };
                    let (r0, r1) = (half(0), half(1));
                    let to = to.add(part * to_stride);
                    _mm256_storeu_pd(to, _mm256_unpacklo_pd(r0, r1));
                    _mm256_storeu_pd(to.add(to_stride), _mm256_unpackhi_pd(r0, r1));
                }
            }
        }
        let (more, below) = (columns - whole_columns, rows - whole_rows);
        let from_below = from.add(whole_rows);
        let to_below = to.add(whole_rows * to_stride);
        simd::transpose(
            whole_columns,
            from_below,
            from_stride,
            below,
            to_below,
            to_stride,
        );
        let from_more = from.add(whole_columns * from_stride);
        simd::transpose(
            more,
            from_more,
            from_stride,
            rows,
            to.add(whole_columns),
            to_stride,
        );
    }
}

macro_rules! kernels {
    (
        $name:ident, $module:ident, $features:literal, $e:ty, $v:ty, $transpose:ident;
        $($short:literal)*; $($tall:literal)*; dots $($columns:literal)*
    ) => {
        mod $module {
            use super::*;

            #[target_feature(enable = $features)]
            pub unsafe fn tile<const R: usize, const N: usize>(tile: &Tile<$e>) {
                // SAFETY: as the caller's, and the features are enabled here.
                unsafe { micro::tile::<$e, $v, R, N>(tile) }
            }

            #[target_feature(enable = $features)]
            pub unsafe fn dot<const R: usize, const N: usize>(dot: &Dot<$e>) {
                // SAFETY: as the caller's, and the features are enabled here.
                unsafe { micro::dot::<$e, $v, R, N>(dot) }
            }

            #[target_feature(enable = $features)]
            pub unsafe fn transform<M: Map<I, O>, const I: usize, const O: usize>(
                transform: &Transform<$e>,
            ) {
                // SAFETY: as the caller's, and the features are enabled here.
                unsafe { transform::transform::<$e, $v, M, I, O>(transform) }
            }
        }

        pub(crate) const $name: &Kernels<$e> = &Kernels {
            lanes: <$v as Vector<$e>>::LANES,
            tiles: [
                heights!($module::tile, 1; $($short)* $($tall)*),
                heights!($module::tile, 2; $($short)* $($tall)*),
                heights!($module::tile, 4; $($short)*),
            ],
            dots: &[
                &[$($module::dot::<1, $columns>),*],
                &[$($module::dot::<2, $columns>),*],
                &[$($module::dot::<3, $columns>),*],
                &[$($module::dot::<4, $columns>),*],
            ],
            transpose: $transpose,
            transforms: transforms!($module::transform),
        };
    };
}

// As many results as leave registers for the operands: 24 of 32, and 12 (or 8) of 16.
kernels!(
    AVX512_F32, avx512_f32, "avx512f,avx2,fma", f32, F32x16, transpose_f32;
    1 2 3 4 5 6; 7 8 9 10 11 12; dots 1 2 3 4 5 6
);
kernels!(
    AVX512_F64, avx512_f64, "avx512f,avx2,fma", f64, F64x8, transpose_f64;
    1 2 3 4 5 6; 7 8 9 10 11 12; dots 1 2 3 4 5 6
);
kernels!(
    AVX2_F32, avx2_f32, "avx2,fma", f32, F32x8, transpose_f32;
    1 2 3; 4 5 6; dots 1 2
);
kernels!(
    AVX2_F64, avx2_f64, "avx2,fma", f64, F64x4, transpose_f64;
    1 2 3; 4 5 6; dots 1 2
);
