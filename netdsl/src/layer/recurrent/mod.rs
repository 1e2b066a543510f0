//! What recurrent layers share: `torch.nn.RNN`, `LSTM` and `GRU`.
//!
//! x: `[batch, steps, input_size]` within a network. PyTorch's tensors, without a known batch axis,
//! are `[steps, batch, input_size]`, the first two exchanged with `batch_first`, or one sequence
//! `[steps, input_size]`.
//!
//! The result has `hidden_size` features (`proj_size` if that is not 0), twice as many if
//! `bidirectional`, in the arrangement of x. The last states are `[layers · directions, batch, …]`
//! as in PyTorch, whatever `batch_first` says; within a network, where the batch comes first,
//! `[batch, layers · directions, …]`.
//!
//! The graph has every step. It is recorded once all sizes are known; until then one node stands for
//! all, so that the compiler does not count steps.

mod gru;
mod lstm;
mod pile;
mod rnn;
mod run;
mod sequence;

pub use gru::Gru;
pub use lstm::Lstm;
pub use rnn::Rnn;

/// What happens at a step.
#[derive(Clone, Copy)]
enum Cell {
    Tanh,
    Relu,
    Lstm,
    Gru,
}

impl Cell {
    /// How many times `hidden_size` rows the weights have.
    const fn gates(self) -> usize {
        match self {
            Self::Tanh | Self::Relu => 1,
            Self::Lstm => 4,
            Self::Gru => 3,
        }
    }
}
