//! Writing the instructions down, in the order of the nodes.

use super::facts::{Read, Readers, reads};
use super::{END, NONE, Plan};
use crate::Element;
use crate::chain::Builder;
use crate::execute::{Instruction, Source};
use crate::graph::{Graph, NodeId, Op};
use crate::lower::{Kernel, Normalized, lower, permuted_product};

impl<E: Element> Plan<E> {
    /// The third walk: instructions, and memory for their results.
    pub(super) fn emit(&mut self, graph: &Graph, outputs: &[NodeId]) {
        for node in 0..graph.nodes.len() {
            let fact = self.facts[node];
            if !fact.alive || self.is_view(node) {
                continue;
            }
            match graph.nodes[node].op {
                _ if fact.constant.is_some() => self.emit_constant(node),
                Op::Input(index) => {
                    self.facts[node].source = Source::Input(index);
                    self.inputs.push((index, fact.len));
                }
                Op::Parameter(index) => {
                    self.facts[node].source = Source::Parameter(index);
                    self.parameters.push((index, fact.len));
                }
                _ if fact.group != NONE => {
                    if fact.product != NONE {
                        self.emit_absorbed(graph, node, fact.product as usize);
                    } else if fact.group as usize == node {
                        self.emit_chain(graph, node);
                    }
                }
                _ if self.is_absorbed(node) => {}
                _ if fact.product != NONE => {
                    let product = fact.product as usize;
                    if let Some(permuted) = permuted_product(graph, product, node) {
                        self.emit_kernel(graph, node, &[product], Kernel::Product(permuted));
                    }
                }
                _ => {
                    let kernel = self.lower(graph, node);
                    self.emit_kernel(graph, node, &[node], kernel);
                }
            }
        }
        for &output in outputs {
            let mut operand = self.elements(output);
            if !matches!(operand.source, Source::Slot(_)) {
                // The caller's arrays may change before the output is read.
                let result = (self.slots.take(operand.len), operand.len);
                let first = self.operands.len() as u32;
                self.operands.push(operand);
                self.push(Kernel::Copy, first, result);
                operand.source = Source::Slot(result.0);
                operand.offset = 0;
            }
            self.outputs.push((operand, graph.extent(output)));
        }
    }

    /// The kernel of a node, its shapes kept if it looks them up.
    fn lower(&mut self, graph: &Graph, node: NodeId) -> Kernel {
        let kernel = lower(graph, node, self.shapes.len() as u32);
        if let Kernel::Custom(..) = kernel {
            let inputs = graph.inputs(node).iter();
            self.shapes
                .extend(inputs.map(|&input| graph.extent(input as usize)));
            self.shapes.push(graph.extent(node));
        }
        kernel
    }

    /// Whether a node's result is stored by its only reader.
    fn is_absorbed(&self, node: NodeId) -> bool {
        match self.facts[node].readers {
            Readers::Group(reader) | Readers::Permutation(reader) => {
                self.facts[reader as usize].product as usize == node
            }
            _ => false,
        }
    }

    /// Adds an instruction whose operands are those from `first` on.
    fn push(&mut self, kernel: Kernel, first: u32, result: (u32, usize)) {
        let scratch = match kernel.scratch() {
            0 => None,
            len => {
                let slot = self.slots.take(len);
                self.slots.release(slot);
                Some((slot, len))
            }
        };
        self.instructions.push(Instruction {
            kernel,
            operands: (first, self.operands.len() as u32 - first),
            result,
            scratch,
        });
    }

    /// Frees the memory of an operand that is read for the last time now, unless the result has
    /// taken its place.
    fn finish(&mut self, operand: NodeId, time: NodeId, result: u32) {
        let root = self.facts[operand].root as usize;
        let root = &mut self.facts[root];
        if root.last_use == time as u32
            && let Source::Slot(slot) = root.source
            && slot != NONE
            && slot != result
        {
            self.slots.release(slot);
            root.last_use = END; // not twice
        }
    }

    fn emit_constant(&mut self, node: NodeId) {
        let fact = self.facts[node];
        let Some(value) = fact.constant else { return };
        let place = super::chain::constant(&mut self.constants, value);
        let first_step = self.steps.len() as u32;
        let mut builder = Builder::new(&mut self.steps, &mut self.walks);
        builder.fill(place, true);
        let result = (self.slots.take(fact.len), fact.len);
        let kernel = Kernel::Chain {
            first: first_step,
            steps: 1,
            registers: 0,
            cost: 1,
        };
        let first = self.operands.len() as u32;
        self.push(kernel, first, result);
        self.facts[node].source = Source::Slot(result.0);
    }

    /// The product of whose result a chain is all that is made.
    fn emit_absorbed(&mut self, graph: &Graph, node: NodeId, product: NodeId) {
        let kernel = self.lower(graph, product);
        let relu = self.facts[node].rectifies;
        let normalization = self.normalization(graph, product, node);
        match (kernel, normalization) {
            (Kernel::Conv(sizes, _), Some(first)) => {
                let Op::Normalize(how) = graph.nodes[first].op else {
                    return;
                };
                let biased = graph.inputs(product).len() > 2;
                let kernel = Kernel::ConvNormalized(sizes, Normalized { how, biased, relu });
                self.emit_kernel(graph, node, &[product, first], kernel);
            }
            (Kernel::Conv(sizes, _), None) => {
                self.emit_kernel(graph, node, &[product], Kernel::Conv(sizes, true));
            }
            (Kernel::Product(mut lowered), _) => {
                lowered.relu = true;
                self.emit_kernel(graph, node, &[product], Kernel::Product(lowered));
            }
            (other, _) => self.emit_kernel(graph, node, &[product], other),
        }
    }

    /// The instruction of some nodes together, whose result is that of `node`.
    fn emit_kernel(&mut self, graph: &Graph, node: NodeId, of: &[NodeId], kernel: Kernel) {
        let first = self.operands.len() as u32;
        let outer = |read: &Read| !of.contains(&read.node);
        for &of in of {
            for read in reads(graph, of).filter(outer) {
                let operand = self.elements_of(read);
                self.operands.push(operand);
            }
        }
        let len = self.facts[node].len;
        let result = (self.slots.take(len), len);
        self.push(kernel, first, result);
        self.facts[node].source = Source::Slot(result.0);
        for &of in of {
            for read in reads(graph, of).filter(outer) {
                self.finish(read.node, node, result.0);
            }
        }
    }

    /// The chain of the group of `node`.
    fn emit_chain(&mut self, graph: &Graph, node: NodeId) {
        let first = self.operands.len() as u32;
        let kept = self.replaceable(graph, node);
        let len = self.facts[node].len;
        let result = match kept {
            Some(kept) => match self.facts[kept].source {
                Source::Slot(slot) => slot,
                _ => self.slots.take(len),
            },
            None => self.slots.take(len),
        };
        let kernel = self.write_chain(graph, node, kept);
        self.push(kernel, first, (result, len));
        self.facts[node].source = Source::Slot(result);
        let mut member = self.facts[node].head;
        while member != NONE {
            for read in reads(graph, member as usize) {
                self.finish(read.node, node, result);
            }
            member = self.facts[member as usize].next;
        }
    }

    /// An operand of a chain whose memory its result can have: read here for the last time, and
    /// only element by element.
    fn replaceable(&self, graph: &Graph, node: NodeId) -> Option<NodeId> {
        let group = &self.facts[node];
        let mut candidate = None;
        let mut member = group.head;
        while member != NONE {
            for read in reads(graph, member as usize) {
                let root = self.facts[read.node].root as usize;
                let fact = &self.facts[root];
                if candidate.is_none()
                    && fact.constant.is_none()
                    && fact.group != group.group
                    && fact.last_use == node as u32
                    && fact.len == group.len
                    && group.len > 0
                    && matches!(fact.source, Source::Slot(_))
                    && self.reads_whole(graph, node, root)
                {
                    candidate = Some(root);
                }
            }
            member = self.facts[member as usize].next;
        }
        candidate
    }

    /// Whether a chain reads a root only whole.
    fn reads_whole(&self, graph: &Graph, node: NodeId, root: NodeId) -> bool {
        let mut member = self.facts[node].head;
        while member != NONE {
            let whole = reads(graph, member as usize).all(|read| {
                let fact = &self.facts[read.node];
                fact.root as usize != root
                    || read.aligned && fact.offset == 0 && fact.len == self.facts[root].len
            });
            if !whole {
                return false;
            }
            member = self.facts[member as usize].next;
        }
        true
    }
}
