//! Optimisers: the update rules of `torch.optim`, and [`Optimizer`], which keeps their state per parameter.
//!
//! A rule ([`Sgd`], [`Adam`], [`AdamW`], [`RmsProp`], [`Adagrad`]) is options and arithmetic on slices. Names, defaults and
//! numerics are PyTorch's:
//!
//! ```
//! use netdsl::train::optimizer::{Optimizer, Sgd};
//!
//! let rule = Sgd::new(0.1).momentum(0.9).weight_decay(1e-4);
//! let mut optimizer = Optimizer::new(rule)?.group("*.bias", |rule| rule.weight_decay(0.0))?;
//! let mut bias = [1.0f32, 2.0];
//! optimizer.step_parameter("fc1.bias", &mut bias, &[0.5, -0.5])?;
//! assert_eq!(bias, [0.95, 2.05]);
//! # Ok::<(), netdsl::train::optimizer::OptimizerError>(())
//! ```

mod adagrad;
mod adam;
pub mod clip;
mod error;
mod group;
mod parameter;
mod rmsprop;
mod rule;
mod sgd;
mod state;

pub use adagrad::Adagrad;
pub use adam::{Adam, AdamRule, AdamW};
pub use error::OptimizerError;
pub(crate) use group::matches;
pub use rmsprop::RmsProp;
pub use rule::Rule;
pub use sgd::Sgd;
pub use state::Optimizer;
