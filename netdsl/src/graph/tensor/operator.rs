//! What the operators of a body become: `a + b` is `Lower(a, b, at).add()`.

use super::Tensor;
use crate::engine::kernel::unary::Unary;
use crate::graph::Scope;
use crate::shape::Lift;

/// An operand as it is.
macro_rules! operand {
    ($($type:ty)*) => {$(
        impl<'t> Lift<$type> {
            /// What takes part in arithmetic.
            pub const fn operand(self) -> $type {
                self.0
            }
        }
    )*};
}

operand! { Tensor<'t> f64 usize }

/// Taken by reference, as all that is below of `i64`: what stands by value is looked at first, so that a whole number that
/// does not say its type is a `usize`.
impl Lift<i64> {
    /// What takes part in arithmetic.
    pub const fn operand(&self) -> i64 {
        self.0
    }
}

/// What `-a` becomes in a definition, for whatever a body may negate.
pub struct Negative<T>(pub T);

impl<'t> Negative<Tensor<'t>> {
    /// −a.
    #[track_caller]
    pub const fn neg(self) -> Tensor<'t> {
        self.0.neg()
    }
}

macro_rules! negative {
    ($($number:ty)*) => {$(
        impl Negative<$number> {
            /// −a.
            pub const fn neg(self) -> $number {
                -self.0
            }
        }
    )*};
}

negative!(f64 f32 i64 i32 isize);

/// What `a + b` becomes in a definition: the sum of whatever two things a body may add, and where it is written.
///
/// The methods are inherent, one set for each pair of types, because a constant function cannot call
/// a trait's.
pub struct Lower<'t, A, B>(pub A, pub B, pub Scope<'t>);

impl<'t> Lower<'t, Tensor<'t>, Tensor<'t>> {
    /// a + b.
    #[track_caller]
    pub const fn add(self) -> Tensor<'t> {
        self.0.add(self.1)
    }
    /// a − b.
    #[track_caller]
    pub const fn sub(self) -> Tensor<'t> {
        self.0.sub(self.1)
    }
    /// a · b.
    #[track_caller]
    pub const fn mul(self) -> Tensor<'t> {
        self.0.mul(self.1)
    }
    /// a / b.
    #[track_caller]
    pub const fn div(self) -> Tensor<'t> {
        self.0.div(self.1)
    }
}

macro_rules! with_number {
    ($number:ty) => {
        impl<'t> Lower<'t, Tensor<'t>, $number> {
            /// a + b.
            pub const fn add(self) -> Tensor<'t> {
                self.0.shift(self.1 as f64)
            }
            /// a − b.
            pub const fn sub(self) -> Tensor<'t> {
                self.0.shift(-(self.1 as f64))
            }
            /// a · b.
            pub const fn mul(self) -> Tensor<'t> {
                self.0.scale(self.1 as f64)
            }
            /// a / b.
            pub const fn div(self) -> Tensor<'t> {
                self.0.scale(1.0 / self.1 as f64)
            }
        }

        impl<'t> Lower<'t, $number, Tensor<'t>> {
            /// a + b.
            pub const fn add(self) -> Tensor<'t> {
                self.1.shift(self.0 as f64)
            }
            /// a − b.
            pub const fn sub(self) -> Tensor<'t> {
                self.1.scale(-1.0).shift(self.0 as f64)
            }
            /// a · b.
            pub const fn mul(self) -> Tensor<'t> {
                self.1.scale(self.0 as f64)
            }
            /// a / b.
            pub const fn div(self) -> Tensor<'t> {
                self.1.map(Unary::Recip).scale(self.0 as f64)
            }
        }
    };
}

with_number!(f64);
with_number!(usize);

impl Lower<'_, f64, f64> {
    /// a + b.
    pub const fn add(self) -> f64 {
        self.0 + self.1
    }
    /// a − b.
    pub const fn sub(self) -> f64 {
        self.0 - self.1
    }
    /// a · b.
    pub const fn mul(self) -> f64 {
        self.0 * self.1
    }
    /// a / b.
    pub const fn div(self) -> f64 {
        self.0 / self.1
    }
}

/// Whole numbers are places and counts: what is none of these is told on the operator.
impl Lower<'_, usize, usize> {
    /// a + b.
    #[track_caller]
    pub const fn add(self) -> usize {
        self.whole("+", self.0.checked_add(self.1))
    }
    /// a − b.
    #[track_caller]
    pub const fn sub(self) -> usize {
        self.whole("-", self.0.checked_sub(self.1))
    }
    /// a · b.
    #[track_caller]
    pub const fn mul(self) -> usize {
        self.whole("*", self.0.checked_mul(self.1))
    }
    /// a / b, rounded down.
    #[track_caller]
    pub const fn div(self) -> usize {
        self.whole("/", self.0.checked_div(self.1))
    }

    #[track_caller]
    const fn whole(&self, operation: &'static str, result: Option<usize>) -> usize {
        match result {
            Some(number) => number,
            None => self.2.no_count(operation, self.0, self.1),
        }
    }
}

/// Whole numbers below 0 too: places that are counted from the end, `x.select_index(1, LENGTH as i64 - 1)`.
impl Lower<'_, i64, i64> {
    /// a + b.
    #[track_caller]
    pub const fn add(&self) -> i64 {
        self.whole("+", self.0.checked_add(self.1))
    }
    /// a − b.
    #[track_caller]
    pub const fn sub(&self) -> i64 {
        self.whole("-", self.0.checked_sub(self.1))
    }
    /// a · b.
    #[track_caller]
    pub const fn mul(&self) -> i64 {
        self.whole("*", self.0.checked_mul(self.1))
    }
    /// a / b, rounded towards 0.
    #[track_caller]
    pub const fn div(&self) -> i64 {
        self.whole("/", self.0.checked_div(self.1))
    }

    #[track_caller]
    const fn whole(&self, operation: &'static str, result: Option<i64>) -> i64 {
        match result {
            Some(number) => number,
            None => self.2.no_integer(operation, self.0, self.1),
        }
    }
}

macro_rules! with_integer {
    ($($method:ident)*) => {
        impl<'t> Lower<'t, Tensor<'t>, i64> {
            $(
                /// As with an `f64`.
                pub const fn $method(&self) -> Tensor<'t> {
                    Lower(self.0, self.1 as f64, self.2).$method()
                }
            )*
        }

        impl<'t> Lower<'t, i64, Tensor<'t>> {
            $(
                /// As with an `f64`.
                pub const fn $method(&self) -> Tensor<'t> {
                    Lower(self.0 as f64, self.1, self.2).$method()
                }
            )*
        }
    };
}

with_integer!(add sub mul div);

/// Implemented by nothing: the bound that tells of several results where one is needed.
#[diagnostic::on_unimplemented(
    message = "a layer that gives several results stands for one tensor here",
    label = "needs one tensor",
    note = "take them apart first: `let (y, _) = …;`"
)]
pub trait OneTensor {}

impl<A: Copy, B: Copy> Lift<(A, B)> {
    /// What takes no part in arithmetic.
    pub const fn operand(self) -> A
    where
        (A, B): OneTensor,
    {
        self.0.0
    }
}

/// The operators that cannot be, as a pair stands on one side.
macro_rules! of_a_pair {
    ($([$($generic:tt)*] $left:ty, $right:ty, $pair:tt;)*) => {$(
        impl<'s, $($generic)* A: Copy, B: Copy> Lower<'s, $left, $right> {
            of_a_pair! { @ $pair add sub mul div }
        }
    )*};
    (@ $pair:tt $($method:ident)*) => {$(
        /// What cannot be.
        pub const fn $method(self) -> A
        where
            (A, B): OneTensor,
        {
            self.$pair.0
        }
    )*};
}

of_a_pair! {
    [C: Copy,] (A, B), C, 0;
    ['t,] Tensor<'t>, (A, B), 1;
    [] f64, (A, B), 1;
    [] usize, (A, B), 1;
}

impl<A: Copy, B: Copy> Negative<(A, B)> {
    /// What cannot be.
    pub const fn neg(self) -> A
    where
        (A, B): OneTensor,
    {
        self.0.0
    }
}

/// Operators outside of `network!`, in a function that is a loss, say.
macro_rules! operators {
    ($($trait:ident $method:ident),*) => {$(
        impl<'t> std::ops::$trait for Tensor<'t> {
            type Output = Self;

            #[track_caller]
            fn $method(self, other: Self) -> Self {
                Lower(self, other, Scope::of(&self)).$method()
            }
        }

        impl<'t> std::ops::$trait<f64> for Tensor<'t> {
            type Output = Self;

            fn $method(self, other: f64) -> Self {
                Lower(self, other, Scope::of(&self)).$method()
            }
        }

        impl<'t> std::ops::$trait<Tensor<'t>> for f64 {
            type Output = Tensor<'t>;

            fn $method(self, other: Tensor<'t>) -> Tensor<'t> {
                Lower(self, other, Scope::of(&other)).$method()
            }
        }
    )*};
}

operators!(Add add, Sub sub, Mul mul, Div div);

impl std::ops::Neg for Tensor<'_> {
    type Output = Self;

    fn neg(self) -> Self {
        self.scale(-1.0)
    }
}
