//! Neural networks whose sizes the compiler infers.

mod element;
pub mod engine;
pub mod graph;
pub mod init;
pub mod layer;
pub mod loss;
pub mod shape;
pub mod train;

pub use element::Element;
