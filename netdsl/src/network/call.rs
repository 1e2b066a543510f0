//! What calls of layers become in a body, so that the compiler tells in our words if there are too many arguments or
//! too few: Rust would count the scope among them, and show a function that no user calls.
//!
//! `fc(x)` is, within its scope:
//!
//! ```text
//! let call = definition.by(Linear::forward);
//! call.result(call.arguments::<Linear, 1>().of(call.function, ())(call.layer(), scope, x))
//! ```
//!
//! Where the arguments are not as many as the function takes, what would be called is of no type, so that rustc says no
//! more of the call. What it would give is known all the same, for what comes after; where nothing does, in the place of
//! the body's result, it is left unknown, and said no more of. Where another function of the layer takes as many, that
//! is told ([`taken_elsewhere`]).

use crate::graph::{Scope, Tensor};
use std::marker::PhantomData;

/// A call of a layer of definition `D` by its function `F`, which takes the layer as `L`, its scope and `TAKEN`
/// arguments, and gives `R`.
pub struct Call<'d, D, F, L, R, const TAKEN: usize> {
    layer: &'d D,
    /// The function.
    pub function: F,
    types: PhantomData<(L, R)>,
}

impl<'d, D, F: Copy, L, R, const TAKEN: usize> Call<'d, D, F, L, R, TAKEN> {
    /// A call by this function.
    pub const fn of<S, Types>(layer: &'d D, function: F) -> Self
    where
        F: Function<L, S, Types, R, TAKEN>,
    {
        Self {
            layer,
            function,
            types: PhantomData,
        }
    }

    /// The arguments of a layer of kind `P`, so many.
    pub const fn arguments<P, const GIVEN: usize>(&self) -> Arguments<P, TAKEN, GIVEN> {
        Arguments(PhantomData)
    }

    /// What the call gives.
    pub const fn result(&self, result: R) -> R {
        result
    }
}

impl<'d, D, F, R, const TAKEN: usize> Call<'d, D, F, &'d D, R, TAKEN> {
    /// The layer, for a function of `&self`.
    pub const fn layer(&self) -> &'d D {
        self.layer
    }
}

impl<D: Copy, F, R, const TAKEN: usize> Call<'_, D, F, D, R, TAKEN> {
    /// The layer, for a function of `self`.
    pub const fn layer(&self) -> D {
        *self.layer
    }
}

/// The method by which definitions are called, and nothing else: of a definition that there is not it is none, and
/// rustc says no more.
#[doc(hidden)]
#[macro_export]
macro_rules! __called {
    ($definition:ty) => {
        impl $definition {
            /// A call by this function.
            #[doc(hidden)]
            pub const fn by<F, L, S, T, R, const N: usize>(
                &self,
                function: F,
            ) -> $crate::__private::Call<'_, Self, F, L, R, { N }>
            where
                F: $crate::__private::Function<L, S, T, R, { N }>,
            {
                $crate::__private::Call::of(self, function)
            }
        }
    };
}

/// A function of a layer, taken as `L`, and its scope, `S`, with so many arguments of these `Types`, that gives `R`.
pub trait Function<L, S, Types, R, const TAKEN: usize>: Copy {}

macro_rules! functions {
    ($($count:literal: $($type:ident)*;)*) => {$(
        impl<F, L, S, R, $($type),*> Function<L, S, ($($type,)*), R, $count> for F
        where
            F: Copy + Fn(L, S, $($type),*) -> R,
        {
        }
    )*};
}

functions! {
    0: ;
    1: A;
    2: A B;
    3: A B C;
    4: A B C D;
    5: A B C D E;
    6: A B C D E G;
    7: A B C D E G H;
    8: A B C D E G H I;
    9: A B C D E G H I J;
    10: A B C D E G H I J K;
}

/// What words call a network that is given kinds of layers.
pub struct GenericNetwork;

/// Arguments of a layer of kind `P`: how many there are, and how many its function takes.
pub struct Arguments<P, const TAKEN: usize, const GIVEN: usize>(PhantomData<P>);

impl<P, const COUNT: usize> Arguments<P, COUNT, COUNT> {
    /// The function, which can be called with them. Nothing comes with it: that is what may have words ([`taken_elsewhere`]).
    pub const fn of<F: Copy>(self, function: F, _nothing: ()) -> F {
        function
    }
}

/// Implemented by nothing: the bound that tells of too many arguments or too few.
#[diagnostic::on_unimplemented(
    message = "`{P}` is called with another number of arguments than it takes: {GIVEN} instead of {TAKEN}",
    label = "takes {TAKEN}, is given {GIVEN}",
    note = "an argument that is an `Option` is written as such: `None`, `Some(…)`"
)]
pub trait AsMany<P, const TAKEN: usize, const GIVEN: usize> {
    /// What would be called.
    type Function;
}

/// What a call with too many arguments or too few comes upon.
pub trait NoCall<P, const TAKEN: usize, const GIVEN: usize>: Sized {
    /// The function that cannot be called with them.
    fn of<F, W: AsMany<P, TAKEN, GIVEN>>(self, _function: F, _words: W) -> W::Function {
        unreachable!()
    }
}

impl<P, const TAKEN: usize, const GIVEN: usize> NoCall<P, TAKEN, GIVEN>
    for Arguments<P, TAKEN, GIVEN>
{
}

/// What a layer says that is called with arguments which another of its functions takes.
macro_rules! taken_elsewhere {
    ($layer:ident: $taken:literal, not $($given:literal)*, $words:literal) => {
        const _: () = {
            use crate::network::Arguments;

            /// Implemented by nothing: the bound that tells of the other function.
            #[diagnostic::on_unimplemented(message = $words, label = "called with other arguments")]
            pub trait Elsewhere {
                /// What would be called.
                type Function;
            }

            $(impl Arguments<crate::layer::$layer, $taken, $given> {
                /// What cannot be called with them.
                pub const fn of<F: Copy, W: Elsewhere + Copy>(self, _function: F, _words: W) -> W::Function {
                    panic!()
                }
            })*
        };
    };
}

pub(crate) use taken_elsewhere;

/// Implemented by nothing: the bound that tells of a layer without a shape rule.
#[diagnostic::on_unimplemented(
    message = "layer `{Self}` has no shape rule",
    label = "this layer has no `forward`",
    note = "write one: `impl {Self} {{ pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {{ … }} }}`"
)]
pub trait ShapeRule {}

/// What a call of a layer comes upon where the layer has no `forward` of its own, which would come
/// first.
pub trait NoShapeRule {
    /// The call that cannot be.
    fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t>;
}

impl<D: ShapeRule> NoShapeRule for D {
    fn forward<'t>(&self, _at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        x
    }
}
