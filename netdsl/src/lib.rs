//! Neural networks whose sizes the compiler infers.

mod element;
pub mod engine;
pub mod init;
pub mod train;

pub use element::Element;
