//! Adagrad.

use crate::Element;
use crate::train::options::options;

use super::rule::{Gradient, not_negative};
use super::{OptimizerError, Rule};

/// Adagrad (`torch.optim.Adagrad`; Duchi, Hazan and Singer, "Adaptive subgradient methods for online learning and stochastic
/// optimization", 2011).
///
/// With g = grad + weight_decay · value, at step t: s ← s + g², value ← value − lr / (1 + (t − 1) · lr_decay) · g / (√s + eps).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adagrad {
    lr: f64,
    lr_decay: f64,
    weight_decay: f64,
    initial_accumulator_value: f64,
    eps: f64,
    maximize: bool,
}

impl Default for Adagrad {
    /// PyTorch's learning rate: 0.01.
    fn default() -> Self {
        Self::new(1e-2)
    }
}

impl Adagrad {
    /// PyTorch's defaults, with learning rate `lr`.
    pub const fn new(lr: f64) -> Self {
        let (lr_decay, weight_decay, initial_accumulator_value) = (0.0, 0.0, 0.0);
        Self {
            lr,
            lr_decay,
            weight_decay,
            initial_accumulator_value,
            eps: 1e-10,
            maximize: false,
        }
    }

    options! {
        /// The learning rate.
        lr: f64,
        /// How fast the learning rate falls with the steps; 0 by default.
        lr_decay: f64,
        /// Factor of the L2 penalty; 0 by default.
        weight_decay: f64,
        /// What the sums of squares start from; 0 by default.
        initial_accumulator_value: f64,
        /// Added to the denominator; 1e-10 by default.
        eps: f64,
        /// Ascends instead; off by default.
        maximize: bool,
    }
}

impl Rule for Adagrad {
    fn state_names(&self) -> &'static [&'static str] {
        &["sum"]
    }

    fn initial_state(&self) -> f64 {
        self.initial_accumulator_value
    }

    fn get_lr(&self) -> f64 {
        self.lr
    }

    fn set_lr(&mut self, lr: f64) {
        self.lr = lr;
    }

    fn validate(&self) -> Result<(), OptimizerError> {
        not_negative("lr", self.lr)?;
        not_negative("lr_decay", self.lr_decay)?;
        not_negative("weight_decay", self.weight_decay)?;
        not_negative("initial_accumulator_value", self.initial_accumulator_value)?;
        not_negative("eps", self.eps)
    }

    #[inline(always)]
    fn update<E: Element>(
        &self,
        step: u64,
        scale: E,
        value: &mut [E],
        grad: &[E],
        state: &mut [&mut [E]],
    ) {
        let [sum] = state else { return };
        let gradient = Gradient::new(scale, self.maximize, self.weight_decay);
        let lr = E::from_f64(self.lr / (1.0 + step.saturating_sub(1) as f64 * self.lr_decay));
        let eps = E::from_f64(self.eps);
        for ((x, &g), s) in value.iter_mut().zip(grad).zip(sum.iter_mut()) {
            let g = gradient.at(g, *x);
            *s += g * g;
            *x -= lr * g / (s.sqrt() + eps);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::optimizer::Optimizer;

    #[test]
    fn decay_by_hand() {
        let rule = Adagrad::new(1.0)
            .lr_decay(1.0)
            .eps(0.0)
            .initial_accumulator_value(3.0);
        let mut optimizer = Optimizer::new(rule).unwrap();
        let mut value = [0.0f64];
        optimizer.step_parameter("w", &mut value, &[1.0]).unwrap();
        assert_eq!(value, [-0.5]);
        optimizer.step_parameter("w", &mut value, &[1.0]).unwrap();
        assert!(
            (value[0] + 0.5 + 0.5 / 5f64.sqrt()).abs() < 1e-12,
            "{value:?}"
        );
    }
}
