//! A layer's place in a trace: where it declares its sizes and parameters and reports mistakes.

mod arithmetic;
mod conditions;
mod element;
mod network;
mod options;
mod parameters;
mod signature;
mod sizes;
mod solve;
mod written;

pub use element::{Each, Indexed, NoElements};
pub use sizes::{Divisor, Size, Sizes};
pub use written::Written;

use crate::graph::trace::{ScopeCell, Trace};
use crate::shape::FaultKind;

/// A layer's place in the trace of a network.
///
/// A layer's `forward` receives its scope, and from it gets its sizes ([`Scope::size`]) and its
/// parameters ([`Scope::parameter`]), each by name: asked for again, they are the same ones.
#[derive(Clone, Copy)]
pub struct Scope<'t> {
    trace: &'t Trace<'t>,
    id: u32,
}

impl<'t> Scope<'t> {
    pub(crate) const fn new(trace: &'t Trace<'t>, id: u32) -> Self {
        Self { trace, id }
    }

    /// The layer or network that is being run with a tensor.
    pub(crate) const fn of(tensor: &crate::graph::Tensor<'t>) -> Self {
        Self::new(tensor.trace(), tensor.trace().current())
    }

    /// The trace this belongs to.
    pub const fn trace(self) -> &'t Trace<'t> {
        self.trace
    }

    pub(crate) const fn id(self) -> u32 {
        self.id
    }

    /// Whether the network runs in training mode.
    pub const fn training(self) -> bool {
        self.trace.training()
    }

    pub(super) const fn child(self, child: ScopeCell) -> Self {
        Self {
            trace: self.trace,
            id: self.trace.child(self.id, child),
        }
    }

    /// Reports a mistake of this layer.
    pub const fn fault(self, kind: FaultKind) {
        self.trace.fault(kind);
    }
}
