//! Neural networks whose sizes the compiler infers.

mod element;
pub mod engine;

pub use element::Element;
