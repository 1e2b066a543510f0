//! Elements around signals, images and volumes: `torch.nn.ZeroPad2d` and its kin.
//!
//! x: `[…, height, width]` → `[…, top + height + bottom, left + width + right]`
//!
//! ```
//! use ndarray::array;
//! use netdsl::prelude::*;
//!
//! network! {
//!     struct Net {
//!         mirror: ReflectionPad1d<[2, 1]>,
//!     }
//! }
//!
//! let net = network!(Net)?;
//! let y = net.forward(array![[[1.0, 2.0, 3.0]]])?;
//! assert_eq!(y, array![[[3.0, 2.0, 1.0, 2.0, 3.0, 2.0]]].into_dyn());
//! # Ok::<(), netdsl::Error>(())
//! ```

use crate::graph::op::PadMode;
use crate::graph::tensor::Amounts;
use crate::graph::{Scope, Tensor};
use crate::shape::{Arg, Value};

macro_rules! pads {
    ($(
        $(#[$meta:meta])*
        $rank:literal $operation:literal $name:ident<padding $(, $value:ident)?> => $mode:expr;
    )*) => {$(
        crate::layer! {
            $(#[$meta])*
            ///
            /// `padding` is a number for all sides, or a list with two for each axis, the last axis first:
            /// `[left, right, top, bottom]`.
            pub struct $name<padding $(, $value)?>;
        }

        impl $name {
            /// x: `[…, …sizes]` → the same with longer sizes
            pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
                $(let $value = at.number("value", self.$value);)?
                match amounts(at, self.padding, $rank) {
                    Some(amounts) => x.with_amounts($operation, amounts, $mode),
                    None => x.unknown(),
                }
            }
        }
    )*};
}

pads! {
    /// Zeros around signals: `torch.nn.ZeroPad1d`. Negative numbers cut.
    1 "pad" ZeroPad1d<padding> => PadMode::Constant(0.0);
    /// Zeros around images: `torch.nn.ZeroPad2d`. Negative numbers cut.
    2 "pad" ZeroPad2d<padding> => PadMode::Constant(0.0);
    /// Zeros around volumes: `torch.nn.ZeroPad3d`. Negative numbers cut.
    3 "pad" ZeroPad3d<padding> => PadMode::Constant(0.0);
    /// A number around signals: `torch.nn.ConstantPad1d`. Negative paddings cut.
    1 "pad_constant" ConstantPad1d<padding, value> => PadMode::Constant(value);
    /// A number around images: `torch.nn.ConstantPad2d`. Negative paddings cut.
    2 "pad_constant" ConstantPad2d<padding, value> => PadMode::Constant(value);
    /// A number around volumes: `torch.nn.ConstantPad3d`. Negative paddings cut.
    3 "pad_constant" ConstantPad3d<padding, value> => PadMode::Constant(value);
    /// Signals mirrored at their ends, which are not repeated: `torch.nn.ReflectionPad1d`.
    1 "pad_reflect" ReflectionPad1d<padding> => PadMode::Reflect;
    /// Images mirrored at their edges, which are not repeated: `torch.nn.ReflectionPad2d`.
    2 "pad_reflect" ReflectionPad2d<padding> => PadMode::Reflect;
    /// Volumes mirrored at their sides, which are not repeated: `torch.nn.ReflectionPad3d`.
    3 "pad_reflect" ReflectionPad3d<padding> => PadMode::Reflect;
    /// Signals with their ends repeated: `torch.nn.ReplicationPad1d`.
    1 "pad_replicate" ReplicationPad1d<padding> => PadMode::Replicate;
    /// Images with their edges repeated: `torch.nn.ReplicationPad2d`.
    2 "pad_replicate" ReplicationPad2d<padding> => PadMode::Replicate;
    /// Volumes with their sides repeated: `torch.nn.ReplicationPad3d`.
    3 "pad_replicate" ReplicationPad3d<padding> => PadMode::Replicate;
    /// Signals that go on from their other end: `torch.nn.CircularPad1d`.
    1 "pad_circular" CircularPad1d<padding> => PadMode::Circular;
    /// Images that go on from their other edge: `torch.nn.CircularPad2d`.
    2 "pad_circular" CircularPad2d<padding> => PadMode::Circular;
    /// Volumes that go on from their other side: `torch.nn.CircularPad3d`.
    3 "pad_circular" CircularPad3d<padding> => PadMode::Circular;
}

const PADDINGS: &str = "a whole number, or two for each axis: `[left, right, top, bottom]`";

/// How much to add at each side of the last `rank` axes.
const fn amounts(at: Scope<'_>, padding: Arg, rank: usize) -> Option<Amounts> {
    let amounts = match padding.value {
        Value::List(..) => Amounts::listed(padding),
        _ => Amounts::even(padding, rank),
    };
    match amounts {
        Some(amounts) if amounts.rank == rank => Some(amounts),
        _ => {
            at.option_fault("padding", PADDINGS, padding);
            None
        }
    }
}
