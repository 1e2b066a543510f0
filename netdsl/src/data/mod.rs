//! Data to train on: readers of the usual files.

mod error;
pub mod idx;

pub use error::DataError;
