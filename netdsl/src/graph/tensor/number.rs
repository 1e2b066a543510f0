//! Sizes as numbers that tensors are computed with: `x / d.sqrt()`.
//!
//! No shape depends on such a number, so it may be unknown for as long as the compiler looks: only the graph needs it.
//! Hence it has no order and is no index, or what a body does would depend on what is known.

use super::Tensor;
use super::operator::{Lower, Negative};
use crate::graph::Scope;
use crate::shape::{Arg, Lift, rule};

/// A size of a network as a number within a body.
///
/// ```
/// use netdsl::prelude::*;
///
/// network! {
///     /// Scores of queries and keys of any width.
///     struct Scores<d> {
///         q: Linear<_, d>,
///         k: Linear<_, d>,
///     }
///
///     fn forward(x: [n, _]) -> [n, n] {
///         q(x).matmul(k(x).transpose(1, 2)) / d.sqrt()
///     }
/// }
///
/// let net = network!(Scores<4>)?;
/// assert_eq!(net.forward(ndarray::Array3::<f32>::ones((2, 5, 3)))?.shape(), [2, 5, 5]);
/// # Ok::<(), netdsl::Error>(())
/// ```
#[derive(Clone, Copy)]
pub struct Number(f64);

impl Number {
    /// Its square root.
    pub const fn sqrt(self) -> Self {
        Self(rule::sqrt(self.0))
    }
}

/// A constant or a number within a body whose root is taken: `x / WIDTH.sqrt()`, `x / 12.sqrt()`.
pub struct Root<T>(pub T);

macro_rules! roots {
    ($($type:ty)*) => {$(
        impl Root<$type> {
            /// The square root.
            pub const fn sqrt(self) -> Number {
                Number(rule::sqrt(self.0 as f64))
            }
        }
    )*};
}
roots!(usize u8 u16 u32 u64 i32 i64 f32 f64);

impl Scope<'_> {
    /// A size as a number, by its name; not known as long as the size is not.
    pub const fn size_as_number(self, name: &'static str, size: Arg) -> Number {
        let dim = self.dim_of(&size);
        match self.known(dim) {
            Some(size) => Number(size as f64),
            None => {
                self.trace().miss_number(name);
                Number(f64::NAN)
            }
        }
    }
}

impl Lift<Number> {
    /// What takes part in arithmetic.
    pub const fn operand(self) -> Number {
        self.0
    }
}

impl Negative<Number> {
    /// −a.
    pub const fn neg(self) -> Number {
        Number(-self.0.0)
    }
}

/// The operators between two types, one of which is [`Number`]: what they give, from the numbers in them.
macro_rules! operators {
    ($a:ty, $b:ty, $result:ty: |$left:ident, $right:ident, $at:pat_param| $add:expr, $sub:expr, $mul:expr, $div:expr) => {
        impl<'t> Lower<'t, $a, $b> {
            /// a + b.
            pub const fn add(self) -> $result {
                let ($left, $right, $at) = (self.0, self.1, self.2);
                $add
            }
            /// a − b.
            pub const fn sub(self) -> $result {
                let ($left, $right, $at) = (self.0, self.1, self.2);
                $sub
            }
            /// a · b.
            pub const fn mul(self) -> $result {
                let ($left, $right, $at) = (self.0, self.1, self.2);
                $mul
            }
            /// a / b.
            pub const fn div(self) -> $result {
                let ($left, $right, $at) = (self.0, self.1, self.2);
                $div
            }
        }
    };
}

/// Those of real numbers.
macro_rules! real {
    ($a:ty, $b:ty: |$left:ident, $right:ident| $x:expr, $y:expr) => {
        operators!($a, $b, Number: |$left, $right, _|
            Number($x + $y), Number($x - $y), Number($x * $y), Number($x / $y));
    };
}

real!(Number, Number: |a, b| a.0, b.0);
real!(Number, f64: |a, b| a.0, b);
real!(f64, Number: |a, b| a, b.0);
real!(Number, usize: |a, b| a.0, b as f64);
real!(usize, Number: |a, b| a as f64, b.0);

/// Those with a tensor are those of a real number with one.
macro_rules! with_tensor {
    ($a:ty, $b:ty: |$left:ident, $right:ident| $x:expr, $y:expr) => {
        operators!($a, $b, Tensor<'t>: |$left, $right, at|
            Lower($x, $y, at).add(), Lower($x, $y, at).sub(), Lower($x, $y, at).mul(), Lower($x, $y, at).div());
    };
}

with_tensor!(Tensor<'t>, Number: |a, b| a, b.0);
with_tensor!(Number, Tensor<'t>: |a, b| a.0, b);
