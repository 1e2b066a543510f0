//! Neural networks whose sizes the compiler infers.

mod element;
pub mod engine;
pub mod io;

pub use element::Element;
