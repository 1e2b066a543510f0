//! Layers whose kind is a type parameter of their network.

use crate::graph::trace::Run;
use crate::graph::{Scope, Tensor};
use crate::network::module::{Assemble, Module};
use crate::{Element, Part};

/// A layer or a network that takes one tensor and gives one: what a type parameter of a network stands for.
///
/// The library's own layers do, and networks of one argument and one result; a layer of
/// your own becomes one by `netdsl::unary_layer!(Scale);`.
///
/// The compiler checks what is around such a layer; what the layer itself says of sizes is known when the
/// network is built, bound or run. Its sizes follow from what arrives, or stand in its type.
///
/// ```
/// use netdsl::prelude::*;
///
/// network! {
///     /// Two layers of any kind, with any activation between them.
///     struct Pair<B: UnaryLayer, A: UnaryLayer> {
///         first: B,
///         act: A,
///         second: B,
///     }
///
///     struct Block<const WIDTH: usize> {
///         fc: Linear<_, WIDTH>,
///     }
/// }
///
/// let net = network!(Pair::<Block<8>, Tanh>)?;
/// net.bind([5])?;
/// assert_eq!(net.parameter("first.fc.weight")?.shape(), [8, 5]);
/// assert_eq!(net.second.fc.get()?.weight().shape(), [8, 8]);
/// # Ok::<(), netdsl::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand for a layer of any kind",
    label = "`{Self}` is not known to take one tensor and to give one",
    note = "a layer of your own can that does, once beside it stands `netdsl::unary_layer!({Self});`",
    note = "a network can if it has one argument and one result; what takes or gives several stands within such a network"
)]
pub trait UnaryLayer: Part + Clone {
    /// What holds it: it waits for its sizes.
    type Held<E: Element>: Module<E> + Assemble<E> + Clone;

    #[doc(hidden)]
    fn call<'t>(definition: &Self::Definition, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t>;
}

/// Says that layers take one tensor and give one: [`UnaryLayer`](crate::UnaryLayer).
#[macro_export]
macro_rules! unary_layer {
    ($($name:ty),* $(,)?) => {$(
        impl $crate::UnaryLayer for $name {
            type Held<E: $crate::Element> = $crate::Deferred<Self, E>;

            #[inline]
            fn call<'t>(
                definition: &Self,
                at: $crate::graph::Scope<'t>,
                x: $crate::graph::Tensor<'t>,
            ) -> $crate::graph::Tensor<'t> {
                definition.forward(at, x)
            }
        }
    )*};
}

/// What a definition holds of a layer of any kind: all sizes are open, all options at their defaults.
#[derive(Clone, Copy)]
pub struct Foreign {
    /// The name of the kind.
    pub kind: &'static str,
    /// How many mistakes it has by itself.
    pub faults: usize,
    run: Option<Run>,
}

crate::__called!(Foreign);

impl Foreign {
    /// A layer of a kind that nobody has chosen yet.
    pub const UNKNOWN: Self = Self {
        kind: "",
        faults: 0,
        run: None,
    };

    /// A layer of this kind.
    pub const fn of<B: UnaryLayer>() -> Self {
        Self {
            kind: B::KIND,
            faults: B::FAULTS,
            run: Some(run::<B>),
        }
    }

    /// Has the layer called once constant functions are through.
    pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        let run = match self.run {
            Some(run) => run,
            None => nothing,
        };
        at.call_later(run, x)
    }
}

fn run<'t, B: UnaryLayer>(at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
    B::call(&B::DEFINITION, at, x)
}

fn nothing<'t>(_at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
    x
}
