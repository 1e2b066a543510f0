//! Schedules that multiply the rate at some or all steps.

use crate::train::options::options;

use super::{Schedule, ScheduleError, require};

/// Multiplies the rate by `gamma` every `step_size` steps.
#[doc(alias = "StepLR")]
#[derive(Clone, Debug, PartialEq)]
pub struct StepLr {
    lr: f64,
    step_size: u64,
    gamma: f64,
    epoch: u64,
}

impl StepLr {
    /// Starts at `lr`; gamma is 0.1.
    pub const fn new(lr: f64, step_size: u64) -> Self {
        Self {
            lr,
            step_size,
            gamma: 0.1,
            epoch: 0,
        }
    }

    options! {
        /// The factor; 0.1 by default.
        gamma: f64,
    }
}

impl Schedule for StepLr {
    fn step(&mut self) {
        self.epoch += 1;
        if self.epoch.is_multiple_of(self.step_size) {
            self.lr *= self.gamma;
        }
    }

    fn lr(&self) -> f64 {
        self.lr
    }

    fn validate(&self) -> Result<(), ScheduleError> {
        require(self.step_size > 0, "StepLr: step_size", "1 or more", 0.0)
    }
}

/// Multiplies the rate by `gamma` at every milestone; one written twice counts twice.
#[doc(alias = "MultiStepLR")]
#[derive(Clone, Debug, PartialEq)]
pub struct MultiStepLr {
    lr: f64,
    milestones: Vec<u64>,
    gamma: f64,
    epoch: u64,
}

impl MultiStepLr {
    /// Starts at `lr`, or at `gamma` times that where 0 is a milestone; gamma is 0.1.
    pub fn new(lr: f64, milestones: impl Into<Vec<u64>>) -> Self {
        Self {
            lr,
            milestones: milestones.into(),
            gamma: 0.1,
            epoch: 0,
        }
    }
    /// The factor; 0.1 by default.
    pub fn gamma(self, gamma: f64) -> Self {
        Self { gamma, ..self }
    }
}

impl MultiStepLr {
    /// The factor of the step that the schedule is at.
    fn factor(&self) -> f64 {
        let reached = self
            .milestones
            .iter()
            .filter(|milestone| **milestone == self.epoch);
        match reached.count() {
            0 => 1.0,
            count => self.gamma.powf(count as f64),
        }
    }
}

impl Schedule for MultiStepLr {
    fn step(&mut self) {
        // The factor of step 0 may still have been chosen after `new`.
        self.lr = self.lr();
        self.epoch += 1;
        self.lr *= self.factor();
    }

    fn lr(&self) -> f64 {
        if self.epoch == 0 {
            self.lr * self.factor()
        } else {
            self.lr
        }
    }
}

/// Multiplies the rate by `gamma` at every step.
#[doc(alias = "ExponentialLR")]
#[derive(Clone, Debug, PartialEq)]
pub struct ExponentialLr {
    lr: f64,
    gamma: f64,
}

impl ExponentialLr {
    /// Starts at `lr`.
    pub const fn new(lr: f64, gamma: f64) -> Self {
        Self { lr, gamma }
    }
}

impl Schedule for ExponentialLr {
    fn step(&mut self) {
        self.lr *= self.gamma;
    }

    fn lr(&self) -> f64 {
        self.lr
    }
}

/// lr · (1 − t / total_iters)^power at step t, 0 from total_iters on; each rate is computed from the one before.
#[doc(alias = "PolynomialLR")]
#[derive(Clone, Debug, PartialEq)]
pub struct PolynomialLr {
    lr: f64,
    total_iters: u64,
    power: f64,
    epoch: u64,
}

impl PolynomialLr {
    /// Starts at `lr`; total_iters is 5 and power 1.
    pub const fn new(lr: f64) -> Self {
        Self {
            lr,
            total_iters: 5,
            power: 1.0,
            epoch: 0,
        }
    }

    options! {
        /// The step at which the rate is 0; 5 by default.
        total_iters: u64,
        /// The power; 1 by default.
        power: f64,
    }
}

impl Schedule for PolynomialLr {
    fn step(&mut self) {
        self.epoch += 1;
        if self.epoch <= self.total_iters {
            let left = |epoch: u64| 1.0 - epoch as f64 / self.total_iters as f64;
            self.lr *= (left(self.epoch) / left(self.epoch - 1)).powf(self.power);
        }
    }

    fn lr(&self) -> f64 {
        self.lr
    }
}

/// lr · f(t) at step t.
#[doc(alias = "LambdaLR")]
#[derive(Clone, Debug)]
pub struct LambdaLr<F> {
    lr: f64,
    lr_lambda: F,
    epoch: u64,
}

impl<F: Fn(u64) -> f64> LambdaLr<F> {
    /// Starts at `lr · lr_lambda(0)`.
    pub const fn new(lr: f64, lr_lambda: F) -> Self {
        Self {
            lr,
            lr_lambda,
            epoch: 0,
        }
    }
}

impl<F: Fn(u64) -> f64 + Send> Schedule for LambdaLr<F> {
    fn step(&mut self) {
        self.epoch += 1;
    }

    fn lr(&self) -> f64 {
        self.lr * (self.lr_lambda)(self.epoch)
    }
}

/// Multiplies the rate by f(t) at step t = 1, 2, ….
#[doc(alias = "MultiplicativeLR")]
#[derive(Clone, Debug)]
pub struct MultiplicativeLr<F> {
    lr: f64,
    lr_lambda: F,
    epoch: u64,
}

impl<F: Fn(u64) -> f64> MultiplicativeLr<F> {
    /// Starts at `lr`.
    pub const fn new(lr: f64, lr_lambda: F) -> Self {
        Self {
            lr,
            lr_lambda,
            epoch: 0,
        }
    }
}

impl<F: Fn(u64) -> f64 + Send> Schedule for MultiplicativeLr<F> {
    fn step(&mut self) {
        self.epoch += 1;
        self.lr *= (self.lr_lambda)(self.epoch);
    }

    fn lr(&self) -> f64 {
        self.lr
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::*;

    #[test]
    fn by_hand() {
        check(
            PolynomialLr::new(0.1).total_iters(4).power(2.0),
            &[0.1, 0.05625, 0.025, 0.00625, 0.0, 0.0],
        );
        check(PolynomialLr::new(0.1).total_iters(0), &[0.1, 0.1]);
        check(
            LambdaLr::new(0.1, |t| (t / 2) as f64),
            &[0.0, 0.0, 0.1, 0.1, 0.2],
        );
        check(
            MultiplicativeLr::new(0.1, |t| t as f64),
            &[0.1, 0.1, 0.2, 0.6],
        );
        // From PyTorch's own test of MultiStepLR: gamma 0.1 at 2, 5 and 9.
        check(
            MultiStepLr::new(0.05, [2, 5, 9]),
            &[0.05, 0.05, 5e-3, 5e-3, 5e-3, 5e-4, 5e-4, 5e-4, 5e-4, 5e-5],
        );
        // A milestone at 0 counts from the start.
        check(
            MultiStepLr::new(0.1, [0, 4]).gamma(0.5),
            &[0.05, 0.05, 0.05, 0.05, 0.025],
        );
        check(MultiStepLr::new(0.1, [0, 0]), &[1e-3, 1e-3]);
    }

    #[test]
    fn no_step_size_is_an_error() {
        let mut schedule = StepLr::new(0.1, 0);
        schedule.skip(3);
        let error = schedule.validate().unwrap_err();
        assert_eq!(
            error.to_string(),
            "StepLr: step_size must be 1 or more, but it is 0"
        );
    }
}
