//! What an update rule is.

use std::fmt::Debug;

use crate::Element;

use super::OptimizerError;

/// An update rule: its options and one pass over a parameter.
pub trait Rule: Clone + Debug + Send + Sync + 'static {
    /// The arrays kept for a parameter, at most four, each as long as it, by PyTorch's names and in the order [`Rule::update`] takes them.
    fn state_names(&self) -> &'static [&'static str];

    /// What those arrays start from.
    fn initial_state(&self) -> f64 {
        0.0
    }

    /// The learning rate.
    fn get_lr(&self) -> f64;

    /// Changes the learning rate.
    fn set_lr(&mut self, lr: f64);

    /// What a schedule such as one-cycle moves as momentum: the momentum, or Adam's first beta.
    fn get_momentum(&self) -> Option<f64> {
        None
    }

    /// Changes what [`Rule::get_momentum`] gives, if there is such a thing.
    fn set_momentum(&mut self, _momentum: f64) {}

    /// Whether all options are in range.
    fn validate(&self) -> Result<(), OptimizerError>;

    /// Update number `step`, from 1 on, of a parameter: one pass over `value`, `grad` times `scale` and the arrays of
    /// [`Rule::state_names`], all of one length. `scale` is the clipping factor, 1 without clipping.
    fn update<E: Element>(
        &self,
        step: u64,
        scale: E,
        value: &mut [E],
        grad: &[E],
        state: &mut [&mut [E]],
    );
}

/// The gradient that a rule works on, from the raw one and the value: `scale` carries clipping and the sign of
/// `maximize`, and `weight_decay` adds the L2 penalty's.
#[derive(Clone, Copy)]
pub(super) struct Gradient<E> {
    scale: E,
    weight_decay: E,
}

impl<E: Element> Gradient<E> {
    #[inline(always)]
    pub(super) fn new(scale: E, maximize: bool, weight_decay: f64) -> Self {
        let scale = if maximize { -scale } else { scale };
        Self {
            scale,
            weight_decay: E::from_f64(weight_decay),
        }
    }

    #[inline(always)]
    pub(super) fn at(self, grad: E, value: E) -> E {
        let grad = self.scale * grad;
        // Without decay an infinite value must not turn into NaN, hence the test; it leaves the loop when compiled.
        if self.weight_decay == E::ZERO {
            grad
        } else {
            grad + self.weight_decay * value
        }
    }
}

/// `value` must not be negative (nor NaN): the range of most options.
pub(super) fn not_negative(option: &'static str, value: f64) -> Result<(), OptimizerError> {
    let range = match value {
        0.0..f64::INFINITY => return Ok(()),
        f64::INFINITY => "finite",
        _ => "0 or more",
    };
    Err(OptimizerError::Option {
        option,
        range,
        value,
    })
}
