//! The CPU engine.

pub mod kernel;
pub mod pool;
