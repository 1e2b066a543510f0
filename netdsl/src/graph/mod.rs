//! A network as data: the trace of a definition, and the graph of operations it leaves.

mod check;
mod differentiate;
#[expect(clippy::module_inception)]
mod graph;
pub mod op;
mod recurrence;
mod scope;
pub mod tensor;
pub mod trace;

pub use check::{Checked, Storage, here};
pub use differentiate::{gradients, loss_gradients};
pub use graph::{Extent, Graph, Node, NodeId};
pub use op::Op;
pub use scope::{Scope, Size, Sizes};
pub use tensor::{Tensor, cat, stack};
pub use trace::{Counts, Trace};
