//! Operations that a trace records.

use super::*;
use crate::engine::kernel::random::Law;
use crate::graph::{Op, Tensor};
use crate::shape::{FaultKind, Shape};

impl<'t> Trace<'t> {
    /// Records an operation on nodes and gives its result.
    pub(crate) const fn push(&'t self, op: Op, inputs: &[u32], mut shape: Shape) -> Tensor<'t> {
        if shape.cut {
            self.fault(FaultKind::TooManyAxes);
        }
        if shape.cut || self.is_vague() {
            shape = Shape::unknown(shape.batched);
        }
        if !self.records {
            return Tensor::new(self, NONE, shape);
        }
        let (index, first) = (next(&self.counters.nodes), self.counters.edges.get());
        let last = first + inputs.len();
        self.counters.edges.replace(last);
        if index < self.tables.nodes.len() && last <= self.tables.edges.len() {
            let mut node = NodeCell {
                op,
                first_input: first as u32,
                inputs: inputs.len() as u32,
                rank: shape.rank() as u8,
                open: shape.open,
                ..NodeCell::NEW
            };
            let mut i = 0;
            while i < shape.rank() {
                node.dims[i] = shape.axis(i).dim;
                i += 1;
            }
            self.tables.nodes[index].replace(node);
            let mut i = 0;
            while i < inputs.len() {
                self.tables.edges[first + i].replace(inputs[i]);
                i += 1;
            }
        }
        Tensor::new(self, index as u32, shape)
    }

    /// How many nodes there are.
    pub(crate) const fn node_count(&self) -> u32 {
        self.counters.nodes.get() as u32
    }

    /// Random numbers, other ones than those of any other call.
    pub(crate) const fn random(&'t self, law: Law, shape: Shape) -> Tensor<'t> {
        let stream = self.streams.replace(self.streams.get() + 1);
        self.push(Op::Random { law, stream }, &[], shape)
    }

    /// Whether the network runs in training mode.
    pub const fn training(&self) -> bool {
        self.mode.training
    }

    /// From 1 to the next larger number of the network's type.
    pub const fn epsilon(&self) -> f64 {
        self.mode.epsilon
    }

    /// What the tables hold.
    pub const fn tables(&self) -> &Tables<'t> {
        &self.tables
    }

    /// How much of each table the last run needed.
    pub const fn counts(&self) -> Counts {
        self.counters.counts()
    }
}
