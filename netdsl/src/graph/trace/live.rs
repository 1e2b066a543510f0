//! What flows into the results of a network, and which layers do not.

use super::*;
use crate::shape::Shape;

impl Trace<'_> {
    /// Notes that a node is a result of the network.
    pub(crate) const fn note_result(&self, node: u32) {
        if (node as usize) < self.tables.flows.len() {
            self.keep(node as usize);
        }
    }

    /// Notes the shape of a result of the network that its signature has.
    pub(crate) const fn note_result_shape(&self, shape: &Shape) {
        let (_, count) = self.result.get();
        self.result.replace((*shape, count + 1));
    }

    const fn keep(&self, node: usize) {
        let flow = self.tables.flows[node].get();
        if !flow.live {
            self.tables.flows[node].replace(FlowCell { live: true, ..flow });
        }
    }

    /// Notes of each layer of the network itself, and each member of a stack, whether anything that it makes flows into
    /// a result. Gives whether that is known.
    pub(crate) const fn follow_results(&self) -> bool {
        let nodes = self.counters.nodes.get();
        let fits = nodes <= self.tables.flows.len()
            && self.counters.edges.get() <= self.tables.edges.len()
            && self.counters.scopes.get() <= self.tables.scopes.len();
        if !fits || self.has_unseen() {
            return false;
        }
        // What flows into a node was there before it.
        let mut node = nodes;
        while node > 0 {
            node -= 1;
            let flow = self.tables.flows[node].get();
            let mut i = 0;
            while flow.live && i < flow.inputs {
                let input = self.tables.edges[(flow.first_input + i) as usize].get();
                self.keep(input as usize);
                i += 1;
            }
            self.note_made(flow.scope, flow.live);
        }
        true
    }

    /// Notes that a layer, or one within it, makes something; `live`: that flows into a result.
    pub(crate) const fn note_made(&self, scope: u32, live: bool) {
        self.note_made_by(self.single(scope), live);
        self.note_made_by(self.outermost(scope), live);
    }

    const fn note_made_by(&self, layer: u32, live: bool) {
        let cell = self.scope(layer);
        if !cell.makes || live && !cell.reaches {
            self.set_scope(
                layer,
                ScopeCell {
                    makes: true,
                    reaches: cell.reaches || live,
                    ..cell
                },
            );
        }
    }

    /// Whether a layer is called in vain, or a member of a stack.
    pub(crate) const fn is_in_vain(&self, layer: u32) -> bool {
        let cell = self.scope(layer);
        cell.calls > 0 && cell.makes && !cell.reaches
    }
}
