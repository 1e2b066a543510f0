//! What a method becomes in a body where its first argument is a list of sizes or axes: `x.mean([2, 3])` is
//! `Listed::new(x, list).mean()`.
//!
//! A constant function cannot be one for a number and another for a list, so those that take lists are methods of this.

use super::Tensor;
use crate::graph::op::AxisSet;
use crate::shape::{Arg, FaultKind, Item, Value};

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

impl<'t> Listed<Tensor<'t>> {
    /// The set of the axes that are listed; a mistake where one of them is none.
    pub(super) const fn axes(&self, operation: &'static str) -> Option<AxisSet> {
        let (Value::List(items, count), trace) = (self.list.value, self.x.trace()) else {
            self.x.trace().fault(FaultKind::TooLong { name: operation });
            return None;
        };
        let (mut axes, mut i) = (0, 0);
        while i < count {
            let Item::Int(dim) = items[i] else {
                trace.fault(FaultKind::Option {
                    operation,
                    name: "axes",
                    wanted: "numbers: `[2, 3]`",
                    given: None,
                });
                return None;
            };
            let Some(axis) = self.x.axis(operation, dim) else {
                return None;
            };
            if axes >> axis & 1 == 1 {
                let _ = self.x.bad_axis(operation, dim, "it is listed twice");
                return None;
            }
            axes |= 1 << axis;
            i += 1;
        }
        Some(axes)
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
