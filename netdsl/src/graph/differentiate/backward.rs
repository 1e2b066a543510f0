//! The state of a walk backwards, and the small steps its rules are made of.

use super::flows;
use super::pieces::Piece;
use crate::engine::kernel::binary::Binary;
use crate::engine::kernel::unary::Unary;
use crate::graph::op::Op;
use crate::graph::{Extent, Graph, NodeId};

/// A row of the table of gradients: gives each operand of a node its part of the gradient.
pub(super) type Rule = fn(&mut Backward<'_>, NodeId, NodeId);

/// A graph whose gradients are being appended.
pub(super) struct Backward<'g> {
    pub(super) graph: &'g mut Graph,
    /// The gradient of each original node, as far as it is summed up.
    gradients: Vec<Option<NodeId>>,
    /// Gradients of parts of each original node, until the walk comes to it.
    pub(super) pieces: Vec<Vec<Piece>>,
    /// Whether an original node depends on a wanted one.
    depends: Vec<bool>,
}

impl<'g> Backward<'g> {
    pub(super) fn new(graph: &'g mut Graph, wanted: &[NodeId]) -> Self {
        let mut depends = vec![false; graph.nodes.len()];
        for &node in wanted {
            depends[node] = true;
        }
        for node in 0..graph.nodes.len() {
            let op = &graph.nodes[node].op;
            let mut inputs = graph.inputs(node).iter().enumerate();
            let through = inputs.any(|(i, &input)| depends[input as usize] && flows(op, i));
            depends[node] |= through;
        }
        let gradients = vec![None; graph.nodes.len()];
        let pieces = vec![Vec::new(); graph.nodes.len()];
        // About as many nodes again, and a few more.
        graph.nodes.reserve(depends.len());
        Self {
            graph,
            gradients,
            pieces,
            depends,
        }
    }

    /// How many nodes there were before.
    pub(super) fn original(&self) -> usize {
        self.depends.len()
    }

    /// The gradient of a node, but for pieces.
    pub(super) fn summed(&self, node: NodeId) -> Option<NodeId> {
        self.gradients[node]
    }

    /// Whether an operand needs a gradient.
    pub(super) fn wants(&self, node: NodeId) -> bool {
        self.depends[node]
    }

    /// Adds to the gradient of a node, if it needs one.
    pub(super) fn give(&mut self, node: NodeId, gradient: NodeId) {
        if !self.depends[node] {
            return;
        }
        let sum = match self.gradients[node] {
            None => gradient,
            Some(_) if self.constant(gradient) == Some(0.0) => return,
            Some(before) if self.constant(before) == Some(0.0) => gradient,
            Some(before) => {
                let extent = self.extent(node);
                self.push(Op::Binary(Binary::Add), &[before, gradient], &extent)
            }
        };
        self.gradients[node] = Some(sum);
    }

    /// The operand number `index` of a node.
    pub(super) fn operand(&self, node: NodeId, index: usize) -> NodeId {
        self.graph.inputs(node)[index] as usize
    }

    pub(super) fn extent(&self, node: NodeId) -> Extent {
        self.graph.extent(node)
    }

    pub(super) fn push(&mut self, op: Op, inputs: &[NodeId], sizes: &[usize]) -> NodeId {
        self.graph.push(op, inputs, sizes)
    }

    /// The number a node is everywhere, if it is a constant.
    pub(super) fn constant(&self, node: NodeId) -> Option<f64> {
        match self.graph.nodes[node].op {
            Op::Constant(value) => Some(value),
            _ => None,
        }
    }

    /// A single number.
    pub(super) fn number(&mut self, value: f64) -> NodeId {
        self.push(Op::Constant(value), &[], &[])
    }

    pub(super) fn unary(&mut self, function: Unary, x: NodeId) -> NodeId {
        let extent = self.extent(x);
        self.push(Op::Unary(function), &[x], &extent)
    }

    /// x times a number; the gradients of losses begin as constants, which stay such.
    pub(super) fn scale(&mut self, x: NodeId, by: f64) -> NodeId {
        let extent = self.extent(x);
        match self.constant(x) {
            Some(value) => self.push(Op::Constant(value * by), &[], &extent),
            None => self.push(Op::Unary(Unary::Scale(by)), &[x], &extent),
        }
    }

    /// A function of two nodes, the second of which is broadcast to the first.
    pub(super) fn binary(&mut self, function: Binary, a: NodeId, b: NodeId) -> NodeId {
        let extent = self.extent(a);
        self.push(Op::Binary(function), &[a, b], &extent)
    }

    /// The product of a gradient and what is broadcast to it.
    pub(super) fn mul(&mut self, dy: NodeId, by: NodeId) -> NodeId {
        if self.constant(dy) == Some(1.0) && *self.extent(dy) == *self.extent(by) {
            return by;
        }
        self.binary(Binary::Mul, dy, by)
    }

    pub(super) fn reshape(&mut self, x: NodeId, sizes: &[usize]) -> NodeId {
        if *self.extent(x) == *sizes {
            return x;
        }
        match self.constant(x) {
            Some(value) => self.push(Op::Constant(value), &[], sizes),
            None => self.push(Op::Reshape, &[x], sizes),
        }
    }

    pub(super) fn broadcast(&mut self, x: NodeId, sizes: &[usize]) -> NodeId {
        if *self.extent(x) == *sizes {
            return x;
        }
        match self.constant(x) {
            Some(value) => self.push(Op::Constant(value), &[], sizes),
            None => self.push(Op::Broadcast, &[x], sizes),
        }
    }

    /// Sums what broadcasting to the shape of `dy` repeated.
    pub(super) fn sum_to(&mut self, dy: NodeId, sizes: &[usize]) -> NodeId {
        if *self.extent(dy) == *sizes {
            return dy;
        }
        self.push(Op::SumTo, &[dy], sizes)
    }

    /// Gives an operand that was broadcast its part.
    pub(super) fn give_summed(&mut self, node: NodeId, gradient: NodeId) {
        let extent = self.extent(node);
        let gradient = self.sum_to(gradient, &extent);
        self.give(node, gradient);
    }
}

/// The row of an operation whose operands get no gradient.
pub(super) fn nothing(_: &mut Backward<'_>, _: NodeId, _: NodeId) {}

/// The row of a gradient that has none itself.
pub(super) fn twice(back: &mut Backward<'_>, node: NodeId, _: NodeId) {
    panic!("{:?} cannot be differentiated", back.graph.nodes[node].op);
}
