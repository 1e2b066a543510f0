//! What may stand in a network: layers and networks, and how the compiler picks what holds them.

use crate::Element;
use crate::layer::Definition;
use crate::network::layer::{Deferred, Layer};

/// Something that may be a field of a network.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a layer: it has no shape rule",
    label = "not a layer or a network",
    note = "layers are declared with `netdsl::layer!`, networks with `netdsl::network!`"
)]
pub trait Part {
    /// Its sizes and options.
    type Definition: Copy + Send + Sync;
    /// All sizes open, all options at their defaults.
    const DEFINITION: Self::Definition;
    /// The name of the kind.
    const KIND: &'static str;
    /// How many mistakes it has by itself.
    const FAULTS: usize;
    /// What holds it when the compiler knows all of its sizes.
    type Ready<E: Element>;
    /// What holds it when not.
    type Waiting<E: Element>;
}

// Without this, a type that is no layer is told about the trait of layers and never about networks.
#[diagnostic::do_not_recommend]
impl<D: Definition> Part for D {
    type Definition = D;
    const DEFINITION: D = D::BLANK;
    const KIND: &'static str = D::KIND;
    const FAULTS: usize = 0;
    type Ready<E: Element> = Layer<D, E>;
    type Waiting<E: Element> = Deferred<D, E>;
}

/// Picks what holds a part, by whether the compiler knows all of its sizes.
pub trait Choose<const READY: bool, E: Element> {
    /// What holds it.
    type Field;
}

impl<P: Part, E: Element> Choose<true, E> for P {
    type Field = P::Ready<E>;
}

impl<P: Part, E: Element> Choose<false, E> for P {
    type Field = P::Waiting<E>;
}
