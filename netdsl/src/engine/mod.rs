//! The CPU engine.

pub mod kernel;
