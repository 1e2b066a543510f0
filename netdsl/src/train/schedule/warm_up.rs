//! Schedules that begin with a part of the rate.

use crate::train::options::options;

use super::{Schedule, ScheduleError, require};

/// `factor` times the rate before step `total_iters`, then the whole.
#[doc(alias = "ConstantLR")]
#[derive(Clone, Debug, PartialEq)]
pub struct ConstantLr {
    lr: f64,
    factor: f64,
    total_iters: u64,
    epoch: u64,
}

impl ConstantLr {
    /// A third of `lr` for 5 steps.
    pub const fn new(lr: f64) -> Self {
        Self {
            lr,
            factor: 1.0 / 3.0,
            total_iters: 5,
            epoch: 0,
        }
    }

    options! {
        /// The factor; 1/3 by default.
        factor: f64,
        /// The step from which the rate is whole; 5 by default.
        total_iters: u64,
    }
}

impl Schedule for ConstantLr {
    fn step(&mut self) {
        self.epoch += 1;
    }

    fn lr(&self) -> f64 {
        if self.epoch < self.total_iters {
            self.lr * self.factor
        } else {
            self.lr
        }
    }

    fn validate(&self) -> Result<(), ScheduleError> {
        let within = (0.0..=1.0).contains(&self.factor);
        require(within, "ConstantLr: factor", "between 0 and 1", self.factor)
    }
}

/// From `start_factor` to `end_factor` times the rate, linearly over `total_iters` steps; each rate is computed from the one
/// before.
#[doc(alias = "LinearLR")]
#[derive(Clone, Debug, PartialEq)]
pub struct LinearLr {
    base: f64,
    /// The rate; `None` before the first step.
    lr: Option<f64>,
    start_factor: f64,
    end_factor: f64,
    total_iters: u64,
    epoch: u64,
}

impl LinearLr {
    /// From a third of `lr` to the whole in 5 steps.
    pub const fn new(lr: f64) -> Self {
        let (start_factor, end_factor) = (1.0 / 3.0, 1.0);
        Self {
            base: lr,
            lr: None,
            start_factor,
            end_factor,
            total_iters: 5,
            epoch: 0,
        }
    }

    options! {
        /// The factor at the start; 1/3 by default.
        start_factor: f64,
        /// The factor at the end; 1 by default.
        end_factor: f64,
        /// The steps it takes; 5 by default.
        total_iters: u64,
    }
}

impl Schedule for LinearLr {
    fn step(&mut self) {
        let lr = self.lr();
        self.epoch += 1;
        let rise = self.end_factor - self.start_factor;
        let before = self.total_iters as f64 * self.start_factor + (self.epoch - 1) as f64 * rise;
        self.lr = Some(if self.epoch > self.total_iters {
            lr
        } else {
            lr * (1.0 + rise / before)
        });
    }

    fn lr(&self) -> f64 {
        self.lr.unwrap_or(self.base * self.start_factor)
    }

    fn validate(&self) -> Result<(), ScheduleError> {
        let (start, end) = (self.start_factor, self.end_factor);
        require(
            start > 0.0 && start <= 1.0,
            "LinearLr: start_factor",
            "above 0 and at most 1",
            start,
        )?;
        require(
            (0.0..=1.0).contains(&end),
            "LinearLr: end_factor",
            "between 0 and 1",
            end,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::*;

    #[test]
    fn by_hand() {
        check(
            ConstantLr::new(0.2).factor(0.5).total_iters(2),
            &[0.1, 0.1, 0.2, 0.2],
        );
        check(ConstantLr::new(0.3).total_iters(0), &[0.3, 0.3]);
        check(
            LinearLr::new(0.3).end_factor(0.0).total_iters(2),
            &[0.1, 0.05, 0.0, 0.0],
        );
    }

    #[test]
    fn factors_out_of_range_are_errors() {
        assert!(ConstantLr::new(0.1).factor(-0.1).validate().is_err());
        assert!(LinearLr::new(0.1).start_factor(0.0).validate().is_err());
        assert!(LinearLr::new(0.1).end_factor(f64::NAN).validate().is_err());
        assert!(LinearLr::new(0.1).validate().is_ok());
    }
}
