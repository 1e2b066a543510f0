//! Writing the nodes of a group down as one chain.

use super::facts::Fact;
use super::{NONE, Plan};
use crate::Element;
use crate::chain::{Builder, Normalization, Place, Spread};
use crate::execute::Operand;
use crate::graph::{Graph, NodeId, Op};
use crate::lower::{self, Kernel};

/// The place of a number.
pub(super) fn constant<E>(constants: &mut Vec<E>, value: E) -> Place {
    constants.push(value);
    Place::Constant((constants.len() - 1) as u32)
}

impl<E: Element> Plan<E> {
    /// Appends the steps of the group of `node`, and its operands; the result goes in the place
    /// of the operand `kept`, if there is one.
    pub(super) fn write_chain(
        &mut self,
        graph: &Graph,
        node: NodeId,
        kept: Option<NodeId>,
    ) -> Kernel {
        let first = self.steps.len();
        let mut builder = Builder::new(&mut self.steps, &mut self.walks);
        let kept = kept.map(|root| (root, builder.keep()));
        let first_operand = self.operands.len();
        let mut writer = Writer {
            graph,
            node,
            kept,
            builder,
            facts: &mut self.facts,
            constants: &mut self.constants,
            operands: &mut self.operands,
            first_operand,
        };
        let mut member = writer.facts[node].head;
        while member != NONE {
            writer.member(member as usize);
            member = writer.facts[member as usize].next;
        }
        let (registers, cost) = writer.builder.finish();
        Kernel::Chain {
            first: first as u32,
            steps: (self.steps.len() - first) as u32,
            registers: registers as u8,
            cost: cost as u32,
        }
    }
}

/// A chain being written.
struct Writer<'a, E> {
    graph: &'a Graph,
    /// The node whose result is the chain's.
    node: NodeId,
    /// The operand whose memory the result gets, and where its elements are.
    kept: Option<(NodeId, Place)>,
    builder: Builder<'a>,
    facts: &'a mut [Fact<E>],
    constants: &'a mut Vec<E>,
    operands: &'a mut Vec<Operand>,
    first_operand: usize,
}

impl<E: Element> Writer<'_, E> {
    /// The steps of one node.
    fn member(&mut self, member: NodeId) {
        let (op, last) = (self.graph.nodes[member].op, member == self.node);
        let inputs = self.graph.inputs(member);
        let input = |index: usize| inputs[index] as usize;
        let place = match op {
            Op::Broadcast => self.operand(input(0), member, last),
            Op::Unary(function) => {
                let x = self.operand(input(0), member, false);
                self.builder.unary(function, x, last)
            }
            Op::UnaryGradient(function) => {
                let (needs_x, needs_y) = function.gradient_needs();
                let dy = self.operand(input(2), member, false);
                let x = if needs_x {
                    self.operand(input(0), member, false)
                } else {
                    dy
                };
                let y = if needs_y {
                    self.operand(input(1), member, false)
                } else {
                    dy
                };
                self.builder.gradient(function, [x, y, dy], last)
            }
            Op::Binary(function) => {
                let places = [0, 1].map(|index| self.operand(input(index), member, false));
                self.builder.binary(function, places, last)
            }
            Op::Select => {
                let places = [0, 1, 2].map(|index| self.operand(input(index), member, false));
                self.builder.select(places, last)
            }
            Op::Normalize(how) => {
                let x = self.operand(input(0), member, false);
                let mut external = |index: usize| {
                    let operand = inputs.get(index)?;
                    Some(self.external(*operand as usize))
                };
                let (weight, bias) = (external(2), external(3));
                let shape = self.graph.extent(member);
                let of_weight = weight.map(|_| self.graph.extent(input(2)));
                let by = Normalization {
                    moments: self.external(input(1)),
                    weight,
                    bias,
                    view: lower::view(&shape, how),
                    affine: lower::affine(of_weight, &shape, how),
                    eps: how.eps,
                    rms: how.rms,
                };
                self.builder.normalize(x, by, last)
            }
            _ => unreachable!("only operations on single elements are in groups"),
        };
        self.facts[member].place = place;
        for read in super::facts::reads(self.graph, member) {
            self.release(read.node);
        }
    }

    /// Whether an operand is computed within the chain.
    fn is_inner(&self, root: NodeId) -> bool {
        self.facts[root].group as usize == self.node
    }

    /// Where a member finds an operand.
    fn operand(&mut self, operand: NodeId, member: NodeId, last: bool) -> Place {
        let fact = self.facts[operand];
        if let Some(value) = fact.constant {
            return constant(self.constants, value);
        }
        let root = fact.root as usize;
        if self.is_inner(root) {
            return self.facts[root].place;
        }
        if let Some((kept, place)) = self.kept
            && kept == root
        {
            return place;
        }
        let index = self.external(operand);
        let spread = Spread::new(&self.graph.extent(operand), &self.graph.extent(member));
        self.builder.operand(index, spread, last)
    }

    /// The number of an operand of the whole chain.
    fn external(&mut self, operand: NodeId) -> u8 {
        let fact = &self.facts[operand];
        let operand = Operand {
            source: self.facts[fact.root as usize].source,
            offset: fact.offset,
            len: fact.len,
        };
        let mut known = self.operands[self.first_operand..].iter();
        match known.position(|known| *known == operand) {
            Some(index) => index as u8,
            None => {
                self.operands.push(operand);
                (self.operands.len() - 1 - self.first_operand) as u8
            }
        }
    }

    /// Notes that a member has read an operand; the last reader frees its register.
    fn release(&mut self, operand: NodeId) {
        let root = self.facts[operand].root as usize;
        if self.facts[operand].constant.is_some() || !self.is_inner(root) {
            return;
        }
        let fact = &mut self.facts[root];
        fact.uses -= 1;
        if fact.uses == 0 && !matches!(self.graph.nodes[root].op, Op::Broadcast) {
            self.builder.release(fact.place);
        }
    }
}
