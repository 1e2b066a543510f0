//! Layers with parameters that are other layers'.
//!
//! ```
//! use netdsl::prelude::*;
//!
//! network! {
//!     /// The rows that `embed` looks up are also what `head` scores the tokens by.
//!     struct Language {
//!         embed: Embedding<100, 16>,
//!         head: Linear<_, _>(weight = embed.weight),
//!     }
//!
//!     fn forward(tokens: [_]) -> [_, 100] {
//!         head(embed(tokens))
//!     }
//! }
//!
//! let net = network!(Language)?;
//! assert_eq!(net.count_parameters(), 100 * 16 + 100);
//! assert_eq!(net.parameter("head.weight")?, net.embed.weight());
//! # Ok::<(), netdsl::Error>(())
//! ```
//!
//! The owner may be within another network, `weight = body.embed.weight`, or a member of a stack, `weight =
//! blocks[0].weight`. A layer that has a parameter of another one is always a field of the network that says so, or a member
//! of one: its type tells that it is [`Tied`].

use crate::Element;
use crate::error::StateDictError;
use crate::graph::Scope;
use crate::layer::Definition;
use crate::network::given::Given;
use crate::network::tracing::Traced;
use crate::network::{Deferred, Layer, Part};
use ndarray::{ArrayD, Zip};
use std::marker::PhantomData;

/// The kind of a layer that has a parameter of another one: `Layer<Tied<Linear>>`.
///
/// The layer holds what it has of its own ([`Layer::parameter`]). What it is tied to is read at its
/// owner, `net.encode.weight().t()`, or by path, `net.parameter("decode.weight")`. It is static only
/// if its owner is, and bound when its owner is.
#[derive(Clone, Copy, Debug)]
pub struct Tied<P>(PhantomData<fn() -> P>);

impl<P: Part> Part for Tied<P> {
    type Definition = P::Definition;
    const DEFINITION: P::Definition = P::DEFINITION;
    const KIND: &'static str = P::KIND;
    const SIZES: &'static [&'static str] = P::SIZES;
    const FAULTS: usize = P::FAULTS;
    type Ready<E: Element> = Layer<Self, E>;
    type Waiting<E: Element> = Deferred<Self, E>;
}

/// Implemented by nothing: the bound that tells of a layer that is no parameter itself.
#[diagnostic::on_unimplemented(
    message = "layer `{Self}` is no parameter itself",
    label = "name one of its parameters, such as `….weight`"
)]
pub trait Bare {}

/// What a tie to a layer itself comes upon where that is no parameter.
pub trait NotTaken {
    /// The call that cannot be.
    fn taken(&self, at: Scope<'_>);
}

impl<D: Bare> NotTaken for D {
    fn taken(&self, _at: Scope<'_>) {}
}

/// A kind of layer whose parameters are all its own.
#[diagnostic::on_unimplemented(
    message = "this layer is tied: it has a parameter of another layer",
    label = "not all of its parameters are its own",
    note = "read a tied parameter at its owner, such as `net.encode.weight()`, or by path: `net.parameter(\"decode.weight\")`",
    note = "what the layer has of its own is read by name: `net.decode.parameter(\"bias\")`"
)]
pub trait Untied {}

impl<D: Definition> Untied for D {}

impl Traced {
    /// Moves what a file has under the names of tied parameters to their owners'. A file that has one
    /// under several names, as PyTorch's do, must have the same values under each.
    pub(crate) fn gather_ties<E: Element>(
        &self,
        given: &mut Given<E>,
        names: &mut Vec<String>,
        wrong: &mut StateDictError,
    ) {
        for tie in &self.ties {
            let Some(mut value) = given.remove(&tie.path) else {
                continue;
            };
            names.retain(|name| *name != tie.path);
            if tie.transposed {
                value = value.reversed_axes().as_standard_layout().into_owned();
            }
            let owner = &self.parameters[tie.owner].path;
            match given.get(owner) {
                Some(own) if !same(own, &value) => {
                    wrong.untied.push((tie.path.clone(), owner.clone()));
                }
                Some(_) => {}
                None => {
                    names.push(owner.clone());
                    given.insert(owner.clone(), value);
                }
            }
        }
    }
}

fn same<E: Element>(a: &ArrayD<E>, b: &ArrayD<E>) -> bool {
    let same = |a: &E, b: &E| a == b || a.is_nan() && b.is_nan();
    a.shape() == b.shape() && Zip::from(a).and(b).all(same)
}
