//! A network as data: the trace of a definition, and the graph of operations it leaves.

mod check;
mod differentiate;
mod finish;
mod rows;
mod scope;
pub mod tensor;
pub mod trace;
mod verdict;

pub use check::{Checked, Found, Storage, given, here, scope_of, shorter};
pub use differentiate::{gradients, loss_gradients};
pub use netdsl_engine::graph::{Extent, Graph, Node, NodeId, Op, op};
pub use rows::{Recorded, Rows};
pub use scope::{Divisor, Each, Indexed, NoElements, Scope, Size, Sizes, Written};
pub use tensor::{Number, Tensor, cat, select, stack};
pub use trace::{Counts, Question, Trace};
pub use verdict::Verdict;
