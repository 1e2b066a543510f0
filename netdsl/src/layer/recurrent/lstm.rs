//! Long short-term memory: `torch.nn.LSTM`.
//!
//! i, f, g, o = σ, σ, tanh, σ of W_ih·x + b_ih + W_hh·h + b_hh; c ← f·c + i·g; h ← o·tanh(c), times
//! W_hr if `proj_size` is not 0.
//!
//! x: `[batch, steps, input_size]` → (`[batch, steps, hidden_size]`, last states)
//!
//! ```
//! use ndarray::array;
//! use netdsl::prelude::*;
//!
//! network! {
//!     struct Net {
//!         lstm: Lstm<2, 3>,
//!     }
//!
//!     fn forward(x: [_, 2]) -> [_, 3] {
//!         let (y, (_hidden, _cell)) = lstm(x);
//!         y
//!     }
//! }
//!
//! let net = network!(Net)?;
//! assert_eq!(net.lstm.parameter("weight_ih_l0").unwrap().shape(), [12, 2]);
//! assert_eq!(net.forward(array![[[1.0, 2.0], [3.0, 4.0]]])?.shape(), [1, 2, 3]);
//! # Ok::<(), netdsl::Error>(())
//! ```

use super::run::{Recurrent, run};
use crate::engine::kernel::recurrence::Cell;
use crate::graph::{Scope, Tensor};

crate::layer! {
    /// Long short-term memory: `torch.nn.LSTM` (Hochreiter and Schmidhuber, 1997).
    ///
    /// Parameters, for each layer k and, if `bidirectional`, once more with `_reverse`:
    /// `weight_ih_lk [4 · hidden_size, input]`, `weight_hh_lk [4 · hidden_size, state]`,
    /// `bias_ih_lk`, `bias_hh_lk [4 · hidden_size]` and, if projected,
    /// `weight_hr_lk [proj_size, hidden_size]`, all from U(−1/√hidden_size, 1/√hidden_size). The
    /// gates come in the order i, f, g, o.
    #[doc(alias = "LSTM")]
    pub struct Lstm<input_size, hidden_size> {
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
        /// What hidden states are projected to; 0: nothing.
        proj_size = 0usize,
    }
}

impl Lstm {
    /// x: `[batch, steps, input_size]` → (`[batch, steps, directions · state]`, (last hidden states
    /// `[batch, layers · directions, state]`, last cell states
    /// `[batch, layers · directions, hidden_size]`))
    pub const fn forward<'t>(
        &self,
        at: Scope<'t>,
        x: Tensor<'t>,
    ) -> (Tensor<'t>, (Tensor<'t>, Tensor<'t>)) {
        let done = run(at, &self.recurrent(), x, (None, None));
        (done.output, (done.hidden, done.cell))
    }

    /// As [`Self::forward`] from first hidden and cell states, in the shapes of the last ones.
    pub const fn forward_from<'t>(
        &self,
        at: Scope<'t>,
        x: Tensor<'t>,
        hx: (Tensor<'t>, Tensor<'t>),
    ) -> (Tensor<'t>, (Tensor<'t>, Tensor<'t>)) {
        let done = run(at, &self.recurrent(), x, (Some(hx.0), Some(hx.1)));
        (done.output, (done.hidden, done.cell))
    }

    const fn recurrent(&self) -> Recurrent {
        Recurrent {
            cell: Cell::Lstm,
            input_size: self.input_size,
            hidden_size: self.hidden_size,
            num_layers: self.num_layers,
            bias: self.bias,
            batch_first: self.batch_first,
            dropout: self.dropout,
            bidirectional: self.bidirectional,
            proj_size: self.proj_size,
        }
    }
}

crate::network::taken_elsewhere! { Lstm: 1, not 2 3,
    "`Lstm` takes a state to begin with in another function: `let (y, state) = lstm.forward_from(x, (h, c));`"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Size;
    use crate::layer::Definition;
    use crate::layer::tests::{Given, at_compile_time, run};
    use crate::shape::{Arg, Dim};

    #[test]
    fn sizes_are_inferred_without_counting_steps() {
        let (shape, faults) = at_compile_time!([[-1, 100_000, 5]], |at, x| {
            Lstm::BLANK.sizes(Arg::OPEN, Arg::int(8)).forward(at, x).0
        });
        assert_eq!((shape, faults), (vec![-1, 100_000, 8], 0));
        let outcome = run(true, &[Given::Batched(&[-1, -1, 5])], |at, x| {
            let layer = Lstm {
                bidirectional: Arg::flag(true),
                ..Lstm::BLANK
            };
            let (y, (h, c)) = layer.sizes(Arg::OPEN, Arg::OPEN).forward(at, x[0]);
            vec![y.expect(-1, Size::of(Dim::Known(12)), "features"), h, c]
        });
        assert_eq!(outcome.outputs, [[-1, -1, 12], [-1, 2, 6], [-1, 2, 6]]);
        assert_eq!(outcome.parameters[0], ("weight_ih_l0".into(), vec![24, 5]));
    }

    #[test]
    fn parameters_are_pytorchs() {
        let layer = Lstm {
            num_layers: Arg::int(2),
            bidirectional: Arg::flag(true),
            proj_size: Arg::int(2),
            ..Lstm::BLANK
        };
        let given = [
            Given::Raw(&[3, 2]),
            Given::Raw(&[4, 2]),
            Given::Raw(&[4, 3]),
        ];
        let outcome = run(true, &given, |at, x| {
            let layer = layer.sizes(Arg::int(2), Arg::int(3));
            let (y, (h, c)) = layer.forward_from(at, x[0], (x[1], x[2]));
            vec![y, h, c]
        });
        assert_eq!(outcome.outputs, [[3, 4], [4, 2], [4, 3]]);
        let mut wanted = Vec::new();
        for (layer, input) in [(0, 2), (1, 4)] {
            for direction in ["", "_reverse"] {
                wanted.push(format!("weight_ih_l{layer}{direction} [12, {input}]"));
                wanted.push(format!("weight_hh_l{layer}{direction} [12, 2]"));
                wanted.push(format!("bias_ih_l{layer}{direction} [12]"));
                wanted.push(format!("bias_hh_l{layer}{direction} [12]"));
                wanted.push(format!("weight_hr_l{layer}{direction} [2, 3]"));
            }
        }
        assert_eq!(outcome.listing(), wanted);
        assert!(outcome.faults.is_empty() && outcome.graph.is_some());
    }

    #[test]
    fn projections_are_smaller() {
        let outcome = run(true, &[Given::Raw(&[3, 2])], |at, x| {
            let layer = Lstm {
                proj_size: Arg::int(3),
                ..Lstm::BLANK
            };
            vec![layer.sizes(Arg::int(2), Arg::int(3)).forward(at, x[0]).0]
        });
        assert_eq!(outcome.faults.len(), 1);
    }
}
