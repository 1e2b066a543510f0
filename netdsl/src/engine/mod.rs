//! The CPU engine.

pub mod kernel;
mod program;
pub use program::{EngineError, Program};
pub mod pool;
