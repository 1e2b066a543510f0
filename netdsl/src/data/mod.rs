//! Data to train on: a [`Dataset`] of inputs and targets, its batches, and readers of the usual files.
//!
//! Shuffling and splitting depend on nothing but the seed: the same on every machine and in every version.

mod batches;
mod csv;
mod dataset;
mod digits;
mod error;
pub mod idx;
mod mnist;
mod permutation;
mod samples;
mod standardize;

pub use batches::Batches;
pub use csv::Table;
pub use dataset::{Dataset, Part};
pub use digits::digits;
pub use error::DataError;
pub use mnist::{FASHION_MNIST, MNIST, Mnist, Pixels};
pub use permutation::permutation;
pub use samples::{IntoSamples, Samples};
pub use standardize::Standardizer;
