//! The CPU engine.

mod chain;
mod error;
mod execute;
pub mod kernel;
mod lower;
mod plan;
pub mod pool;
mod program;

pub use error::EngineError;
pub use program::Program;
