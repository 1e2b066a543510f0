//! Cosine annealing, with and without restarts (Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm
//! restarts", 2016).

use std::f64::consts::PI;

use crate::train::options::options;

use super::{Schedule, ScheduleError, require};

/// eta_min + (lr − eta_min) · (1 + cos(π · t / t_max)) / 2 at step t, computed from the rate before as PyTorch does: past
/// t_max the rate rises again.
#[doc(alias = "CosineAnnealingLR")]
#[derive(Clone, Debug, PartialEq)]
pub struct CosineAnnealingLr {
    base: f64,
    lr: f64,
    t_max: u64,
    eta_min: f64,
    epoch: u64,
}

impl CosineAnnealingLr {
    /// From `lr` to 0 in `t_max` steps.
    #[doc(alias = "T_max")]
    pub const fn new(lr: f64, t_max: u64) -> Self {
        Self {
            base: lr,
            lr,
            t_max,
            eta_min: 0.0,
            epoch: 0,
        }
    }

    options! {
        /// The least rate; 0 by default.
        eta_min: f64,
    }
}

impl Schedule for CosineAnnealingLr {
    fn step(&mut self) {
        self.epoch += 1;
        if self.t_max == 0 {
            return;
        }
        let t_max = self.t_max as f64;
        if (self.epoch - 1) % (2 * self.t_max) == self.t_max {
            // The rate before is eta_min, from which no factor leads away.
            self.lr += (self.base - self.eta_min) * (1.0 - (PI / t_max).cos()) / 2.0;
        } else {
            let height = |epoch: u64| 1.0 + (PI * epoch as f64 / t_max).cos();
            let ratio = height(self.epoch) / height(self.epoch - 1);
            self.lr = ratio * (self.lr - self.eta_min) + self.eta_min;
        }
    }

    fn lr(&self) -> f64 {
        self.lr
    }

    fn validate(&self) -> Result<(), ScheduleError> {
        require(self.t_max > 0, "CosineAnnealingLr: t_max", "1 or more", 0.0)
    }
}

/// Cosine annealing that restarts after t_0 steps, then after t_0 · t_mult more, t_0 · t_mult², …:
/// eta_min + (lr − eta_min) · (1 + cos(π · t_cur / t_i)) / 2, t_cur steps after a restart in a period of t_i.
#[derive(Clone, Debug, PartialEq)]
pub struct CosineAnnealingWarmRestarts {
    lr: f64,
    t_0: u64,
    t_mult: u64,
    eta_min: f64,
    t_cur: f64,
    /// The period, 0 before the first step.
    t_i: f64,
}

impl CosineAnnealingWarmRestarts {
    /// From `lr` to 0 again and again, every `t_0` steps.
    #[doc(alias = "T_0")]
    pub const fn new(lr: f64, t_0: u64) -> Self {
        Self {
            lr,
            t_0,
            t_mult: 1,
            eta_min: 0.0,
            t_cur: 0.0,
            t_i: t_0 as f64,
        }
    }
    /// The factor by which periods grow; 1 by default.
    #[doc(alias = "T_mult")]
    pub const fn t_mult(self, t_mult: u64) -> Self {
        Self { t_mult, ..self }
    }

    options! {
        /// The least rate; 0 by default.
        eta_min: f64,
    }

    /// Goes to any time, in epochs that need not be whole: PyTorch's `step(epoch)`, for a rate that changes within an epoch.
    pub fn step_to(&mut self, epoch: f64) {
        let (first, mult) = (self.t_0 as f64, self.t_mult as f64);
        (self.t_cur, self.t_i) = (epoch, first);
        if self.t_mult <= 1 && self.t_0 > 0 {
            self.t_cur = epoch % first;
        }
        // Periods are subtracted one by one; a logarithm would miss a restart by its rounding.
        while self.t_mult > 1 && self.t_0 > 0 && self.t_cur >= self.t_i {
            self.t_cur -= self.t_i;
            self.t_i *= mult;
        }
    }
}

impl Schedule for CosineAnnealingWarmRestarts {
    fn step(&mut self) {
        self.t_cur += 1.0;
        if self.t_cur >= self.t_i {
            self.t_cur -= self.t_i;
            self.t_i *= self.t_mult as f64;
        }
    }

    fn lr(&self) -> f64 {
        self.eta_min + (self.lr - self.eta_min) * (1.0 + (PI * self.t_cur / self.t_i).cos()) / 2.0
    }

    fn validate(&self) -> Result<(), ScheduleError> {
        require(
            self.t_0 > 0,
            "CosineAnnealingWarmRestarts: t_0",
            "1 or more",
            0.0,
        )?;
        require(
            self.t_mult > 0,
            "CosineAnnealingWarmRestarts: t_mult",
            "1 or more",
            0.0,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::*;

    #[test]
    fn restarts_by_hand() {
        let half = 0.5;
        check(
            CosineAnnealingWarmRestarts::new(1.0, 2).t_mult(2),
            &[
                1.0,
                half,
                1.0,
                (1.0 + half.sqrt()) / 2.0,
                half,
                (1.0 - half.sqrt()) / 2.0,
                1.0,
            ],
        );
        check(
            CosineAnnealingWarmRestarts::new(1.0, 2).eta_min(0.5),
            &[1.0, 0.75, 1.0, 0.75],
        );
        check(CosineAnnealingWarmRestarts::new(1.0, 1), &[1.0, 1.0]);
    }

    #[test]
    fn any_time_is_the_same_as_steps_to_it() {
        for t_mult in 1..4 {
            let mut steps = CosineAnnealingWarmRestarts::new(0.1, 3).t_mult(t_mult);
            let mut jumps = steps.clone();
            for epoch in 0..60 {
                jumps.step_to(f64::from(epoch));
                assert_eq!(steps, jumps, "{epoch}");
                steps.step();
            }
        }
        let mut between = CosineAnnealingWarmRestarts::new(1.0, 10);
        between.step_to(12.5);
        assert!((between.lr() - (1.0 + 0.5f64.sqrt()) / 2.0).abs() < 1e-12);
    }
}
