//! Single steps of recurrent layers: `torch.nn.RNNCell`, `LSTMCell` and `GRUCell`, of the formulas of their layers.
//!
//! x: `[batch, input_size]` → states `[batch, hidden_size]`
//!
//! ```
//! use ndarray::array;
//! use netdsl::prelude::*;
//!
//! network! {
//!     /// Five steps, each of which is given what the one before gave.
//!     struct Generator<width> {
//!         cell: LstmCell<_, width>,
//!         out: Linear<_, _>,
//!     }
//!
//!     fn forward(x: [n]) -> [n] {
//!         let (mut h, mut c) = cell(x);
//!         for _ in 1..5 {
//!             (h, c) = cell.forward_from(out(h), (h, c));
//!         }
//!         out(h)
//!     }
//! }
//!
//! let net = network!(Generator<3>)?;
//! assert_eq!(net.forward(array![[1.0, 2.0]])?.shape(), [1, 2]);
//! assert_eq!(net.parameter("cell.weight_ih")?.shape(), [12, 2]);
//! # Ok::<(), netdsl::Error>(())
//! ```

use crate::engine::kernel::unary::Unary;
use crate::graph::op::Op;
use crate::graph::{Scope, Size, Tensor};
use crate::shape::{Arg, Axis};

crate::layer! {
    /// A step of a recurrent layer: `torch.nn.RNNCell`.
    ///
    /// Parameters: `weight_ih [hidden_size, input_size]`, `weight_hh [hidden_size, hidden_size]`, `bias_ih`,
    /// `bias_hh [hidden_size]`, all from U(−1/√hidden_size, 1/√hidden_size).
    #[doc(alias = "RNNCell")]
    pub struct RnnCell<input_size, hidden_size> {
        /// Whether there are biases.
        bias = true,
        /// `"tanh"` or `"relu"`.
        nonlinearity = "tanh",
    }
}

crate::layer! {
    /// A step of long short-term memory: `torch.nn.LSTMCell`.
    ///
    /// Parameters: `weight_ih [4 · hidden_size, input_size]`, `weight_hh [4 · hidden_size, hidden_size]`, `bias_ih`,
    /// `bias_hh [4 · hidden_size]`, all from U(−1/√hidden_size, 1/√hidden_size). The gates come in the order i, f, g, o.
    #[doc(alias = "LSTMCell")]
    pub struct LstmCell<input_size, hidden_size> {
        /// Whether there are biases.
        bias = true,
    }
}

crate::layer! {
    /// A step of a gated recurrent unit: `torch.nn.GRUCell`.
    ///
    /// Parameters: `weight_ih [3 · hidden_size, input_size]`, `weight_hh [3 · hidden_size, hidden_size]`, `bias_ih`,
    /// `bias_hh [3 · hidden_size]`, all from U(−1/√hidden_size, 1/√hidden_size). The gates come in the order r, z, n.
    #[doc(alias = "GRUCell")]
    pub struct GruCell<input_size, hidden_size> {
        /// Whether there are biases.
        bias = true,
    }
}

impl RnnCell {
    /// x: `[…, input_size]` → the next state `[…, hidden_size]`, from a state of zeros.
    pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        self.step(at, x, None)
    }

    /// As [`Self::forward`] from a state `[…, hidden_size]`.
    pub const fn forward_from<'t>(
        &self,
        at: Scope<'t>,
        x: Tensor<'t>,
        h: Tensor<'t>,
    ) -> Tensor<'t> {
        self.step(at, x, Some(h))
    }

    const fn step<'t>(&self, at: Scope<'t>, x: Tensor<'t>, h: Option<Tensor<'t>>) -> Tensor<'t> {
        let words = ["tanh", "relu"];
        let function = at.choice(
            "nonlinearity",
            self.nonlinearity,
            &words,
            "\"tanh\" or \"relu\"",
        );
        let step = Step::new(at, [self.input_size, self.hidden_size, self.bias], 1, x, h);
        step.sum(0).map(match function {
            0 => Unary::Tanh,
            _ => Unary::Relu,
        })
    }
}

impl LstmCell {
    /// x: `[…, input_size]` → the next states, hidden and of the cell, each `[…, hidden_size]`, from states of zeros.
    pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> (Tensor<'t>, Tensor<'t>) {
        self.step(at, x, None)
    }

    /// As [`Self::forward`] from states, each `[…, hidden_size]`.
    pub const fn forward_from<'t>(
        &self,
        at: Scope<'t>,
        x: Tensor<'t>,
        states: (Tensor<'t>, Tensor<'t>),
    ) -> (Tensor<'t>, Tensor<'t>) {
        self.step(at, x, Some(states))
    }

    const fn step<'t>(
        &self,
        at: Scope<'t>,
        x: Tensor<'t>,
        states: Option<(Tensor<'t>, Tensor<'t>)>,
    ) -> (Tensor<'t>, Tensor<'t>) {
        let (h, c) = match states {
            Some((h, c)) => (Some(h), Some(c)),
            None => (None, None),
        };
        let step = Step::new(at, [self.input_size, self.hidden_size, self.bias], 4, x, h);
        let [i, f, o] = [step.sum(0), step.sum(1), step.sum(3)];
        let new = i.map(Unary::Sigmoid).mul(step.sum(2).map(Unary::Tanh));
        let c = f.map(Unary::Sigmoid).mul(step.state(c)).add(new);
        (o.map(Unary::Sigmoid).mul(c.map(Unary::Tanh)), c)
    }
}

impl GruCell {
    /// x: `[…, input_size]` → the next state `[…, hidden_size]`, from a state of zeros.
    pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        self.step(at, x, None)
    }

    /// As [`Self::forward`] from a state `[…, hidden_size]`.
    pub const fn forward_from<'t>(
        &self,
        at: Scope<'t>,
        x: Tensor<'t>,
        h: Tensor<'t>,
    ) -> Tensor<'t> {
        self.step(at, x, Some(h))
    }

    const fn step<'t>(&self, at: Scope<'t>, x: Tensor<'t>, h: Option<Tensor<'t>>) -> Tensor<'t> {
        let step = Step::new(at, [self.input_size, self.hidden_size, self.bias], 3, x, h);
        let (reset, keep) = (
            step.sum(0).map(Unary::Sigmoid),
            step.sum(1).map(Unary::Sigmoid),
        );
        let remembered = reset.mul(step.gate(step.of_state, 2));
        let new = step.gate(step.of_input, 2).add(remembered).map(Unary::Tanh);
        new.add(keep.mul(step.state(h).sub(new)))
    }
}

/// What a step computes of its input and of the state before, all gates one behind the other.
struct Step<'t> {
    at: Scope<'t>,
    x: Tensor<'t>,
    hidden: Size,
    of_input: Tensor<'t>,
    of_state: Tensor<'t>,
}

impl<'t> Step<'t> {
    /// `written` are the input's size, the state's, and whether there are biases.
    const fn new(
        at: Scope<'t>,
        written: [Arg; 3],
        gates: usize,
        x: Tensor<'t>,
        h: Option<Tensor<'t>>,
    ) -> Self {
        let [input, hidden, bias] = written;
        let (input, hidden) = (at.size("input_size", input), at.size("hidden_size", hidden));
        let rows = at.multiplied(hidden.dim, gates);
        let weight_ih = at.parameter_with_fan("weight_ih", &[rows, input.dim], hidden.dim);
        let weight_hh = at.parameter_with_fan("weight_hh", &[rows, hidden.dim], hidden.dim);
        let (mut bias_ih, mut bias_hh) = (None, None);
        if at.flag("bias", bias) {
            bias_ih = Some(at.parameter_with_fan("bias_ih", &[rows], hidden.dim));
            bias_hh = Some(at.parameter_with_fan("bias_hh", &[rows], hidden.dim));
        }
        let x = x.expect(-1, input, "input features");
        let h = state(at, x, hidden, h);
        Self {
            at,
            x,
            hidden,
            of_input: x.linear(weight_ih, bias_ih),
            of_state: h.linear(weight_hh, bias_hh),
        }
    }

    /// One gate of all.
    const fn gate(&self, gates: Tensor<'t>, index: usize) -> Tensor<'t> {
        let start = match self.at.known(self.hidden.dim) {
            Some(size) => size.checked_mul(index),
            None => None,
        };
        gates.last_part(start, self.hidden.dim)
    }

    /// What input and state together say to a gate.
    const fn sum(&self, index: usize) -> Tensor<'t> {
        self.gate(self.of_input, index)
            .add(self.gate(self.of_state, index))
    }

    const fn state(&self, given: Option<Tensor<'t>>) -> Tensor<'t> {
        state(self.at, self.x, self.hidden, given)
    }
}

/// A state that is given, or zeros.
const fn state<'t>(
    at: Scope<'t>,
    x: Tensor<'t>,
    hidden: Size,
    given: Option<Tensor<'t>>,
) -> Tensor<'t> {
    if let Some(given) = given {
        return given.expect(-1, hidden, "features of its state (`hidden_size`)");
    }
    let (shape, axis) = (
        *x.shape(),
        Axis {
            from: at.id(),
            ..Axis::new(hidden.dim)
        },
    );
    let shape = match shape.rank() {
        0 => shape.with_last(axis),
        rank => shape.with_axis(rank - 1, axis),
    };
    x.constant(0.0).record(Op::Broadcast, shape)
}

crate::network::taken_elsewhere! { RnnCell: 1, not 2,
    "`RnnCell` takes a state to begin with in another function: `let h = cell.forward_from(x, h);`"
}

crate::network::taken_elsewhere! { GruCell: 1, not 2,
    "`GruCell` takes a state to begin with in another function: `let h = cell.forward_from(x, h);`"
}

crate::network::taken_elsewhere! { LstmCell: 1, not 2 3,
    "`LstmCell` takes a state to begin with in another function: `let (h, c) = cell.forward_from(x, (h, c));`"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::Definition;
    use crate::layer::tests::{Given, both, run};
    use crate::shape::Dim;

    #[test]
    fn sizes_follow_from_states_and_from_what_comes_after() {
        let outcome = run(
            true,
            &[Given::Batched(&[2, -1]), Given::Batched(&[2, 5])],
            |at, x| {
                let cell = GruCell::BLANK.sizes(Arg::int(3), Arg::OPEN);
                vec![cell.forward_from(at, x[0], x[1])]
            },
        );
        assert_eq!(
            (outcome.inputs, outcome.outputs),
            (vec![vec![2, 3], vec![2, 5]], vec![vec![2, 5]])
        );
        assert!(outcome.graph.is_some());
        let outcome = run(true, &[Given::Batched(&[2, 3])], |at, x| {
            let (h, c) = LstmCell::BLANK.forward(at, x[0]);
            both((h.expect(-1, Size::of(Dim::Known(4)), "features"), c))
        });
        assert_eq!(outcome.outputs, [[2, 4], [2, 4]]);
        let wanted = [
            "weight_ih [16, 3]",
            "weight_hh [16, 4]",
            "bias_ih [16]",
            "bias_hh [16]",
        ];
        assert_eq!(outcome.listing(), wanted);
        assert!(outcome.graph.is_some());
    }
}
