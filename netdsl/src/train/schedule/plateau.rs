//! Reducing the rate when a metric stops improving.

use crate::train::options::options;

use super::{ScheduleError, require};

/// Multiplies the rate by `factor` once a metric has not improved for more than `patience` steps. Not a
/// [`Schedule`](super::Schedule): its step wants the metric.
///
/// ```
/// use netdsl::train::schedule::ReduceLrOnPlateau;
/// let mut schedule = ReduceLrOnPlateau::new(0.1).factor(0.5).patience(1);
/// for loss in [1.0, 0.8, 0.8, 0.8] {
///     schedule.step(loss);
/// }
/// assert_eq!(schedule.lr(), 0.05);
/// ```
#[doc(alias = "ReduceLROnPlateau")]
#[derive(Clone, Debug, PartialEq)]
pub struct ReduceLrOnPlateau {
    lr: f64,
    mode: PlateauMode,
    factor: f64,
    patience: u64,
    threshold: f64,
    threshold_mode: ThresholdMode,
    cooldown: u64,
    min_lr: f64,
    eps: f64,
    best: Option<f64>,
    bad_epochs: u64,
    cooling: u64,
}

/// Which metrics are better.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PlateauMode {
    /// Smaller ones: a loss.
    #[default]
    Min,
    /// Greater ones: an accuracy.
    Max,
}

/// What the threshold of an improvement is measured in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ThresholdMode {
    /// The best metric so far.
    #[default]
    Rel,
    /// The metric's own unit.
    Abs,
}

impl ReduceLrOnPlateau {
    /// Starts at `lr`, with PyTorch's defaults.
    pub const fn new(lr: f64) -> Self {
        Self {
            lr,
            mode: PlateauMode::Min,
            factor: 0.1,
            patience: 10,
            threshold: 1e-4,
            threshold_mode: ThresholdMode::Rel,
            cooldown: 0,
            min_lr: 0.0,
            eps: 1e-8,
            best: None,
            bad_epochs: 0,
            cooling: 0,
        }
    }

    options! {
        /// Which metrics are better; smaller ones by default.
        mode: PlateauMode,
        /// The factor, below 1; 0.1 by default.
        factor: f64,
        /// Steps without improvement that are borne; 10 by default.
        patience: u64,
        /// The least improvement; 1e-4 by default.
        threshold: f64,
        /// What the threshold is measured in; the best metric by default.
        threshold_mode: ThresholdMode,
        /// Steps after a reduction in which none is counted as bad; 0 by default.
        cooldown: u64,
        /// The least rate; 0 by default.
        min_lr: f64,
        /// Reductions by less are not made; 1e-8 by default.
        eps: f64,
    }

    /// Takes note of the metric after an epoch.
    pub fn step(&mut self, metric: f64) {
        if self.is_better(metric) {
            self.best = Some(metric);
            self.bad_epochs = 0;
        } else {
            self.bad_epochs += 1;
        }
        if self.cooling > 0 {
            self.cooling -= 1;
            self.bad_epochs = 0;
        }
        if self.bad_epochs > self.patience {
            let reduced = (self.lr * self.factor).max(self.min_lr);
            if self.lr - reduced > self.eps {
                self.lr = reduced;
            }
            self.cooling = self.cooldown;
            self.bad_epochs = 0;
        }
    }

    /// The learning rate now.
    pub fn lr(&self) -> f64 {
        self.lr
    }

    /// The best metric so far.
    pub fn best(&self) -> Option<f64> {
        self.best
    }

    /// Whether all options are in range.
    pub fn validate(&self) -> Result<(), ScheduleError> {
        require(
            self.factor < 1.0,
            "ReduceLrOnPlateau: factor",
            "below 1",
            self.factor,
        )
    }

    fn is_better(&self, metric: f64) -> bool {
        let worst = match self.mode {
            PlateauMode::Min => f64::INFINITY,
            PlateauMode::Max => f64::NEG_INFINITY,
        };
        let best = self.best.unwrap_or(worst);
        match (self.mode, self.threshold_mode) {
            (PlateauMode::Min, ThresholdMode::Rel) => metric < best * (1.0 - self.threshold),
            (PlateauMode::Min, ThresholdMode::Abs) => metric < best - self.threshold,
            (PlateauMode::Max, ThresholdMode::Rel) => metric > best * (1.0 + self.threshold),
            (PlateauMode::Max, ThresholdMode::Abs) => metric > best + self.threshold,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(mut schedule: ReduceLrOnPlateau, metrics: &[f64]) -> Vec<f64> {
        let rate = |&metric| {
            schedule.step(metric);
            schedule.lr()
        };
        metrics.iter().map(rate).collect()
    }

    #[test]
    fn by_hand() {
        let schedule = ReduceLrOnPlateau::new(1.0).factor(0.5).patience(0);
        assert_eq!(rates(schedule.clone(), &[1.0; 4]), [1.0, 0.5, 0.25, 0.125]);
        assert_eq!(
            rates(schedule.clone().cooldown(1), &[1.0; 6]),
            [1.0, 0.5, 0.5, 0.25, 0.25, 0.125]
        );
        assert_eq!(
            rates(schedule.clone().min_lr(0.4), &[1.0; 4]),
            [1.0, 0.5, 0.4, 0.4]
        );
        let absolute = schedule
            .clone()
            .threshold_mode(ThresholdMode::Abs)
            .threshold(0.5);
        assert_eq!(rates(absolute.clone(), &[4.0, 3.6, 3.4]), [1.0, 0.5, 0.5]);
        assert_eq!(
            rates(absolute.mode(PlateauMode::Max), &[4.0, 4.4, 4.6]),
            [1.0, 0.5, 0.5]
        );
        // A metric that is no number is never an improvement.
        assert_eq!(rates(schedule.clone(), &[f64::NAN, 1.0]), [0.5, 0.5]);
        assert!(schedule.factor(1.0).validate().is_err());
    }
}
