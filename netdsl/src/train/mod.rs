//! Training: losses, optimisers, learning-rate schedules, and the loop that uses them.

mod fit;
mod loss;
pub mod optimizer;
pub mod schedule;
mod trainer;

pub use fit::{Epoch, Fit, accuracy};
pub use loss::{CrossEntropyLoss, Loss, MseLoss};
pub use optimizer::{Adagrad, Adam, AdamW, RmsProp, Sgd};
pub use trainer::{Clip, Trainer};
