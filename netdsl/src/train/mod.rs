//! Training: optimisers and learning-rate schedules. They know slices and numbers, no layers.

pub mod optimizer;
pub mod schedule;
