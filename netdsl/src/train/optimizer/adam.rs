//! Adam and AdamW: one rule, two kinds of weight decay.

use crate::Element;
use crate::train::options::options;

use super::rule::{Gradient, not_negative};
use super::{OptimizerError, Rule};

/// Adam (`torch.optim.Adam`; Kingma and Ba, "Adam: a method for stochastic optimization", 2014). Its weight decay is an L2
/// penalty: it enters the gradient.
pub type Adam = AdamRule<false>;

/// Adam with decoupled weight decay (`torch.optim.AdamW`; Loshchilov and Hutter, "Decoupled weight decay regularization",
/// 2017): the value shrinks by the factor 1 − lr · weight_decay before each update.
pub type AdamW = AdamRule<true>;

/// The rule of [`Adam`] and, with `DECOUPLED` weight decay, [`AdamW`].
///
/// m ← β₁ · m + (1 − β₁) · g, v ← β₂ · v + (1 − β₂) · g², and at step t
/// value ← value − lr / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + eps); with amsgrad, the greatest v so far instead of v (Reddi, Kale and
/// Kumar, "On the convergence of Adam and beyond", 2018).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdamRule<const DECOUPLED: bool> {
    lr: f64,
    betas: (f64, f64),
    eps: f64,
    weight_decay: f64,
    amsgrad: bool,
    maximize: bool,
}

impl<const DECOUPLED: bool> Default for AdamRule<DECOUPLED> {
    /// PyTorch's learning rate: 0.001.
    fn default() -> Self {
        Self::new(1e-3)
    }
}

impl<const DECOUPLED: bool> AdamRule<DECOUPLED> {
    /// PyTorch's defaults, with learning rate `lr`.
    pub const fn new(lr: f64) -> Self {
        let weight_decay = if DECOUPLED { 1e-2 } else { 0.0 };
        Self {
            lr,
            betas: (0.9, 0.999),
            eps: 1e-8,
            weight_decay,
            amsgrad: false,
            maximize: false,
        }
    }

    options! {
        /// The learning rate.
        lr: f64,
        /// Added to the denominator; 1e-8 by default.
        eps: f64,
        /// Weight decay; 0 by default for Adam, 0.01 for AdamW.
        weight_decay: f64,
        /// Divides by the greatest running average of squares so far; off by default.
        amsgrad: bool,
        /// Ascends instead; off by default.
        maximize: bool,
    }

    /// Decay of the running averages of the gradient and of its square; (0.9, 0.999) by default.
    pub const fn betas(self, beta1: f64, beta2: f64) -> Self {
        Self {
            betas: (beta1, beta2),
            ..self
        }
    }
}

impl<const DECOUPLED: bool> Rule for AdamRule<DECOUPLED> {
    fn state_names(&self) -> &'static [&'static str] {
        if self.amsgrad {
            &["exp_avg", "exp_avg_sq", "max_exp_avg_sq"]
        } else {
            &["exp_avg", "exp_avg_sq"]
        }
    }

    fn get_lr(&self) -> f64 {
        self.lr
    }

    fn set_lr(&mut self, lr: f64) {
        self.lr = lr;
    }

    fn get_momentum(&self) -> Option<f64> {
        Some(self.betas.0)
    }

    fn set_momentum(&mut self, momentum: f64) {
        self.betas.0 = momentum;
    }

    fn validate(&self) -> Result<(), OptimizerError> {
        not_negative("lr", self.lr)?;
        not_negative("eps", self.eps)?;
        not_negative("weight_decay", self.weight_decay)?;
        for (option, value) in [
            ("the first beta", self.betas.0),
            ("the second beta", self.betas.1),
        ] {
            if !(0.0..1.0).contains(&value) {
                return Err(OptimizerError::Option {
                    option,
                    range: "at least 0 and below 1",
                    value,
                });
            }
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
        let (beta1, beta2) = self.betas;
        let correction = |beta: f64| 1.0 - beta.powf(step as f64);
        let step_size = E::from_f64(self.lr / correction(beta1));
        // One division per element less than PyTorch's √v / √correction.
        let root_factor = E::from_f64(1.0 / correction(beta2).sqrt());
        let eps = E::from_f64(self.eps);
        let (keep1, take1) = (E::from_f64(beta1), E::from_f64(1.0 - beta1));
        let (keep2, take2) = (E::from_f64(beta2), E::from_f64(1.0 - beta2));
        let penalty = if DECOUPLED { 0.0 } else { self.weight_decay };
        let gradient = Gradient::new(scale, self.maximize, penalty);
        let shrink = E::from_f64(if DECOUPLED {
            1.0 - self.lr * self.weight_decay
        } else {
            1.0
        });

        let advance = |x: E, g: E, m: &mut E, v: &mut E| {
            let g = gradient.at(g, x);
            *m = keep1 * *m + take1 * g;
            *v = keep2 * *v + take2 * g * g;
        };
        let moved = |x: E, m: E, v: E| shrink * x - step_size * m / (v.sqrt() * root_factor + eps);
        match state {
            [m, v, greatest] => {
                let moments = m.iter_mut().zip(v.iter_mut()).zip(greatest.iter_mut());
                for ((x, &g), ((m, v), greatest)) in value.iter_mut().zip(grad).zip(moments) {
                    advance(*x, g, m, v);
                    *greatest = greatest.maximum(*v);
                    *x = moved(*x, *m, *greatest);
                }
            }
            [m, v] => {
                for ((x, &g), (m, v)) in value
                    .iter_mut()
                    .zip(grad)
                    .zip(m.iter_mut().zip(v.iter_mut()))
                {
                    advance(*x, g, m, v);
                    *x = moved(*x, *m, *v);
                }
            }
            _ => {}
        }
    }
}
