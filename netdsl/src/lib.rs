//! Neural networks whose sizes the compiler infers.

mod element;
pub mod engine;
pub mod init;

pub use element::Element;
