//! What is computed together.
//!
//! A node on single elements joins the chain of its readers if it has no others: its result then
//! never reaches memory. A product whose only reader is a rectifier takes that in as it stores, a convolution
//! a normalisation by given moments as well, and a product whose only reader is a permutation stores its
//! result in that order.

use super::facts::{Read, Readers, is_elementwise, is_product, reads};
use super::{END, NONE, Plan};
use crate::Element;
use crate::graph::{Graph, NodeId, Op};
use crate::lower;

/// The most nodes in a chain, and the most operands: together they bound its registers.
const MEMBERS: u32 = 14;
const EXTERNALS: u32 = 14;

impl<E: Element> Plan<E> {
    /// The second walk, backwards: who is alive, until when, and in which group.
    pub(super) fn fuse(&mut self, graph: &Graph, outputs: &[NodeId]) {
        for &output in outputs {
            let root = self.facts[output].root as usize;
            let fact = &mut self.facts[root];
            (fact.alive, fact.readers, fact.last_use) = (true, Readers::Any, END);
        }
        for node in (0..graph.nodes.len()).rev() {
            let fact = &self.facts[node];
            if !fact.alive || fact.constant.is_some() || self.is_view(node) {
                continue;
            }
            let op = &graph.nodes[node].op;
            let (time, group) = if is_elementwise(op) {
                let group = self.join(graph, node);
                (group, group)
            } else {
                (self.absorb(graph, node), NONE)
            };
            for read in reads(graph, node) {
                self.read(graph, node, read, time, group);
            }
        }
    }

    /// The group of a node on single elements: that of its readers, or a new one.
    fn join(&mut self, graph: &Graph, node: NodeId) -> u32 {
        let (fact, reads) = (self.facts[node], reads(graph, node).count() as u32);
        let group = match fact.readers {
            Readers::Group(group) if self.fuse => {
                let to = &mut self.facts[group as usize];
                let externals = to.externals - fact.uses + reads;
                if to.members < MEMBERS && externals <= EXTERNALS {
                    (to.members, to.externals) = (to.members + 1, externals);
                    group
                } else {
                    node as u32
                }
            }
            _ => node as u32,
        };
        if group as usize == node {
            let own = &mut self.facts[node];
            (own.members, own.externals) = (1, reads);
        }
        let next = std::mem::replace(&mut self.facts[group as usize].head, node as u32);
        let own = &mut self.facts[node];
        (own.group, own.next) = (group, next);
        group
    }

    /// The time at which a node that is no chain is computed: its own, or that of its only reader,
    /// which it is computed along with.
    fn absorb(&mut self, graph: &Graph, node: NodeId) -> u32 {
        let (fact, op) = (self.facts[node], graph.nodes[node].op);
        if !self.fuse || fact.uses != 1 {
            return node as u32;
        }
        let reader = match fact.readers {
            Readers::Group(group) if is_product(&op) || matches!(op, Op::Conv(_)) => {
                let chain = &self.facts[group as usize];
                let rectified = chain.members == 1 && chain.rectifies;
                let normalized = || self.normalization(graph, node, group as usize).is_some();
                (rectified || normalized()).then_some(group)
            }
            Readers::Permutation(reader) if is_product(&op) => {
                lower::permuted_product(graph, node, reader as usize).map(|_| reader)
            }
            _ => None,
        };
        match reader {
            Some(reader) => {
                self.facts[reader as usize].product = node as u32;
                reader
            }
            None => node as u32,
        }
    }

    /// The normalisation of a convolution's channels, if that or its rectified result is all that a chain
    /// is. Its moments are others' than the convolution's, which that chain alone reads.
    pub(super) fn normalization(
        &self,
        graph: &Graph,
        convolution: NodeId,
        chain: NodeId,
    ) -> Option<NodeId> {
        let fact = &self.facts[chain];
        let first = match fact.members {
            1 => chain,
            2 if fact.rectifies => graph.inputs(chain)[0] as usize,
            _ => return None,
        };
        let (Op::Normalize(how), Op::Conv(_)) =
            (graph.nodes[first].op, graph.nodes[convolution].op)
        else {
            return None;
        };
        let inputs = graph.inputs(first);
        let shape = graph.extent(first);
        let weight = inputs.get(2).map(|&weight| graph.extent(weight as usize));
        let (view, affine) = (lower::view(&shape, how), lower::affine(weight, &shape, how));
        let by_channels = how.first == 1 && how.end == 2;
        let alike = (affine.channels, affine.span) == (view.groups, view.inner);
        (by_channels && alike && inputs[0] as usize == convolution).then_some(first)
    }

    /// Notes that a node, computed at some time in some group, reads an array.
    fn read(&mut self, graph: &Graph, node: NodeId, read: Read, time: u32, group: u32) {
        let Read {
            node: operand,
            offset,
            aligned,
        } = read;
        let (fact, len) = (self.facts[operand], self.facts[node].len);
        if fact.constant.is_some() {
            if group == NONE || !aligned {
                let constant = &mut self.facts[operand];
                (constant.alive, constant.last_use) = (true, constant.last_use.max(time));
            }
            return;
        }
        let root = &mut self.facts[fact.root as usize];
        let all = fact.offset + offset == 0 && fact.len == root.len && fact.len == len;
        let whole = aligned && all;
        let permutes = all && matches!(graph.nodes[node].op, Op::Permute(_));
        root.alive = true;
        root.uses += 1;
        root.last_use = root.last_use.max(time);
        root.readers = match root.readers {
            Readers::None if group != NONE && whole => Readers::Group(group),
            Readers::None if permutes => Readers::Permutation(node as u32),
            Readers::Group(before) if before == group && whole => Readers::Group(group),
            _ => Readers::Any,
        };
    }
}
