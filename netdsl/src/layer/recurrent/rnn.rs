//! h ← tanh(W_ih·x + b_ih + W_hh·h + b_hh), or relu of it: `torch.nn.RNN`.
//!
//! x: `[batch, steps, input_size]` → (`[batch, steps, hidden_size]`, last states)
//!
//! ```
//! use ndarray::array;
//! use netdsl::prelude::*;
//!
//! network! {
//!     struct Net {
//!         rnn: Rnn<1, 1>(nonlinearity = "relu", bias = false),
//!     }
//!
//!     fn forward(x: [_, 1]) -> [_, 1] {
//!         let (y, _) = rnn(x);
//!         y
//!     }
//! }
//!
//! let mut net = network!(Net)?;
//! net.initialize("*", Init::Ones)?;
//! assert_eq!(net.forward(array![[[1.0], [2.0]]])?, array![[[1.0], [3.0]]].into_dyn());
//! # Ok::<(), netdsl::Error>(())
//! ```

use super::run::{Recurrent, run};
use crate::engine::kernel::recurrence::Cell;
use crate::graph::{Scope, Tensor};
use crate::shape::Arg;

crate::layer! {
    /// The simplest recurrent layer: `torch.nn.RNN` (Elman, "Finding structure in time", 1990).
    ///
    /// Parameters, for each layer k and, if `bidirectional`, once more with `_reverse`:
    /// `weight_ih_lk [hidden_size, input]`, `weight_hh_lk [hidden_size, hidden_size]`,
    /// `bias_ih_lk`, `bias_hh_lk [hidden_size]`, all from U(−1/√hidden_size, 1/√hidden_size). A
    /// layer's input is `input_size`, or the output of the layer below.
    #[doc(alias = "RNN")]
    pub struct Rnn<input_size, hidden_size> {
        /// Layers, each over the results of the one below: at most 16.
        num_layers = 1usize,
        /// `"tanh"` or `"relu"`.
        nonlinearity = "tanh",
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

impl Rnn {
    /// x: `[batch, steps, input_size]` → (`[batch, steps, directions · hidden_size]`, last states
    /// `[batch, layers · directions, hidden_size]`)
    pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> (Tensor<'t>, Tensor<'t>) {
        let done = run(at, &self.recurrent(at), x, (None, None));
        (done.output, done.hidden)
    }

    /// As [`Self::forward`] from first states, in the shape of the last ones.
    pub const fn forward_from<'t>(
        &self,
        at: Scope<'t>,
        x: Tensor<'t>,
        hx: Tensor<'t>,
    ) -> (Tensor<'t>, Tensor<'t>) {
        let done = run(at, &self.recurrent(at), x, (Some(hx), None));
        (done.output, done.hidden)
    }

    const fn recurrent(&self, at: Scope<'_>) -> Recurrent {
        let words = ["tanh", "relu"];
        let cell = match at.choice(
            "nonlinearity",
            self.nonlinearity,
            &words,
            "\"tanh\" or \"relu\"",
        ) {
            0 => Cell::Tanh,
            _ => Cell::Relu,
        };
        Recurrent {
            cell,
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

crate::network::taken_elsewhere! { Rnn: 1, not 2,
    "`Rnn` takes a state to begin with in another function: `let (y, state) = rnn.forward_from(x, h);`"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Op;
    use crate::layer::Definition;
    use crate::layer::tests::{Given, both, run};

    #[test]
    fn arrangements_are_pytorchs() {
        let layer = Rnn {
            num_layers: Arg::int(2),
            ..Rnn::BLANK
        }
        .sizes(Arg::OPEN, Arg::int(4));
        let first = Rnn {
            batch_first: Arg::flag(true),
            ..layer
        };
        let cases: [(Rnn, Given<'_>, &[i64], &[i64]); 4] = [
            (layer, Given::Raw(&[6, 3, 5]), &[6, 3, 4], &[2, 3, 4]),
            (first, Given::Raw(&[3, 6, 5]), &[3, 6, 4], &[2, 3, 4]),
            (first, Given::Raw(&[6, 5]), &[6, 4], &[2, 4]),
            (layer, Given::Batched(&[3, 6, 5]), &[3, 6, 4], &[3, 2, 4]),
        ];
        for (layer, given, output, state) in cases {
            let outcome = run(true, &[given], |at, x| both(layer.forward(at, x[0])));
            assert_eq!(outcome.outputs, [output, state]);
            assert_eq!(outcome.parameters[0], ("weight_ih_l0".into(), vec![4, 5]));
            assert_eq!(outcome.parameters[4], ("weight_ih_l1".into(), vec![4, 4]));
            let nodes = outcome.graph.unwrap().nodes;
            let recurrences = nodes
                .iter()
                .filter(|node| matches!(node.op, Op::Recurrence(_)));
            assert_eq!(recurrences.count(), 2);
        }
    }

    #[test]
    fn graphs_do_not_grow_with_sequences() {
        let [short, long] = [2, 2000].map(|steps| {
            let outcome = run(true, &[Given::Raw(&[steps, 3, 5])], |at, x| {
                both(Rnn::BLANK.sizes(Arg::OPEN, Arg::int(4)).forward(at, x[0]))
            });
            outcome.graph.unwrap().nodes.len()
        });
        assert_eq!(short, long);
    }

    #[test]
    fn states_must_fit() {
        let layer = Rnn::BLANK.sizes(Arg::OPEN, Arg::int(4));
        for (state, mistakes) in [
            ([1, 3, 4], 0),
            ([2, 3, 4], 1),
            ([1, 2, 4], 1),
            ([1, 3, 5], 1),
        ] {
            let outcome = run(
                true,
                &[Given::Raw(&[6, 3, 5]), Given::Raw(&state)],
                |at, x| both(layer.forward_from(at, x[0], x[1])),
            );
            assert_eq!(outcome.faults.len(), mistakes, "{state:?}");
        }
    }
}
