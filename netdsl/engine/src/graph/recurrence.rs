//! The operands of a recurrence by name.

use super::{Graph, NodeId};
use crate::kernel::recurrence::{Cell, Sizes};

/// What [`Op::Recurrence`](super::Op::Recurrence) reads.
pub struct Recurrence {
    /// Of the recurrence.
    pub sizes: Sizes,
    /// `[steps, batch, gates]`
    pub inputs: NodeId,
    /// `[gates, state]`
    pub weight: NodeId,
    /// First hidden states, `[batch, state]`.
    pub hidden: NodeId,
    /// First cell states, `[batch, hidden]`.
    pub cell: Option<NodeId>,
    /// `[state, hidden]`
    pub projection: Option<NodeId>,
    /// `[gates]`
    pub bias: Option<NodeId>,
}

impl Graph {
    /// The operands of a recurrence.
    pub fn recurrence(&self, node: NodeId, cell: Cell) -> Recurrence {
        let operands = self.inputs(node);
        let [inputs, weight, hidden] = [0, 1, 2].map(|index| operands[index] as NodeId);
        let (gates, weights) = (self.extent(inputs), self.extent(weight));
        let sizes = Sizes {
            cell,
            steps: gates[0],
            batch: gates[1],
            hidden: gates[2] / cell.gates(),
            state: weights[1],
        };
        let mut index = 2;
        let mut next = |there: bool| {
            index += usize::from(there);
            there.then(|| operands[index] as NodeId)
        };
        Recurrence {
            sizes,
            inputs,
            weight,
            hidden,
            cell: next(cell.has_cell_state()),
            projection: next(sizes.is_projected()),
            bias: operands.get(index + 1).map(|&bias| bias as NodeId),
        }
    }
}
