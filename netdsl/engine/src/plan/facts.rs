//! What is known about each node from the nodes before it.

use super::{NONE, Plan};
use crate::Element;
use crate::chain::Place;
use crate::execute::{Operand, Source};
use crate::graph::{Graph, NodeId, Op};
use crate::kernel::{binary, unary};
use crate::lower::{self, Strided, view_offset};

/// What the plan knows about a node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fact<E> {
    /// The node whose elements these are: itself unless it is a view.
    pub(super) root: u32,
    /// Where in the root's elements they begin.
    pub(super) offset: usize,
    /// How many there are.
    pub(super) len: usize,
    /// What all of them are, if it is known.
    pub(super) constant: Option<E>,
    /// Whether it is needed. Not kept for views; for constants: as an array.
    pub(super) alive: bool,
    /// How often it is read, through views as well.
    pub(super) uses: u32,
    /// Who reads it.
    pub(super) readers: Readers,
    /// The time of the last read: the node that is being computed then.
    pub(super) last_use: u32,
    /// For operations on single elements: the node with whose result this one is computed.
    pub(super) group: u32,
    /// The next node of the same group. For the group itself, its first one is in `head`.
    pub(super) next: u32,
    /// The first node of this group.
    pub(super) head: u32,
    /// How many nodes this group has.
    pub(super) members: u32,
    /// At most how many operands this group has.
    pub(super) externals: u32,
    /// Whether this node is a rectifier.
    pub(super) rectifies: bool,
    /// The product of whose result this node is the rectifier or permutation, computed along with it.
    pub(super) product: u32,
    /// Where the elements are within the chain that computes them.
    pub(super) place: Place,
    /// Where the elements are once computed.
    pub(super) source: Source,
}

/// Who reads a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Readers {
    /// Nobody yet.
    None,
    /// Only nodes of this group, each element at its own place.
    Group(u32),
    /// Only this permutation, whole.
    Permutation(u32),
    /// Others.
    Any,
}

impl<E: Element> Plan<E> {
    /// The first walk: views and constants.
    pub(super) fn find_facts(&mut self, graph: &Graph) {
        self.facts.clear();
        self.facts.reserve(graph.nodes.len());
        for node in 0..graph.nodes.len() {
            let constant = self.fold(graph, node);
            let view = match constant {
                Some(_) => None,
                None => view_offset(graph, node),
            };
            let (root, offset) = match view {
                Some(offset) => {
                    let of = &self.facts[graph.inputs(node)[0] as usize];
                    (of.root, of.offset + offset)
                }
                None => (node as u32, 0),
            };
            self.facts.push(Fact {
                root,
                offset,
                len: graph.nodes[node].extent.count(),
                constant,
                alive: false,
                uses: 0,
                readers: Readers::None,
                last_use: 0,
                group: NONE,
                next: NONE,
                head: NONE,
                members: 0,
                externals: 0,
                rectifies: matches!(graph.nodes[node].op, Op::Unary(unary::Unary::Relu)),
                product: NONE,
                place: Place::Constant(NONE),
                source: Source::Slot(NONE),
            });
        }
    }

    /// What every element of a node is, if its operands say.
    fn fold(&self, graph: &Graph, node: NodeId) -> Option<E> {
        let inputs = graph.inputs(node);
        let operand = |index: usize| self.facts[inputs[index] as usize].constant;
        let mut result = [E::ZERO];
        match graph.nodes[node].op {
            Op::Constant(value) => return Some(E::from_f64(value)),
            Op::Reshape | Op::Detach | Op::Broadcast | Op::Permute(_) => return operand(0),
            Op::Flip(_) | Op::Slice { .. } => return operand(0),
            Op::Unary(function) => unary::forward(function, &[operand(0)?], &mut result),
            Op::UnaryGradient(function) => {
                let [x, y, dy] = [operand(0)?, operand(1)?, operand(2)?];
                unary::gradient(function, &[x], &[y], &[dy], &mut result);
            }
            Op::Binary(function) => {
                binary::forward(function, &[operand(0)?], &[operand(1)?], &mut result);
            }
            Op::Select => {
                let condition = operand(0)?;
                return if condition != E::ZERO {
                    operand(1)
                } else {
                    operand(2)
                };
            }
            _ => return None,
        }
        Some(result[0])
    }

    /// The elements of a node, once its root is computed.
    pub(super) fn elements(&self, node: NodeId) -> Operand {
        let fact = &self.facts[node];
        Operand {
            source: self.facts[fact.root as usize].source,
            offset: fact.offset,
            len: fact.len,
        }
    }

    /// The elements that are read, once they are computed.
    pub(super) fn elements_of(&self, read: Read) -> Operand {
        let elements = self.elements(read.node);
        Operand {
            offset: elements.offset + read.offset,
            len: elements.len - read.offset,
            ..elements
        }
    }

    /// Whether a node is nothing of its own but a view of another.
    pub(super) fn is_view(&self, node: NodeId) -> bool {
        self.facts[node].root as usize != node
    }
}

/// Whether an operation works element by element, so that it can be part of a chain.
pub(super) fn is_elementwise(op: &Op) -> bool {
    matches!(
        op,
        Op::Unary(_)
            | Op::UnaryGradient(_)
            | Op::Binary(_)
            | Op::Select
            | Op::Broadcast
            | Op::Normalize(_)
    )
}

/// An array that a node reads.
#[derive(Clone, Copy)]
pub(super) struct Read {
    pub(super) node: NodeId,
    /// The first of its elements that is read.
    pub(super) offset: usize,
    /// Whether it may be read element by element.
    pub(super) aligned: bool,
}

/// What a node reads: its operands but for those that a derivative does not need, and what products
/// find them in or softmaxes scale. What a normalisation reads beside x is never read element by element, whatever its size.
pub(super) fn reads(graph: &Graph, node: NodeId) -> impl Iterator<Item = Read> + '_ {
    let op = graph.nodes[node].op;
    let aligned = match op {
        Op::Normalize(_) => 1,
        _ => usize::MAX,
    };
    let skipped = match op {
        Op::UnaryGradient(function) => {
            let (needs_x, needs_y) = function.gradient_needs();
            [!needs_x, !needs_y]
        }
        _ => [false; 2],
    };
    let viewed = |&input: &u32| lower::is_view(graph, input as usize);
    let through = (is_product(&op) && graph.inputs(node)[..2].iter().any(viewed))
        .then(|| lower::lower_product(graph, node).1);
    let scaled =
        matches!(op, Op::Softmax(_)).then(|| lower::scaled(graph, graph.inputs(node)[0]).0);
    let inputs = graph.inputs(node).iter().enumerate();
    inputs
        .filter(move |(index, _)| !skipped.get(*index).copied().unwrap_or(false))
        .map(move |(index, &input)| {
            let read = Read {
                node: scaled.unwrap_or(input as usize),
                offset: 0,
                aligned: index < aligned,
            };
            match through.as_ref().and_then(|operands| operands.get(index)) {
                Some(&Strided { node, offset, .. }) => Read {
                    node,
                    offset,
                    aligned: false,
                },
                None => read,
            }
        })
}

/// Whether an operation is a product of matrices.
pub(super) fn is_product(op: &Op) -> bool {
    matches!(op, Op::Linear | Op::MatMul { .. })
}
