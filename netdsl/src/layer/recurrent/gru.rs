//! Gated recurrent units: `torch.nn.GRU`.
//!
//! r, z = σ of W_ih·x + b_ih + W_hh·h + b_hh; n = tanh(W_in·x + b_in + r·(W_hn·h + b_hn));
//! h ← (1 − z)·n + z·h.
//!
//! x: `[batch, steps, input_size]` → (`[batch, steps, hidden_size]`, last states)
//!
//! ```
//! use ndarray::array;
//! use netdsl::prelude::*;
//!
//! network! {
//!     struct Net {
//!         gru: Gru<2, 3>,
//!     }
//!
//!     fn forward(x: [_, 2]) -> [_, 3] {
//!         let (y, _) = gru(x);
//!         y
//!     }
//! }
//!
//! let net = network!(Net)?;
//! assert_eq!(net.gru.parameter("weight_ih_l0").unwrap().shape(), [9, 2]);
//! assert_eq!(net.forward(array![[[1.0, 2.0], [3.0, 4.0]]])?.shape(), [1, 2, 3]);
//! # Ok::<(), netdsl::Error>(())
//! ```

use super::run::{Recurrent, run};
use crate::engine::kernel::recurrence::Cell;
use crate::graph::{Scope, Tensor};
use crate::shape::Arg;

crate::layer! {
    /// Gated recurrent units: `torch.nn.GRU` (Cho and others, 2014).
    ///
    /// Parameters, for each layer k and, if `bidirectional`, once more with `_reverse`:
    /// `weight_ih_lk [3 · hidden_size, input]`, `weight_hh_lk [3 · hidden_size, hidden_size]`,
    /// `bias_ih_lk`, `bias_hh_lk [3 · hidden_size]`, all from U(−1/√hidden_size, 1/√hidden_size).
    /// The gates come in the order r, z, n.
    #[doc(alias = "GRU")]
    pub struct Gru<input_size, hidden_size> {
        /// Layers, each over the results of the one below: at most 16.
        num_layers = 1usize,
        /// Whether there are biases.
        bias = true,
        /// The batch comes first in tensors that do not say so themselves: those of `Standalone`. Within a network it always
        /// does.
        batch_first = false,
        /// The probability of zeros in training between layers.
        dropout = 0.0,
        /// Whether each layer also runs from the end.
        bidirectional = false,
    }
}

impl Gru {
    /// x: `[batch, steps, input_size]` → (`[batch, steps, directions · hidden_size]`, last states
    /// `[batch, layers · directions, hidden_size]`)
    pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> (Tensor<'t>, Tensor<'t>) {
        let done = run(at, &self.recurrent(), x, (None, None));
        (done.output, done.hidden)
    }

    /// As [`Self::forward`] from first states, in the shape of the last ones.
    pub const fn forward_from<'t>(
        &self,
        at: Scope<'t>,
        x: Tensor<'t>,
        hx: Tensor<'t>,
    ) -> (Tensor<'t>, Tensor<'t>) {
        let done = run(at, &self.recurrent(), x, (Some(hx), None));
        (done.output, done.hidden)
    }

    const fn recurrent(&self) -> Recurrent {
        Recurrent {
            cell: Cell::Gru,
            input_size: self.input_size,
            hidden_size: self.hidden_size,
            num_layers: self.num_layers,
            bias: self.bias,
            batch_first: self.batch_first,
            dropout: self.dropout,
            bidirectional: self.bidirectional,
            proj_size: Arg::int(0),
        }
    }
}

crate::network::taken_elsewhere! { Gru: 1, not 2,
    "`Gru` takes a state to begin with in another function: `let (y, state) = gru.forward_from(x, h);`"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Op;
    use crate::layer::Definition;
    use crate::layer::tests::{Given, both, run};

    #[test]
    fn layers_and_directions_add_up() {
        let layer = Gru {
            num_layers: Arg::int(2),
            bidirectional: Arg::flag(true),
            bias: Arg::flag(false),
            dropout: Arg::float(0.5),
            ..Gru::BLANK
        };
        for (training, masks) in [(true, 1), (false, 0)] {
            let given = [Given::Batched(&[2, 5, 3]), Given::Batched(&[2, 4, 6])];
            let outcome = run(training, &given, |at, x| {
                both(
                    layer
                        .sizes(Arg::OPEN, Arg::OPEN)
                        .forward_from(at, x[0], x[1]),
                )
            });
            assert_eq!(outcome.outputs, [[2, 5, 12], [2, 4, 6]]);
            let wanted = [
                "weight_ih_l0 [18, 3]",
                "weight_hh_l0 [18, 6]",
                "weight_ih_l0_reverse [18, 3]",
                "weight_hh_l0_reverse [18, 6]",
                "weight_ih_l1 [18, 12]",
                "weight_hh_l1 [18, 6]",
                "weight_ih_l1_reverse [18, 12]",
                "weight_hh_l1_reverse [18, 6]",
            ];
            assert_eq!(outcome.listing(), wanted);
            assert!(outcome.faults.is_empty());
            let nodes = outcome.graph.unwrap().nodes;
            assert_eq!(
                nodes
                    .iter()
                    .filter(|node| matches!(node.op, Op::Random { .. }))
                    .count(),
                masks
            );
        }
    }

    #[test]
    fn sequences_have_steps() {
        let outcome = run(true, &[Given::Raw(&[0, 2, 3])], |at, x| {
            both(Gru::BLANK.sizes(Arg::OPEN, Arg::int(2)).forward(at, x[0]))
        });
        assert_eq!(outcome.faults.len(), 1);
    }
}
