//! What may stand in a network: layers and networks, and how the compiler picks what holds them.

use crate::Element;
use crate::shape::{Fault, FaultKind, Path};

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
    /// The names of the sizes it takes in `<…>`.
    const SIZES: &'static [&'static str];
    /// How many mistakes it has by itself.
    const FAULTS: usize;
    /// What holds it when the compiler knows all of its sizes.
    type Ready<E: Element>;
    /// What holds it when not.
    type Waiting<E: Element>;
}

/// The sizes and options of a part.
pub type DefinitionOf<P> = <P as Part>::Definition;

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

/// What holds a layer within a network: a `Layer` (or a network) where the compiler knows all of its sizes, so that it
/// is there from construction on; [`Deferred`](crate::Deferred) where it may wait.
pub type Held<P, const READY: bool, E = f32> = <P as Choose<READY, E>>::Field;

/// Stops the compiler where a network is built with another number of sizes than it takes.
#[track_caller]
pub const fn check_sizes(kind: &'static str, names: &'static [&'static str], found: usize) {
    if names.len() != found {
        let fault = FaultKind::Sizes { kind, names, found };
        let text = Fault {
            kind: fault,
            layer: Path::EMPTY,
            scope: 0,
            at: None,
            exchanged: false,
        }
        .text();
        panic!("{}", text.as_str());
    }
}
