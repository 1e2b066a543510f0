//! Learning-rate schedules: those of `torch.optim.lr_scheduler`, as numbers over steps.
//!
//! A schedule starts at its first rate; after every epoch (or batch, as its unit is meant) comes one [`Schedule::step`].
//! Option names, defaults and values are PyTorch's, to the rounding: where PyTorch computes a rate from the one before, so
//! does the schedule here. The optimiser takes [`Schedule::lr`] and, if there is one, [`Schedule::momentum`].
//!
//! ```
//! use netdsl::train::schedule::{LinearLr, Schedule, SequentialLr, StepLr};
//!
//! // Four steps of warm-up, then a tenth every 30.
//! let warm_up = LinearLr::new(0.2).start_factor(0.25).total_iters(4);
//! let mut schedule = SequentialLr::new(warm_up).then(4, StepLr::new(0.2, 30));
//! let rates: Vec<f64> = (0..40).map(|_| { let lr = schedule.lr(); schedule.step(); lr }).collect();
//! assert!((rates[0] - 0.05).abs() < 1e-12 && (rates[4] - 0.2).abs() < 1e-12 && (rates[34] - 0.02).abs() < 1e-12);
//! ```

mod compose;
mod cosine;
mod cycle;
mod decay;
mod one_cycle;
mod plateau;
mod warm_up;

pub use compose::{ChainedScheduler, SequentialLr};
pub use cosine::{CosineAnnealingLr, CosineAnnealingWarmRestarts};
pub use cycle::{CyclicLr, CyclicMode};
pub use decay::{ExponentialLr, LambdaLr, MultiStepLr, MultiplicativeLr, PolynomialLr, StepLr};
pub use one_cycle::{AnnealStrategy, OneCycleLr};
pub use plateau::{PlateauMode, ReduceLrOnPlateau, ThresholdMode};
pub use warm_up::{ConstantLr, LinearLr};

use std::fmt;

/// A learning rate that changes from step to step.
pub trait Schedule: Send {
    /// Goes on to the next epoch or batch.
    fn step(&mut self);

    /// The learning rate now.
    fn lr(&self) -> f64;

    /// The momentum, or Adam's first beta, now; `None` if the schedule leaves it alone.
    fn momentum(&self) -> Option<f64> {
        None
    }

    /// Whether all options are in range. If not, the rates mean nothing, but nothing panics either.
    fn validate(&self) -> Result<(), ScheduleError> {
        Ok(())
    }

    /// Goes on by many steps, to continue from a checkpoint.
    fn skip(&mut self, steps: u64) {
        (0..steps).for_each(|_| self.step());
    }
}

impl<S: Schedule + ?Sized> Schedule for Box<S> {
    fn step(&mut self) {
        (**self).step();
    }

    fn lr(&self) -> f64 {
        (**self).lr()
    }

    fn momentum(&self) -> Option<f64> {
        (**self).momentum()
    }

    fn validate(&self) -> Result<(), ScheduleError> {
        (**self).validate()
    }
}

/// An option of a schedule is out of range.
#[derive(Clone, Debug, PartialEq)]
pub struct ScheduleError {
    /// The schedule and its option, for example `LinearLr: start_factor`.
    pub option: &'static str,
    /// What it may be.
    pub range: &'static str,
    /// What it is.
    pub value: f64,
}

impl fmt::Display for ScheduleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} must be {}, but it is {}",
            self.option, self.range, self.value
        )
    }
}

impl std::error::Error for ScheduleError {}

/// An error unless `holds`.
fn require(
    holds: bool,
    option: &'static str,
    range: &'static str,
    value: f64,
) -> Result<(), ScheduleError> {
    if holds {
        Ok(())
    } else {
        Err(ScheduleError {
            option,
            range,
            value,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Schedule;

    /// The rates of a schedule, step by step.
    pub(super) fn check(mut schedule: impl Schedule, expected: &[f64]) {
        schedule.validate().unwrap();
        for (step, &expected) in expected.iter().enumerate() {
            let lr = schedule.lr();
            assert!(
                (lr - expected).abs() <= 1e-12 * expected.abs().max(1e-3),
                "step {step}: {lr}, not {expected}"
            );
            schedule.step();
        }
    }
}
