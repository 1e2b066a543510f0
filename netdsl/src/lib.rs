//! Neural networks whose sizes the compiler infers.

pub mod data;
mod element;
pub mod engine;
pub mod io;

pub use element::Element;
