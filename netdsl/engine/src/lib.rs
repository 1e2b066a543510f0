//! The CPU engine of netdsl: graphs of operations, and programs that compute them.
//!
//! It knows neither layers nor unknown sizes, and needs no other crate, so that it is compiled
//! while the rest of what netdsl needs still is.

mod chain;
mod element;
mod error;
mod execute;
pub mod graph;
pub mod kernel;
mod lower;
mod plan;
pub mod pool;
mod program;
mod workspace;

pub use element::Element;
pub use error::EngineError;
pub use plan::Plan;
pub use program::Program;
pub use workspace::Workspace;
