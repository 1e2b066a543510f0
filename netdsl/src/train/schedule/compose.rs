//! Schedules made of schedules.

use super::{Schedule, ScheduleError, require};

/// One schedule after another: at each milestone the next one starts, at its first rate.
#[doc(alias = "SequentialLR")]
pub struct SequentialLr {
    schedulers: Vec<Box<dyn Schedule>>,
    /// The step at which scheduler i + 1 takes over.
    milestones: Vec<u64>,
    epoch: u64,
}

impl SequentialLr {
    /// Starts with `first`.
    pub fn new(first: impl Schedule + 'static) -> Self {
        Self {
            schedulers: vec![Box::new(first)],
            milestones: Vec::new(),
            epoch: 0,
        }
    }
    /// Goes on with `next` from step `milestone` on.
    pub fn then(mut self, milestone: u64, next: impl Schedule + 'static) -> Self {
        self.schedulers.push(Box::new(next));
        self.milestones.push(milestone);
        self
    }

    fn current(&self) -> usize {
        // As many as there are milestones behind, and there is one schedule more than milestones.
        let behind = self
            .milestones
            .iter()
            .filter(|milestone| **milestone <= self.epoch);
        if self.epoch == 0 { 0 } else { behind.count() }
    }
}

impl Schedule for SequentialLr {
    fn step(&mut self) {
        self.epoch += 1;
        let current = self.current();
        let starts = current > 0 && self.milestones[current - 1] == self.epoch;
        if !starts {
            self.schedulers[current].step();
        }
    }

    fn lr(&self) -> f64 {
        self.schedulers[self.current()].lr()
    }

    fn momentum(&self) -> Option<f64> {
        self.schedulers[self.current()].momentum()
    }

    fn validate(&self) -> Result<(), ScheduleError> {
        let mut previous = 0;
        for &milestone in &self.milestones {
            let rises = milestone >= previous;
            require(
                rises,
                "SequentialLr: milestones",
                "in ascending order",
                milestone as f64,
            )?;
            previous = milestone;
        }
        self.schedulers.iter().try_for_each(Schedule::validate)
    }
}

/// Several schedules at once: the product of their rates. Give one the learning rate and the others, as factors, 1.
///
/// ```
/// use netdsl::train::schedule::{ChainedScheduler, ConstantLr, ExponentialLr, Schedule};
/// let warm_up = ConstantLr::new(1.0).factor(0.1).total_iters(20);
/// let mut schedule = ChainedScheduler::new(ExponentialLr::new(0.05, 0.9)).with(warm_up);
/// schedule.skip(20);
/// assert!((schedule.lr() - 0.05 * 0.9f64.powi(20)).abs() < 1e-12);
/// ```
pub struct ChainedScheduler {
    schedulers: Vec<Box<dyn Schedule>>,
}

impl ChainedScheduler {
    /// Starts with one.
    pub fn new(first: impl Schedule + 'static) -> Self {
        Self {
            schedulers: vec![Box::new(first)],
        }
    }
    /// Adds another.
    pub fn with(mut self, next: impl Schedule + 'static) -> Self {
        self.schedulers.push(Box::new(next));
        self
    }
}

impl Schedule for ChainedScheduler {
    fn step(&mut self) {
        self.schedulers.iter_mut().for_each(Schedule::step);
    }

    fn lr(&self) -> f64 {
        self.schedulers.iter().map(Schedule::lr).product()
    }

    /// The last one's that has any.
    fn momentum(&self) -> Option<f64> {
        self.schedulers.iter().rev().find_map(Schedule::momentum)
    }

    fn validate(&self) -> Result<(), ScheduleError> {
        self.schedulers.iter().try_for_each(Schedule::validate)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::super::{ConstantLr, ExponentialLr, OneCycleLr, StepLr};
    use super::*;

    #[test]
    fn by_hand() {
        let sequence = || {
            SequentialLr::new(ExponentialLr::new(1.0, 0.5)).then(2, StepLr::new(4.0, 1).gamma(0.5))
        };
        check(sequence(), &[1.0, 0.5, 4.0, 2.0, 1.0]);
        check(
            sequence().then(2, StepLr::new(3.0, 9)),
            &[1.0, 0.5, 3.0, 3.0],
        );
        let error = sequence()
            .then(1, StepLr::new(3.0, 9))
            .validate()
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "SequentialLr: milestones must be in ascending order, but it is 1"
        );
        assert!(SequentialLr::new(StepLr::new(0.1, 0)).validate().is_err());
    }

    #[test]
    fn chains_multiply() {
        let warm_up = ConstantLr::new(1.0).factor(0.1).total_iters(2);
        check(
            ChainedScheduler::new(ExponentialLr::new(1.0, 0.5)).with(warm_up),
            &[0.1, 0.05, 0.25],
        );
        let chain =
            ChainedScheduler::new(OneCycleLr::new(1.0, 10)).with(ExponentialLr::new(1.0, 0.5));
        assert!((chain.momentum().unwrap() - 0.95).abs() < 1e-12);
    }
}
