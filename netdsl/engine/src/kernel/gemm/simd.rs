//! What the micro kernels need of a vector, the portable vector, and the table of kernels that
//! suits the machine.

use super::micro::{self, Dot, Tile};
use super::transform::{self, Map, Transform, Transforms};
use crate::Element;

/// A vector of `LANES` elements.
///
/// Every method is `unsafe`: the machine must have the instructions of the implementation, and
/// pointers must be good for the elements read or written.
pub(crate) trait Vector<E>: Copy {
    const LANES: usize;
    unsafe fn zero() -> Self;
    unsafe fn splat(value: E) -> Self;
    unsafe fn load(from: *const E) -> Self;
    /// The first `count` ≤ `LANES` elements, then zeros.
    unsafe fn load_part(from: *const E, count: usize) -> Self;
    unsafe fn store(self, to: *mut E);
    unsafe fn store_part(self, to: *mut E, count: usize);
    unsafe fn add(self, other: Self) -> Self;
    unsafe fn sub(self, other: Self) -> Self;
    /// `self + a · b`.
    unsafe fn fma(self, a: Self, b: Self) -> Self;
    /// max(0, x); NaN stays.
    unsafe fn relu(self) -> Self;
    /// Asks for what is there to be in the first cache; there need not be any memory.
    #[inline(always)]
    fn fetch(_from: *const E) {}
    /// The pointer in a register of its own: the compiler would compute it from others with an addition for each use.
    #[inline(always)]
    fn as_it_is(pointer: *const E) -> *const E {
        pointer
    }
    /// The sum over lanes of each of four vectors.
    unsafe fn sums(vectors: [Self; 4]) -> [E; 4];
}

pub type TileFn<E> = unsafe fn(&Tile<E>);
pub type DotFn<E> = unsafe fn(&Dot<E>);
/// `transpose(columns, from, from_stride, rows, to, to_stride)`: `to[r][c] = from[c][r]`.
pub type TransposeFn<E> = unsafe fn(usize, *const E, usize, usize, *mut E, usize);

/// The kernels for one instruction set.
pub struct Kernels<E: 'static> {
    pub lanes: usize,
    /// Tiles of 1, 2 and 4 vectors in width; in each, by height − 1.
    pub tiles: [&'static [TileFn<E>]; 3],
    /// By rows − 1, then columns − 1.
    pub dots: &'static [&'static [DotFn<E>]],
    pub transpose: TransposeFn<E>,
    pub transforms: Transforms<E>,
}

impl<E> Kernels<E> {
    /// The tile kernel of `rows` by `1 << width` vectors.
    pub fn tile(&self, rows: usize, width: usize) -> TileFn<E> {
        self.tiles[width][rows - 1]
    }
}

/// The best kernels for this machine.
pub(crate) fn kernels<E: Element>() -> &'static Kernels<E> {
    #[cfg(target_arch = "x86_64")]
    {
        // Detection is cached by the standard library: a load and a test.
        if is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("fma")
        {
            return E::AVX512;
        }
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            return E::AVX2;
        }
    }
    E::PORTABLE
}

/// Every set of kernels this machine has, for tests.
#[cfg(test)]
pub(crate) fn all<E: Element>() -> Vec<&'static Kernels<E>> {
    let mut all = vec![E::PORTABLE];
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
        all.push(E::AVX2);
    }
    all.push(kernels());
    all
}

/// A vector as an array: the compiler makes of it what the target has.
#[derive(Clone, Copy)]
pub(crate) struct Array<E, const LANES: usize>([E; LANES]);

impl<E: Element, const LANES: usize> Vector<E> for Array<E, LANES> {
    const LANES: usize = LANES;
    #[inline(always)]
    unsafe fn zero() -> Self {
        Array([E::ZERO; LANES])
    }
    #[inline(always)]
    unsafe fn splat(value: E) -> Self {
        Array([value; LANES])
    }
    #[inline(always)]
    unsafe fn load(from: *const E) -> Self {
        // SAFETY: the caller's pointer is good for LANES elements.
        Array(unsafe { from.cast::<[E; LANES]>().read_unaligned() })
    }
    #[inline(always)]
    unsafe fn load_part(from: *const E, count: usize) -> Self {
        let mut lanes = [E::ZERO; LANES];
        for (at, lane) in lanes.iter_mut().enumerate().take(count) {
            // SAFETY: the caller's pointer is good for `count` elements.
            *lane = unsafe { *from.add(at) };
        }
        Array(lanes)
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut E) {
        // SAFETY: the caller's pointer is good for LANES elements.
        unsafe { to.cast::<[E; LANES]>().write_unaligned(self.0) }
    }
    #[inline(always)]
    unsafe fn store_part(self, to: *mut E, count: usize) {
        for at in 0..count {
            // SAFETY: the caller's pointer is good for `count` elements.
            unsafe { to.add(at).write(self.0[at]) };
        }
    }
    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        let mut sum = self;
        for at in 0..LANES {
            sum.0[at] += other.0[at];
        }
        sum
    }
    #[inline(always)]
    unsafe fn sub(self, other: Self) -> Self {
        let mut difference = self;
        for at in 0..LANES {
            difference.0[at] -= other.0[at];
        }
        difference
    }
    #[inline(always)]
    unsafe fn fma(self, a: Self, b: Self) -> Self {
        let mut sum = self;
        for at in 0..LANES {
            // Without the instruction, a fused operation is a slow call.
            sum.0[at] = if cfg!(any(target_arch = "aarch64", target_feature = "fma")) {
                a.0[at].mul_add(b.0[at], sum.0[at])
            } else {
                sum.0[at] + a.0[at] * b.0[at]
            };
        }
        sum
    }
    #[inline(always)]
    unsafe fn relu(self) -> Self {
        Array(self.0.map(|x| if x < E::ZERO { E::ZERO } else { x }))
    }
    #[inline(always)]
    unsafe fn sums(vectors: [Self; 4]) -> [E; 4] {
        vectors.map(|vector| vector.0.into_iter().fold(E::ZERO, |sum, x| sum + x))
    }
}

/// Transposes element by element; what is left of a block transpose, too.
#[inline(always)]
pub(crate) unsafe fn transpose<E: Copy>(
    columns: usize,
    from: *const E,
    from_stride: usize,
    rows: usize,
    to: *mut E,
    to_stride: usize,
) {
    for column in 0..columns {
        for row in 0..rows {
            // SAFETY: the caller's pointers are good for the matrices described.
            unsafe { *to.add(row * to_stride + column) = *from.add(column * from_stride + row) }
        }
    }
}

/// A table of tile kernels by height: `heights!(kernel, E, V, width; 1 2 3)`.
macro_rules! heights {
    ($tile:path, $width:literal; $($rows:literal)*) => {
        { use $tile as kernel; &[$(kernel::<$rows, $width>),*] }
    };
}
pub(crate) use heights;

/// The table of transforms: `transforms!(kernel)`.
macro_rules! transforms {
    ($transform:path) => {{
        use $crate::kernel::gemm::transform::*;
        use $transform as kernel;
        Transforms {
            image: kernel::<Image, 4, 4>,
            kernel: kernel::<Kernel, 3, 4>,
            turned_kernel: kernel::<TurnedKernel, 3, 4>,
            result: kernel::<Outcome, 4, 2>,
            result_adjoint: kernel::<OutcomeAdjoint, 2, 4>,
            kernel_adjoint: kernel::<KernelAdjoint, 4, 3>,
        }
    }};
}
pub(crate) use transforms;

macro_rules! portable {
    ($name:ident, $module:ident, $e:ty, $lanes:literal) => {
        mod $module {
            use super::*;
            pub unsafe fn tile<const R: usize, const N: usize>(tile: &Tile<$e>) {
                // SAFETY: as the caller's; arrays need no particular machine.
                unsafe { micro::tile::<$e, Array<$e, $lanes>, R, N>(tile) }
            }
            pub unsafe fn dot<const R: usize, const N: usize>(dot: &Dot<$e>) {
                // SAFETY: as the caller's; arrays need no particular machine.
                unsafe { micro::dot::<$e, Array<$e, $lanes>, R, N>(dot) }
            }
            pub unsafe fn transform<M: Map<I, O>, const I: usize, const O: usize>(
                transform: &Transform<$e>,
            ) {
                // SAFETY: as the caller's; arrays need no particular machine.
                unsafe { transform::transform::<$e, Array<$e, $lanes>, M, I, O>(transform) }
            }
        }
        pub(crate) const $name: &Kernels<$e> = &Kernels {
            lanes: $lanes,
            tiles: [
                heights!($module::tile, 1; 1 2 3 4 5 6),
                heights!($module::tile, 2; 1 2 3 4 5 6),
                heights!($module::tile, 4; 1 2 3),
            ],
            dots: &[
                &[$module::dot::<1, 1>, $module::dot::<1, 2>],
                &[$module::dot::<2, 1>, $module::dot::<2, 2>],
                &[$module::dot::<3, 1>, $module::dot::<3, 2>],
                &[$module::dot::<4, 1>, $module::dot::<4, 2>],
            ],
            transpose: transpose::<$e>,
            transforms: transforms!($module::transform),
        };
    };
}
portable!(PORTABLE_F32, single, f32, 4);
portable!(PORTABLE_F64, double, f64, 2);
