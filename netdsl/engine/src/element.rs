//! The numbers a network is made of: `f32` or `f64`.

use crate::EngineError;
use crate::execute::{self, Instruction, Memory, Tables};
use crate::graph::custom::{AnyOperation, Operation};
use crate::graph::{Graph, NodeId};
use crate::kernel::gemm;
use crate::kernel::gemm::simd::Kernels;
use crate::kernel::math::{double, single};
use crate::kernel::pooling::halve;
use crate::plan::Plan;
use std::fmt::{Debug, Display};
use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

pub(crate) mod sealed {
    use crate::EngineError;
    use crate::execute::{Instruction, Memory, Tables};
    use crate::graph::{Graph, NodeId};
    use crate::kernel::gemm::simd::Kernels;
    use crate::plan::Plan;

    /// What the engine itself has for each element type.
    pub trait Sealed: Sized + 'static {
        /// Kernels of products for every machine.
        const PORTABLE: &'static Kernels<Self>;
        /// Kernels of products for machines with AVX2 and FMA.
        #[cfg(target_arch = "x86_64")]
        const AVX2: &'static Kernels<Self>;
        /// Kernels of products for machines with AVX-512 beside.
        #[cfg(target_arch = "x86_64")]
        const AVX512: &'static Kernels<Self>;

        /// [`crate::execute::run`] for this type, from which all kernels are reached.
        ///
        /// A generic function is compiled in the crate that says for which type. This one says so
        /// for `f32`, so that its kernels are compiled once, with this crate, and not with every
        /// program; those for `f64`, which few programs use, are left to these (`inline`).
        fn execute(
            instruction: &Instruction,
            tables: &Tables<'_, Self>,
            memory: &mut Memory<'_, Self>,
            randomness: (u64, u64),
        ) -> Result<(), EngineError>;

        /// [`Plan::make`], likewise.
        fn plan(plan: &mut Plan<Self>, graph: &Graph, outputs: &[NodeId])
        where
            Self: super::Element;

        /// [`crate::kernel::pooling::halve::gradient`], in what is best for this type.
        fn halve_gradient(x: &[Self], dy: &[Self], dx: &mut [Self], width: usize, out: usize);
    }
}

/// A floating-point type that networks compute in: `f32` or `f64`.
///
/// Whole numbers (class indices, tokens, masks) travel as elements too; they are exact up to
/// [`Element::MAX_EXACT_INTEGER`].
pub trait Element:
    sealed::Sealed
    + Copy
    + Send
    + Sync
    + 'static
    + Default
    + Debug
    + Display
    + PartialOrd
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
    + DivAssign
    + Sum
{
    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;
    /// +∞.
    const INFINITY: Self;
    /// −∞.
    const NEG_INFINITY: Self;
    /// From 1 to the next larger element.
    const EPSILON: Self;
    /// The largest n such that every whole number from 0 to n is representable.
    const MAX_EXACT_INTEGER: u64;
    /// The name PyTorch and safetensors give the type: `F32` or `F64`.
    const DTYPE: &'static str;

    /// The nearest element to `value`.
    fn from_f64(value: f64) -> Self;
    /// The same number as `f64`, exactly.
    fn to_f64(self) -> f64;
    /// The nearest element to a count.
    #[inline(always)]
    fn from_usize(value: usize) -> Self {
        Self::from_f64(value as f64)
    }
    /// `self * a + b`, fused where the machine has it.
    fn mul_add(self, a: Self, b: Self) -> Self;
    /// eˣ.
    fn exp(self) -> Self;
    /// eˣ − 1, accurate near 0.
    fn exp_m1(self) -> Self;
    /// Natural logarithm.
    fn ln(self) -> Self;
    /// ln(1 + x), accurate near 0.
    fn ln_1p(self) -> Self;
    /// Sine of an angle in radians.
    fn sin(self) -> Self;
    /// Cosine of an angle in radians.
    fn cos(self) -> Self;
    /// Square root.
    fn sqrt(self) -> Self;
    /// Hyperbolic tangent.
    fn tanh(self) -> Self;
    /// The error function.
    fn erf(self) -> Self;
    /// Absolute value.
    fn abs(self) -> Self;
    /// xᵖ.
    fn powf(self, power: Self) -> Self;
    /// The greater of two, NaN if either is.
    #[inline(always)]
    fn maximum(self, other: Self) -> Self {
        if self > other || self.is_nan() {
            self
        } else {
            other
        }
    }
    /// The lesser of two, NaN if either is.
    #[inline(always)]
    fn minimum(self, other: Self) -> Self {
        if self < other || self.is_nan() {
            self
        } else {
            other
        }
    }
    /// Whether this is not a number.
    fn is_nan(self) -> bool;
    /// Whether this is neither infinite nor NaN.
    fn is_finite(self) -> bool;
    /// A user's operation on elements of this type.
    #[doc(hidden)]
    fn operation(of: &'static dyn AnyOperation) -> &'static dyn Operation<Self>;
}

macro_rules! element {
    (
        $float:ident, $dtype:literal, $exact:expr, $math:ident;
        $portable:ident $avx2:ident $avx512:ident; $halve_gradient:ident; $(#[$execute:meta])?
    ) => {
        impl sealed::Sealed for $float {
            const PORTABLE: &'static Kernels<Self> = gemm::simd::$portable;
            #[cfg(target_arch = "x86_64")]
            const AVX2: &'static Kernels<Self> = gemm::x86::$avx2;
            #[cfg(target_arch = "x86_64")]
            const AVX512: &'static Kernels<Self> = gemm::x86::$avx512;

            $(#[$execute])?
            fn execute(
                instruction: &Instruction,
                tables: &Tables<'_, Self>,
                memory: &mut Memory<'_, Self>,
                randomness: (u64, u64),
            ) -> Result<(), EngineError> {
                execute::run(instruction, tables, memory, randomness)
            }

            $(#[$execute])?
            fn plan(plan: &mut Plan<Self>, graph: &Graph, outputs: &[NodeId]) {
                plan.walk(graph, outputs);
            }

            #[inline]
            fn halve_gradient(x: &[Self], dy: &[Self], dx: &mut [Self], width: usize, out: usize) {
                halve::$halve_gradient(x, dy, dx, width, out);
            }
        }

        impl Element for $float {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const INFINITY: Self = $float::INFINITY;
            const NEG_INFINITY: Self = $float::NEG_INFINITY;
            const EPSILON: Self = $float::EPSILON;
            const MAX_EXACT_INTEGER: u64 = $exact;
            const DTYPE: &'static str = $dtype;

            #[inline(always)]
            fn from_f64(value: f64) -> Self {
                value as $float
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                self as f64
            }
            #[inline(always)]
            fn mul_add(self, a: Self, b: Self) -> Self {
                $float::mul_add(self, a, b)
            }
            #[inline(always)]
            fn exp(self) -> Self {
                $math::exp(self)
            }
            #[inline(always)]
            fn exp_m1(self) -> Self {
                $math::exp_m1(self)
            }
            #[inline(always)]
            fn ln(self) -> Self {
                $math::ln(self)
            }
            #[inline(always)]
            fn ln_1p(self) -> Self {
                $math::ln_1p(self)
            }
            #[inline(always)]
            fn sin(self) -> Self {
                $float::sin(self)
            }
            #[inline(always)]
            fn cos(self) -> Self {
                $float::cos(self)
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                $float::sqrt(self)
            }
            #[inline(always)]
            fn tanh(self) -> Self {
                $math::tanh(self)
            }
            #[inline(always)]
            fn erf(self) -> Self {
                $math::erf(self)
            }
            #[inline(always)]
            fn abs(self) -> Self {
                $float::abs(self)
            }
            #[inline(always)]
            fn powf(self, power: Self) -> Self {
                $float::powf(self, power)
            }
            #[inline(always)]
            fn is_nan(self) -> bool {
                $float::is_nan(self)
            }
            #[inline(always)]
            fn is_finite(self) -> bool {
                $float::is_finite(self)
            }
            fn operation(of: &'static dyn AnyOperation) -> &'static dyn Operation<Self> {
                of
            }
        }
    };
}

element!(f32, "F32", 1 << 24, single; PORTABLE_F32 AVX2_F32 AVX512_F32; gradient_f32;);
element!(f64, "F64", 1 << 53, double; PORTABLE_F64 AVX2_F64 AVX512_F64; gradient; #[inline]);
