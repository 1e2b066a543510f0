//! The 1cycle policy.

use std::f64::consts::PI;

use crate::train::options::options;

use super::{Schedule, ScheduleError, require};

/// Up from max_lr / div_factor to max_lr and down to almost nothing, momentum the other way round (Smith and Topin,
/// "Super-convergence: very fast training of neural networks using large learning rates", 2017). A step is a batch; past
/// the last, rate and momentum stay.
#[doc(alias = "OneCycleLR")]
#[derive(Clone, Debug, PartialEq)]
pub struct OneCycleLr {
    max_lr: f64,
    total_steps: u64,
    pct_start: f64,
    anneal_strategy: AnnealStrategy,
    cycle_momentum: bool,
    base_momentum: f64,
    max_momentum: f64,
    div_factor: f64,
    final_div_factor: f64,
    three_phase: bool,
    epoch: u64,
}

/// The way from one value to the next in [`OneCycleLr`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AnnealStrategy {
    /// Half a cosine.
    #[default]
    Cos,
    /// A straight line.
    Linear,
}

impl OneCycleLr {
    /// PyTorch's defaults.
    pub const fn new(max_lr: f64, total_steps: u64) -> Self {
        Self {
            max_lr,
            total_steps,
            pct_start: 0.3,
            anneal_strategy: AnnealStrategy::Cos,
            cycle_momentum: true,
            base_momentum: 0.85,
            max_momentum: 0.95,
            div_factor: 25.0,
            final_div_factor: 1e4,
            three_phase: false,
            epoch: 0,
        }
    }

    options! {
        /// The share of steps that go up; 0.3 by default.
        pct_start: f64,
        /// The way between values; cosine by default.
        anneal_strategy: AnnealStrategy,
        /// Whether momentum moves too; it does by default.
        cycle_momentum: bool,
        /// The least momentum, at the highest rate; 0.85 by default.
        base_momentum: f64,
        /// The greatest momentum; 0.95 by default.
        max_momentum: f64,
        /// max_lr divided by the first rate; 25 by default.
        div_factor: f64,
        /// The first rate divided by the last; 10⁴ by default.
        final_div_factor: f64,
        /// Whether the way down stops at the first rate after as many steps as the way up took; off by default.
        three_phase: bool,
    }

    /// Rate and momentum now.
    fn values(&self) -> (f64, f64) {
        let (top, low) = (self.max_lr, self.max_lr / self.div_factor);
        let bottom = low / self.final_div_factor;
        let (heavy, light) = (self.max_momentum, self.base_momentum);
        let steps = self.total_steps as f64;
        let (peak, end) = (self.pct_start * steps - 1.0, steps - 1.0);
        let back = 2.0 * self.pct_start * steps - 2.0;
        // (last step, rate from, to, momentum from, to) of every phase.
        let up = (peak, low, top, heavy, light);
        let three = [
            up,
            (back, top, low, light, heavy),
            (end, low, bottom, heavy, heavy),
        ];
        let two = [up, (end, top, bottom, light, heavy)];
        let phases: &[_] = if self.three_phase { &three } else { &two };

        let step = self.epoch as f64;
        let last = phases.len() - 1;
        let phase = phases[..last]
            .iter()
            .position(|phase| step <= phase.0)
            .unwrap_or(last);
        let (end, lr_from, lr_to, momentum_from, momentum_to) = phases[phase];
        let start = if phase == 0 { 0.0 } else { phases[phase - 1].0 };
        let pct = if end > start {
            ((step - start) / (end - start)).min(1.0)
        } else {
            1.0
        };
        (
            self.anneal(lr_from, lr_to, pct),
            self.anneal(momentum_from, momentum_to, pct),
        )
    }

    fn anneal(&self, start: f64, end: f64, pct: f64) -> f64 {
        match self.anneal_strategy {
            AnnealStrategy::Cos => end + (start - end) / 2.0 * ((PI * pct).cos() + 1.0),
            AnnealStrategy::Linear => (end - start) * pct + start,
        }
    }
}

impl Schedule for OneCycleLr {
    fn step(&mut self) {
        self.epoch += 1;
    }

    fn lr(&self) -> f64 {
        self.values().0
    }

    fn momentum(&self) -> Option<f64> {
        self.cycle_momentum.then(|| self.values().1)
    }

    fn validate(&self) -> Result<(), ScheduleError> {
        let pct_start = self.pct_start;
        require(
            self.total_steps > 0,
            "OneCycleLr: total_steps",
            "1 or more",
            0.0,
        )?;
        require(
            (0.0..=1.0).contains(&pct_start),
            "OneCycleLr: pct_start",
            "between 0 and 1",
            pct_start,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::check;
    use super::*;

    #[test]
    fn linear_phases_by_hand() {
        // Example of PyTorch's own tests: 10 steps, peak 25, from 1 to 0.5.
        let schedule = OneCycleLr::new(25.0, 10)
            .final_div_factor(2.0)
            .anneal_strategy(AnnealStrategy::Linear);
        check(
            schedule,
            &[1.0, 13.0, 25.0, 21.5, 18.0, 14.5, 11.0, 7.5, 4.0, 0.5, 0.5],
        );
        let three = OneCycleLr::new(25.0, 10)
            .div_factor(25.0)
            .three_phase(true)
            .final_div_factor(10.0);
        let three = three.pct_start(0.4).anneal_strategy(AnnealStrategy::Linear);
        check(
            three.clone(),
            &[1.0, 9.0, 17.0, 25.0, 17.0, 9.0, 1.0, 0.7, 0.4, 0.1],
        );
        let momenta: Vec<f64> = (0..10)
            .map(|t| {
                let mut s = three.clone();
                s.skip(t);
                s.momentum().unwrap()
            })
            .collect();
        assert!(
            (momenta[3] - 0.85).abs() < 1e-12
                && (momenta[6] - 0.95).abs() < 1e-12
                && momenta[9] == 0.95
        );
        assert_eq!(three.cycle_momentum(false).momentum(), None);
    }
}
