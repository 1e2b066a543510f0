//! Stochastic gradient descent.

use crate::Element;
use crate::train::options::options;

use super::rule::{Gradient, not_negative};
use super::{OptimizerError, Rule};

/// Stochastic gradient descent with momentum (`torch.optim.SGD`; Sutskever, Martens, Dahl and Hinton, "On the importance
/// of initialization and momentum in deep learning", 2013).
///
/// With g = grad + weight_decay · value:
/// b ← g at the first step, later momentum · b + (1 − dampening) · g; value ← value − lr · b, or with Nesterov
/// momentum − lr · (g + momentum · b). Without momentum, value ← value − lr · g and there is no state.
#[doc(alias = "SGD")]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sgd {
    lr: f64,
    momentum: f64,
    dampening: f64,
    weight_decay: f64,
    nesterov: bool,
    maximize: bool,
}

impl Default for Sgd {
    /// PyTorch's learning rate: 0.001.
    fn default() -> Self {
        Self::new(1e-3)
    }
}

impl Sgd {
    /// Plain descent with learning rate `lr`.
    pub const fn new(lr: f64) -> Self {
        Self {
            lr,
            momentum: 0.0,
            dampening: 0.0,
            weight_decay: 0.0,
            nesterov: false,
            maximize: false,
        }
    }

    options! {
        /// The learning rate.
        lr: f64,
        /// The share of the last update that is repeated; 0 by default.
        momentum: f64,
        /// What the gradient loses when it enters the momentum; 0 by default.
        dampening: f64,
        /// Factor of the L2 penalty; 0 by default.
        weight_decay: f64,
        /// Nesterov's momentum; off by default.
        nesterov: bool,
        /// Ascends instead; off by default.
        maximize: bool,
    }
}

impl Rule for Sgd {
    fn state_names(&self) -> &'static [&'static str] {
        if self.momentum == 0.0 {
            &[]
        } else {
            &["momentum_buffer"]
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
        not_negative("momentum", self.momentum)?;
        not_negative("weight_decay", self.weight_decay)?;
        if self.nesterov && (self.momentum <= 0.0 || self.dampening != 0.0) {
            return Err(OptimizerError::Nesterov);
        }
        Ok(())
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
        let lr = E::from_f64(self.lr);
        let gradient = Gradient::new(scale, self.maximize, self.weight_decay);
        let [buffer, ..] = state else {
            for (x, &g) in value.iter_mut().zip(grad) {
                *x -= lr * gradient.at(g, *x);
            }
            return;
        };
        let momentum = E::from_f64(self.momentum);
        // The first gradient enters whole.
        let (keep, take) = if step == 1 {
            (0.0, 1.0)
        } else {
            (self.momentum, 1.0 - self.dampening)
        };
        let (keep, take) = (E::from_f64(keep), E::from_f64(take));
        let nesterov = self.nesterov;
        for ((x, &g), b) in value.iter_mut().zip(grad).zip(buffer.iter_mut()) {
            let g = gradient.at(g, *x);
            *b = keep * *b + take * g;
            *x -= lr * if nesterov { g + momentum * *b } else { *b };
        }
    }
}
