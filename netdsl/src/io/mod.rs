//! Files a trained network is kept in.
//!
//! [`TensorFile`] reads safetensors, [`write()`] makes them; [`near_names`] is what an error about a missing or
//! unexpected name suggests instead.

mod atomic;
mod dtype;
mod error;
mod json;
mod near_names;
mod numbers;
mod safetensors;
mod write;

pub use dtype::Dtype;
pub use error::TensorFileError;
pub use near_names::near_names;
pub use safetensors::{TensorFile, TensorView};
pub use write::write;
