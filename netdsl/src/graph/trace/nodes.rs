//! Operations that a trace records.

use super::*;
use crate::engine::kernel::random::Law;
use crate::graph::{Op, Tensor};
use crate::shape::{Dim, FaultKind, Shape};

impl<'t> Trace<'t> {
    /// Records an operation on nodes and gives its result.
    pub(crate) const fn push(&'t self, op: Op, inputs: &[u32], mut shape: Shape) -> Tensor<'t> {
        if shape.cut {
            self.fault(FaultKind::TooManyAxes);
        }
        if shape.cut || self.is_vague() {
            shape = Shape::unknown(shape.batched);
        }
        let (index, first) = self.node_with(inputs);
        if self.records && index < self.tables.nodes.len() {
            let mut node = NodeCell {
                op,
                scope: self.current.get(),
                first_input: first as u32,
                inputs: inputs.len() as u32,
                rank: shape.rank() as u8,
                open: shape.open,
                batched: shape.batched,
                ..NodeCell::NEW
            };
            let mut i = 0;
            while i < shape.rank() {
                node.dims[i] = shape.axis(i).dim;
                i += 1;
            }
            self.tables.nodes[index].replace(node);
        } else if index < self.tables.flows.len() {
            self.tables.flows[index].replace(FlowCell {
                scope: self.current.get(),
                first_input: first as u32,
                inputs: inputs.len() as u32,
                live: false,
            });
        }
        Tensor::new(self, index as u32, shape)
    }

    /// The index of a new node, and that of the first of its operands.
    const fn node_with(&self, inputs: &[u32]) -> (usize, usize) {
        let (index, first) = (next(&self.counters.nodes), self.counters.edges.get());
        let last = first + inputs.len();
        self.counters.edges.replace(last);
        let mut i = 0;
        while i < inputs.len() && last <= self.tables.edges.len() {
            self.tables.edges[first + i].replace(inputs[i]);
            i += 1;
        }
        (index, first)
    }

    /// How many nodes there are.
    pub(crate) const fn node_count(&self) -> u32 {
        self.counters.nodes.get() as u32
    }

    /// Notes that `cat` has made a node of so many tensors.
    pub(crate) const fn note_joined(&self, node: u32, tensors: usize) {
        self.joined.replace((node, tensors));
    }

    /// Whether a node is of tensors that have one size along an axis and another together, had `cat` joined them there.
    pub(crate) const fn joins_to(&self, node: u32, each: Dim, together: Dim) -> bool {
        let (joined, tensors) = self.joined.get();
        match (self.value(each), self.value(together)) {
            (Some(each), Some(together)) if joined == node => {
                matches!(each.checked_mul(tensors), Some(product) if product == together)
            }
            _ => false,
        }
    }

    /// The last node, and whether its first axis is the batch: not known where operations are not kept.
    pub(crate) const fn last_node(&self) -> Option<(u32, bool)> {
        let Some(last) = self.node_count().checked_sub(1) else {
            return None;
        };
        let kept = (last as usize) < self.tables.nodes.len();
        Some((last, kept && self.tables.nodes[last as usize].get().batched))
    }

    /// Random numbers, other ones than those of any other call.
    pub(crate) const fn random(&'t self, law: Law, shape: Shape) -> Tensor<'t> {
        let stream = self.streams.replace(self.streams.get() + 1);
        self.push(Op::Random { law, stream }, &[], shape)
    }

    /// As [`Self::random`], as many as a tensor has. That is used for it, though its values are not.
    pub(crate) const fn random_like(&'t self, law: Law, like: Tensor<'t>) -> Tensor<'t> {
        if self.records {
            return self.random(law, *like.shape());
        }
        self.push(Op::Random { law, stream: 0 }, &[like.node()], *like.shape())
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
