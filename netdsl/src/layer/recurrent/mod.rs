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
//! A layer in one direction is one product for the inputs of all steps and one operation for the
//! steps: the graph is as large for long sequences as for short ones.

mod cell;
mod gru;
mod lstm;
mod rnn;
mod run;
mod sequence;

pub use cell::{GruCell, LstmCell, RnnCell};
pub use gru::Gru;
pub use lstm::Lstm;
pub use rnn::Rnn;
