//! The layers of `torch.nn`, a file for each family.
//!
//! A layer is a list of sizes and options ([`Definition`]) and a `const fn forward` that says which
//! parameters it has and which operations it is. The compiler runs it to check a network; binding
//! runs it to build the graph. Nothing here knows about deferral, gradients or files.

mod activation;
mod affine;
mod attention;
mod batch_norm;
mod bilinear;
mod conv;
mod conv_transpose;
mod dropout;
mod embedding;
mod flatten;
mod gate;
mod group_norm;
mod identity;
mod instance_norm;
mod layer_norm;
mod linear;
mod local_response_norm;
mod pad;
mod parameter;
mod pixel_shuffle;
mod pool;
mod recurrent;
mod running;
mod softmax;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod unary;
#[doc(hidden)]
pub mod undeclared;
mod unflatten;
mod upsample;

pub use activation::*;
pub use attention::*;
pub use batch_norm::*;
pub use bilinear::*;
pub use conv::*;
pub use conv_transpose::*;
pub use dropout::*;
pub use embedding::*;
pub use flatten::*;
pub use gate::*;
pub use group_norm::*;
pub use identity::*;
pub use instance_norm::*;
pub use layer_norm::*;
pub use linear::*;
pub use local_response_norm::*;
pub use pad::*;
pub use parameter::*;
pub use pixel_shuffle::*;
pub use pool::*;
pub use recurrent::*;
pub use softmax::*;
pub use unflatten::*;
pub use upsample::*;

use crate::shape::Arg;

/// A kind of layer: its sizes and options, as yet without parameters.
///
/// [`layer!`](crate::layer!) writes this, and a layer's file adds `const fn forward`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a layer: it has no shape rule",
    label = "not a layer",
    note = "layers are declared with `netdsl::layer!`, networks with `netdsl::network!`"
)]
pub trait Definition: Copy + Send + Sync + 'static {
    /// The name of the kind: `Linear`.
    const KIND: &'static str;
    /// All sizes open, all options at their defaults.
    const BLANK: Self;
    /// The names of all sizes and options, in order.
    const NAMES: &'static [&'static str];
    /// Gives a size or an option a value, by its name; false where there is none of that name.
    fn set(&mut self, name: &str, value: Arg) -> bool;
}

/// Declares a kind of layer: its sizes in the order in which they are written in `<…>`, and its
/// options with their defaults.
///
/// With a `const fn forward` the layer then takes part in everything: inference at compile time,
/// deferral, gradients, tables, files.
///
/// ```
/// use netdsl::prelude::*;
///
/// netdsl::layer! {
///     /// y = x · scale, one factor for each feature.
///     pub struct Scale<features> { start = 1.0 }
/// }
///
/// impl Scale {
///     /// x: `[…, features]` → `[…, features]`
///     pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
///         let features = at.size("features", self.features);
///         let start = at.number("start", self.start);
///         let scale = at.parameter("scale", &[features.dim], Init::Constant(start));
///         x.expect(-1, features, "features").mul(scale)
///     }
/// }
///
/// network! {
///     struct Scaled {
///         fc: Linear<_, 8>,
///         scale: Scale<_>(start = 0.5),
///     }
/// }
/// ```
#[macro_export]
macro_rules! layer {
    (
        $(#[$meta:meta])*
        $vis:vis struct $name:ident $(<$($(#[$size_meta:meta])* $size:ident),* $(,)?>)? $({
            $($(#[$option_meta:meta])* $option:ident = $default:expr),* $(,)?
        })? $(;)?
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug)]
        #[must_use]
        $vis struct $name {
            $($($(#[$size_meta])* #[doc = concat!("`", stringify!($size), "`, as written in `<…>`.")] pub $size: $crate::shape::Arg,)*)?
            $($(
                $(#[$option_meta])*
                #[doc = concat!("`", stringify!($option), "`; default: `", stringify!($default), "`.")]
                pub $option: $crate::shape::Arg,
            )*)?
        }

        impl $name {
            /// The definition with these sizes, in the order in which they are written in `<…>`.
            #[allow(clippy::too_many_arguments, unused_mut)]
            pub const fn sizes(mut self $($(, $size: $crate::shape::Arg)*)?) -> Self {
                $($(self.$size = $size;)*)?
                self
            }
        }

        impl $name {
            /// The definition with the sizes of a list, one after the other.
            #[doc(hidden)]
            #[allow(unused_mut, unused_variables, unused_assignments)]
            pub const fn listed(mut self, sizes: &[$crate::shape::Arg]) -> Self {
                let mut i = 0;
                $($(
                    if i < sizes.len() {
                        self.$size = sizes[i];
                    }
                    i += 1;
                )*)?
                self
            }
        }

        $crate::__called!($name);

        impl $crate::Part for $name {
            type Definition = Self;
            const DEFINITION: Self = <Self as $crate::layer::Definition>::BLANK;
            const KIND: &'static str = <Self as $crate::layer::Definition>::KIND;
            const SIZES: &'static [&'static str] = &[$($(::core::stringify!($size)),*)?];
            const FAULTS: usize = 0;
            type Ready<E: $crate::Element> = $crate::Layer<Self, E>;
            type Waiting<E: $crate::Element> = $crate::Deferred<Self, E>;
        }

        impl ::core::default::Default for $name {
            fn default() -> Self {
                <Self as $crate::layer::Definition>::BLANK
            }
        }

        impl $crate::layer::Definition for $name {
            const KIND: &'static str = stringify!($name);
            const BLANK: Self = Self {
                $($($size: $crate::shape::Arg::OPEN,)*)?
                $($($option: $crate::shape::Lift($default).arg(),)*)?
            };

            const NAMES: &'static [&'static str] =
                &[$($(stringify!($size),)*)? $($(stringify!($option),)*)?];

            #[allow(unused_variables)]
            fn set(&mut self, name: &str, value: $crate::shape::Arg) -> bool {
                match name {
                    $($(stringify!($size) => self.$size = value,)*)?
                    $($(stringify!($option) => self.$option = value,)*)?
                    _ => return false,
                }
                #[allow(unreachable_code)]
                true
            }
        }
    };
}
