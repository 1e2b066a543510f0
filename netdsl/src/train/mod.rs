//! Training: losses, optimisers, learning-rate schedules, and the loop that uses them.

mod fit;
mod loss;
pub mod optimizer;
mod options;
pub mod schedule;
mod trainer;

pub use crate::loss::{
    BceLoss, BceWithLogitsLoss, CrossEntropyLoss, HuberLoss, KlDivLoss, L1Loss, MseLoss, NllLoss,
    SmoothL1Loss,
};
pub use fit::{Epoch, Fit, accuracy};
pub use loss::{FunctionLoss, IntoLoss, Loss};
pub use optimizer::{Adagrad, Adam, AdamW, Optimizer, RmsProp, Sgd};
pub use trainer::{Clip, Gradients, Trainer};
