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

/// The arithmetic of whole numbers, by value or by reference: a result that there is not is told on the operator.
macro_rules! whole {
    ($number:ty; $this:ident [$($receiver:tt)*]; $told:ident) => {
        impl Lower<'_, $number, $number> {
            /// a + b.
            #[track_caller]
            pub const fn add($($receiver)*) -> $number {
                whole! { @ $this $told "+" checked_add }
            }
            /// a − b.
            #[track_caller]
            pub const fn sub($($receiver)*) -> $number {
                whole! { @ $this $told "-" checked_sub }
            }
            /// a · b.
            #[track_caller]
            pub const fn mul($($receiver)*) -> $number {
                whole! { @ $this $told "*" checked_mul }
            }
            /// a / b, without what is behind the point.
            #[track_caller]
            pub const fn div($($receiver)*) -> $number {
                whole! { @ $this $told "/" checked_div }
            }
        }
    };
    (@ $this:ident $told:ident $sign:literal $checked:ident) => {
        match $this.0.$checked($this.1) {
            Some(number) => number,
            None => $this.2.$told($sign, $this.0, $this.1),
        }
    };
}

// Places and counts.
whole!(usize; self [self]; no_count);
// Those below 0 too: places that are counted from the end, `x.select_index(1, LENGTH as i64 - 1)`.
whole!(i64; self [&self]; no_integer);

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
