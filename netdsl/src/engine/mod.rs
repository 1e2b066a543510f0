//! The CPU engine.

mod chain;
mod error;
mod execute;
pub mod kernel;
mod lower;
mod plan;
pub mod pool;
mod program;
mod workspace;

pub use error::EngineError;
pub(crate) use plan::Plan;
pub use program::Program;
pub(crate) use workspace::Workspace;
