//! The parameters and the parts that layers declare in a scope.

use super::Scope;
use crate::graph::Tensor;
use crate::graph::trace::{MAX_PARAMETER_RANK, ParameterCell, ScopeCell};
use crate::init::Init;
use crate::shape::{Dim, FaultKind};

impl<'t> Scope<'t> {
    /// A layer within this layer that its author wrote, such as the `out_proj` of an attention. What
    /// is wrong in it is told where this layer is written. To be asked for once in a `forward`.
    pub const fn part(self, name: &'static str, kind: &'static str) -> Self {
        let above = self.trace.scope(self.id);
        self.child(ScopeCell {
            name,
            kind,
            at: above.at,
            ..ScopeCell::NEW
        })
    }

    /// A parameter of this layer: what training changes. One without a name, `""`, has the layer's path for its own.
    pub const fn parameter(self, name: &'static str, dims: &[Dim], init: Init) -> Tensor<'t> {
        self.trace
            .parameter(self.cell(name, dims, init, None, false))
    }

    /// A parameter whose initial spread follows from `fan` ([`Init::FanInUniform`]).
    pub const fn parameter_with_fan(
        self,
        name: &'static str,
        dims: &[Dim],
        fan: Dim,
    ) -> Tensor<'t> {
        self.trace
            .parameter(self.cell(name, dims, Init::FanInUniform, Some(fan), false))
    }

    /// A buffer of this layer: saved with the parameters, but not trained.
    pub const fn buffer(self, name: &'static str, dims: &[Dim], init: Init) -> Tensor<'t> {
        self.trace
            .parameter(self.cell(name, dims, init, None, true))
    }

    /// Gives a buffer its next value, taken over after a training step.
    pub const fn update(self, name: &'static str, next: Tensor<'t>) {
        self.trace.update(self.id, name, next.node());
    }

    const fn cell(
        self,
        name: &'static str,
        dims: &[Dim],
        init: Init,
        fan: Option<Dim>,
        buffer: bool,
    ) -> ParameterCell {
        let mut cell = ParameterCell {
            scope: self.id,
            name,
            init,
            fan,
            buffer,
            ..ParameterCell::NEW
        };
        if dims.len() > MAX_PARAMETER_RANK {
            self.trace.fault(FaultKind::Other {
                message: "has a parameter of more than 6 axes, which is the most\n  = help: join some of them",
            });
        }
        let mut i = 0;
        while i < dims.len() && i < MAX_PARAMETER_RANK {
            cell.dims[i] = dims[i];
            i += 1;
        }
        cell.rank = i;
        cell
    }
}
