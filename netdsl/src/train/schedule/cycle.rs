//! Cyclical learning rates.

use crate::train::options::options;

use super::{Schedule, ScheduleError, require};

/// Up from base_lr to max_lr in step_size_up steps and down again in step_size_down, momentum the other way round (Smith,
/// "Cyclical learning rates for training neural networks", 2015). A step is a batch.
#[doc(alias = "CyclicLR")]
#[derive(Clone, Debug, PartialEq)]
pub struct CyclicLr {
    base_lr: f64,
    max_lr: f64,
    step_size_up: u64,
    step_size_down: Option<u64>,
    mode: CyclicMode,
    gamma: f64,
    cycle_momentum: bool,
    base_momentum: f64,
    max_momentum: f64,
    epoch: u64,
}

/// How the height of cycles changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CyclicMode {
    /// Not at all.
    #[default]
    Triangular,
    /// It halves with every cycle.
    Triangular2,
    /// It is multiplied by gamma at every step.
    ExpRange,
}

impl CyclicLr {
    /// PyTorch's defaults.
    pub const fn new(base_lr: f64, max_lr: f64) -> Self {
        Self {
            base_lr,
            max_lr,
            step_size_up: 2000,
            step_size_down: None,
            mode: CyclicMode::Triangular,
            gamma: 1.0,
            cycle_momentum: true,
            base_momentum: 0.8,
            max_momentum: 0.9,
            epoch: 0,
        }
    }

    options! {
        /// Steps up; 2000 by default.
        step_size_up: u64,
        /// How the height of cycles changes; not at all by default.
        mode: CyclicMode,
        /// The factor of [`CyclicMode::ExpRange`]; 1 by default.
        gamma: f64,
        /// Whether momentum moves too; it does by default.
        cycle_momentum: bool,
        /// The least momentum, at the highest rate; 0.8 by default.
        base_momentum: f64,
        /// The greatest momentum; 0.9 by default.
        max_momentum: f64,
    }

    /// Steps down; as many as up by default.
    pub const fn step_size_down(self, step_size_down: u64) -> Self {
        Self {
            step_size_down: Some(step_size_down),
            ..self
        }
    }

    /// Where between the bounds the rate is now: 0 at base_lr, 1 at max_lr.
    fn height(&self) -> f64 {
        let up = self.step_size_up as f64;
        let total = up + self.step_size_down.unwrap_or(self.step_size_up) as f64;
        let (ratio, cycles) = (up / total, self.epoch as f64 / total);
        let cycle = (1.0 + cycles).floor();
        let x = 1.0 + cycles - cycle;
        let height = if x <= ratio {
            x / ratio
        } else {
            (x - 1.0) / (ratio - 1.0)
        };
        match self.mode {
            CyclicMode::Triangular => height,
            CyclicMode::Triangular2 => height / (cycle - 1.0).exp2(),
            CyclicMode::ExpRange => height * self.gamma.powf(self.epoch as f64),
        }
    }
}

impl Schedule for CyclicLr {
    fn step(&mut self) {
        self.epoch += 1;
    }

    fn lr(&self) -> f64 {
        self.base_lr + (self.max_lr - self.base_lr) * self.height()
    }

    fn momentum(&self) -> Option<f64> {
        let momentum = self.max_momentum - (self.max_momentum - self.base_momentum) * self.height();
        self.cycle_momentum.then_some(momentum)
    }

    fn validate(&self) -> Result<(), ScheduleError> {
        require(
            self.step_size_up > 0,
            "CyclicLr: step_size_up",
            "1 or more",
            0.0,
        )?;
        require(
            self.step_size_down != Some(0),
            "CyclicLr: step_size_down",
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
    fn modes_by_hand() {
        let cycle = CyclicLr::new(1.0, 5.0).step_size_up(4);
        check(
            cycle.clone(),
            &[1.0, 2.0, 3.0, 4.0, 5.0, 4.0, 3.0, 2.0, 1.0, 2.0],
        );
        let halving = cycle.clone().mode(CyclicMode::Triangular2);
        check(
            halving,
            &[
                1.0, 2.0, 3.0, 4.0, 5.0, 4.0, 3.0, 2.0, 1.0, 1.5, 2.0, 2.5, 3.0,
            ],
        );
        let shrinking = cycle.clone().mode(CyclicMode::ExpRange).gamma(0.5);
        check(shrinking, &[1.0, 1.5, 1.5, 1.375, 1.25]);
        check(
            cycle.step_size_down(2),
            &[1.0, 2.0, 3.0, 4.0, 5.0, 3.0, 1.0],
        );
        let mut top = CyclicLr::new(0.1, 0.2).step_size_up(1);
        assert_eq!(top.momentum(), Some(0.9));
        top.step();
        assert!((top.momentum().unwrap() - 0.8).abs() < 1e-12);
        assert_eq!(top.cycle_momentum(false).momentum(), None);
    }
}
