//! RMSprop.

use crate::Element;
use crate::train::options::options;

use super::rule::{Gradient, not_negative};
use super::{OptimizerError, Rule};

/// RMSprop (`torch.optim.RMSprop`; Tieleman and Hinton, "Neural networks for machine learning", lecture 6.5, 2012;
/// centred: Graves, "Generating sequences with recurrent neural networks", 2013).
///
/// With g = grad + weight_decay · value: s ← alpha · s + (1 − alpha) · g², d = √s + eps; centred, also
/// a ← alpha · a + (1 − alpha) · g and d = √(s − a²) + eps. Then value ← value − lr · g / d, or with momentum
/// b ← momentum · b + g / d and value ← value − lr · b.
#[doc(alias = "RMSprop")]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RmsProp {
    lr: f64,
    alpha: f64,
    eps: f64,
    weight_decay: f64,
    momentum: f64,
    centered: bool,
    maximize: bool,
}

impl Default for RmsProp {
    /// PyTorch's learning rate: 0.01.
    fn default() -> Self {
        Self::new(1e-2)
    }
}

impl RmsProp {
    /// PyTorch's defaults, with learning rate `lr`.
    pub const fn new(lr: f64) -> Self {
        let (alpha, eps) = (0.99, 1e-8);
        Self {
            lr,
            alpha,
            eps,
            weight_decay: 0.0,
            momentum: 0.0,
            centered: false,
            maximize: false,
        }
    }

    options! {
        /// The learning rate.
        lr: f64,
        /// Decay of the running averages; 0.99 by default.
        alpha: f64,
        /// Added to the denominator; 1e-8 by default.
        eps: f64,
        /// Factor of the L2 penalty; 0 by default.
        weight_decay: f64,
        /// The share of the last update that is repeated; 0 by default.
        momentum: f64,
        /// Divides by the deviation of the gradient instead of its root mean square; off by default.
        centered: bool,
        /// Ascends instead; off by default.
        maximize: bool,
    }
}

impl Rule for RmsProp {
    fn state_names(&self) -> &'static [&'static str] {
        match (self.momentum != 0.0, self.centered) {
            (false, false) => &["square_avg"],
            (false, true) => &["square_avg", "grad_avg"],
            (true, false) => &["square_avg", "momentum_buffer"],
            (true, true) => &["square_avg", "momentum_buffer", "grad_avg"],
        }
    }

    fn get_lr(&self) -> f64 {
        self.lr
    }

    fn set_lr(&mut self, lr: f64) {
        self.lr = lr;
    }

    fn get_momentum(&self) -> Option<f64> {
        Some(self.momentum)
    }

    fn set_momentum(&mut self, momentum: f64) {
        self.momentum = momentum;
    }

    fn validate(&self) -> Result<(), OptimizerError> {
        not_negative("lr", self.lr)?;
        not_negative("alpha", self.alpha)?;
        not_negative("eps", self.eps)?;
        not_negative("weight_decay", self.weight_decay)?;
        not_negative("momentum", self.momentum)
    }

    #[inline(always)]
    fn update<E: Element>(
        &self,
        _step: u64,
        scale: E,
        value: &mut [E],
        grad: &[E],
        state: &mut [&mut [E]],
    ) {
        let gradient = Gradient::new(scale, self.maximize, self.weight_decay);
        let (lr, eps) = (E::from_f64(self.lr), E::from_f64(self.eps));
        let momentum = E::from_f64(self.momentum);
        let (keep, take) = (E::from_f64(self.alpha), E::from_f64(1.0 - self.alpha));

        let square = |s: &mut E, g: E| {
            *s = keep * *s + take * g * g;
            *s
        };
        // s − a² is a variance; rounding may take it below 0, where the root is NaN.
        let variance = |s: &mut E, a: &mut E, g: E| {
            *a += take * (g - *a);
            (square(s, g) - *a * *a).maximum(E::ZERO)
        };
        let direction = |g: E, s: E| g / (s.sqrt() + eps);
        let with_buffer = |b: &mut E, direction: E| {
            *b = momentum * *b + direction;
            *b
        };
        let values = value.iter_mut().zip(grad);
        match (self.momentum != 0.0, state) {
            (false, [s]) => {
                for ((x, &g), s) in values.zip(s.iter_mut()) {
                    let g = gradient.at(g, *x);
                    *x -= lr * direction(g, square(s, g));
                }
            }
            (false, [s, a]) => {
                for ((x, &g), (s, a)) in values.zip(s.iter_mut().zip(a.iter_mut())) {
                    let g = gradient.at(g, *x);
                    *x -= lr * direction(g, variance(s, a, g));
                }
            }
            (true, [s, b]) => {
                for ((x, &g), (s, b)) in values.zip(s.iter_mut().zip(b.iter_mut())) {
                    let g = gradient.at(g, *x);
                    *x -= lr * with_buffer(b, direction(g, square(s, g)));
                }
            }
            (true, [s, b, a]) => {
                let state = s.iter_mut().zip(b.iter_mut()).zip(a.iter_mut());
                for ((x, &g), ((s, b), a)) in values.zip(state) {
                    let g = gradient.at(g, *x);
                    *x -= lr * with_buffer(b, direction(g, variance(s, a, g)));
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::optimizer::Optimizer;

    #[test]
    fn momentum_by_hand() {
        // Two gradients of 1: s is 1/2, 3/4; centred, s − a² is 1/4, 3/16.
        let rule = RmsProp::new(1.0).alpha(0.5).eps(0.0).momentum(0.5);
        let plain = [2f64.sqrt(), (4.0f64 / 3.0).sqrt()];
        for (rule, [first, second]) in [
            (rule, plain),
            (rule.centered(true), [2.0, 4.0 / 3f64.sqrt()]),
        ] {
            let mut optimizer = Optimizer::new(rule).unwrap();
            let mut value = [0.0f64];
            optimizer.step_parameter("w", &mut value, &[1.0]).unwrap();
            optimizer.step_parameter("w", &mut value, &[1.0]).unwrap();
            let expected = -first - (0.5 * first + second);
            assert!(
                (value[0] - expected).abs() < 1e-12,
                "{value:?}, not {expected}"
            );
        }
    }
}
