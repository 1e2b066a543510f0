//! What a method becomes in a body where its first argument is a list of sizes or axes: `x.mean([2, 3])` is
//! `Listed::new(x, list).mean()`.
//!
//! A constant function cannot be one for a number and another for a list, so those that take lists are methods of this.

use super::Tensor;
use crate::shape::Arg;

/// Something with a list that a method of it is given.
pub struct Listed<X> {
    pub(super) x: X,
    pub(super) list: Arg,
}

impl<X> Listed<X> {
    /// What is before the method's name, and its list.
    pub const fn new(x: X, list: Arg) -> Self {
        Self { x, list }
    }
}

macro_rules! listed {
    ($($name:ident($($more:ident: $type:ty)?);)*) => {
        impl<'t> Listed<Tensor<'t>> {$(
            #[doc = concat!("[`Tensor::", stringify!($name), "`].")]
            #[track_caller]
            pub const fn $name(self $(, $more: $type)?) -> Tensor<'t> {
                self.x.$name(self.list $(, $more)?)
            }
        )*}
    };
}

listed! {
    reshape();
    permute();
    expand();
    pad();
    pad_constant(value: f64);
    pad_reflect();
    pad_replicate();
    pad_circular();
}
