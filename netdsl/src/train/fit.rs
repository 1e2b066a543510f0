//! The training loop over a data set, and how good a network is on one.

use crate::data::{Dataset, Samples};
use crate::network::Network;
use crate::train::optimizer::Rule;
use crate::train::schedule::Schedule;
use crate::train::{Loss, Trainer};
use crate::{Element, Error};
use std::io::{IsTerminal, Write};
use std::time::Instant;

/// How a data set is gone through: `Fit::new(5).batch_size(64)`.
///
/// Several inputs of a network, and several targets of a loss, are tuples in the data set:
///
/// ```
/// use ndarray::{Array1, Array2};
/// use netdsl::data::Dataset;
/// use netdsl::prelude::*;
/// use netdsl::train::{Adam, CrossEntropyLoss, Fit, Trainer, accuracy};
///
/// network! {
///     /// Which of two is the greater?
///     struct Greater { fc: Linear<_, 2> }
///
///     fn forward(a: [1], b: [1]) -> [2] { fc(cat([a, b], 1)) }
/// }
///
/// let a = Array2::from_shape_fn((100, 1), |(i, _)| (i as f32).sin());
/// let b = Array2::from_shape_fn((100, 1), |(i, _)| (i as f32).cos());
/// let greater = Array1::from_shape_fn(100, |i| f32::from(u8::from(a[[i, 0]] > b[[i, 0]])));
/// let data = Dataset::new((a, b), greater)?;
/// let mut net = network!(Greater)?;
/// let mut trainer = Trainer::new(CrossEntropyLoss::default(), Adam::new(0.1))?;
/// Fit::new(30).run(&mut trainer, &mut net, &data)?;
/// assert!(accuracy(&net, &data)? > 0.9);
/// # Ok::<(), netdsl::Error>(())
/// ```
pub struct Fit {
    epochs: usize,
    batch_size: usize,
    seed: Option<u64>,
    schedule: Option<Box<dyn Schedule>>,
    per_batch: bool,
    quiet: bool,
    completed: usize,
    accumulate: usize,
}

/// What an epoch came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Epoch {
    /// Counted from 1.
    pub number: usize,
    /// The mean of the losses of its batches, weighted by their sizes.
    pub loss: f64,
    /// Seconds.
    pub seconds: f64,
}

impl Fit {
    /// Goes through the data so many times, in batches of 32, shuffled each time.
    pub fn new(epochs: usize) -> Self {
        Self {
            epochs,
            batch_size: 32,
            seed: Some(0),
            schedule: None,
            per_batch: false,
            quiet: false,
            completed: 0,
            accumulate: 1,
        }
    }

    /// Samples a batch.
    #[must_use]
    pub fn batch_size(mut self, samples: usize) -> Self {
        self.batch_size = samples;
        self
    }

    /// The seed of the shuffling.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Keeps the order of the data.
    #[must_use]
    pub fn in_order(mut self) -> Self {
        self.seed = None;
        self
    }

    /// Sets the rate by a schedule that steps after each epoch.
    #[must_use]
    pub fn schedule(mut self, schedule: impl Schedule + 'static) -> Self {
        self.schedule = Some(Box::new(schedule));
        self
    }

    /// Sets the rate by a schedule that steps after each batch, such as `OneCycleLr`.
    #[must_use]
    pub fn schedule_per_batch(mut self, schedule: impl Schedule + 'static) -> Self {
        self.per_batch = true;
        self.schedule(schedule)
    }

    /// So many of the epochs are done already, by a trainer whose [checkpoint](Trainer::save) was loaded: goes on with
    /// the next, as to the order of the data and the schedule, too.
    #[must_use]
    pub fn completed(mut self, epochs: usize) -> Self {
        self.completed = epochs;
        self
    }

    /// Updates after so many batches, by the mean of their gradients ([`Trainer::accumulate`]), and at the end of an
    /// epoch. A schedule per batch then steps after each update.
    #[must_use]
    pub fn accumulate(mut self, batches: usize) -> Self {
        self.accumulate = batches.max(1);
        self
    }

    /// Shows nothing, even on a terminal.
    #[must_use]
    pub fn quiet(mut self) -> Self {
        self.quiet = true;
        self
    }

    /// Trains a network on a data set, which has as many inputs as the network and as many targets as the loss.
    ///
    /// # Errors
    /// If a size or an option does not fit.
    pub fn run<N, L, R, E, I, T>(
        self,
        trainer: &mut Trainer<L, R, E>,
        network: &mut N,
        data: &Dataset<E, I, T>,
    ) -> Result<Vec<Epoch>, Error>
    where
        N: Network<E>,
        L: Loss,
        R: Rule,
        E: Element,
        I: Samples<E>,
        T: Samples<E>,
    {
        self.run_with(trainer, network, data, |_, _, _| Ok(()))
    }

    /// As [`Self::run`], calling a function after each epoch: to measure, to print, to save both, to set a rate.
    ///
    /// # Errors
    /// As [`Self::run`]; an error of the function ends the training.
    pub fn run_with<N, L, R, E, I, T>(
        self,
        trainer: &mut Trainer<L, R, E>,
        network: &mut N,
        data: &Dataset<E, I, T>,
        mut after_epoch: impl FnMut(&Epoch, &mut Trainer<L, R, E>, &mut N) -> Result<(), Error>,
    ) -> Result<Vec<Epoch>, Error>
    where
        N: Network<E>,
        L: Loss,
        R: Rule,
        E: Element,
        I: Samples<E>,
        T: Samples<E>,
    {
        let Self {
            epochs,
            batch_size,
            seed,
            mut schedule,
            per_batch,
            quiet,
            completed,
            accumulate,
        } = self;
        check_arrays(
            &format!("`{}` has", N::NAME),
            N::INPUTS,
            "input",
            data.inputs(),
        )?;
        check_arrays(
            "the loss takes",
            trainer.loss().targets(),
            "target",
            data.targets(),
        )?;
        if data.is_empty() {
            return Err(Error::Invalid(
                "the data set has no samples to train on".to_owned(),
            ));
        }
        if let Some(schedule) = &mut schedule {
            schedule
                .validate()
                .map_err(|error| Error::Invalid(error.to_string()))?;
            let updates = data.batches(batch_size)?.len().div_ceil(accumulate);
            let steps = completed * if per_batch { updates } else { 1 };
            schedule.skip(steps as u64);
            follow(trainer, schedule.as_ref());
        }
        let mut history = Vec::with_capacity(epochs.saturating_sub(completed));
        let (mut x, mut y) = (I::default(), T::default());
        for number in completed + 1..=epochs {
            let mut batches = data.batches(batch_size)?;
            if let Some(seed) = seed {
                batches = batches.shuffled(seed.wrapping_add(number as u64));
            }
            let mut progress = Progress::new(number, epochs, data.len(), quiet);
            let (mut total, mut seen) = (0.0, 0usize);
            let mut waiting = 0;
            while batches.next_into(&mut x, &mut y) {
                waiting += 1;
                let last = waiting == accumulate || batches.len() == 0;
                let loss = x.with(|inputs| {
                    y.with(|targets| match last {
                        true => trainer.step_on(network, inputs, targets),
                        false => trainer.accumulate_on(network, inputs, targets),
                    })
                })?;
                if last {
                    waiting = 0;
                }
                total += loss.to_f64() * x.rows() as f64;
                seen += x.rows();
                progress.show(seen, total / seen as f64);
                if let (Some(schedule), true) = (&mut schedule, per_batch && last) {
                    schedule.step();
                    follow(trainer, schedule.as_ref());
                }
            }
            if let (Some(schedule), false) = (&mut schedule, per_batch) {
                schedule.step();
                follow(trainer, schedule.as_ref());
            }
            let epoch = progress.end(total / seen.max(1) as f64);
            after_epoch(&epoch, trainer, network)?;
            history.push(epoch);
        }
        Ok(history)
    }
}

/// A data set has as many inputs as the network, and as many targets as the loss.
fn check_arrays<E: Element>(
    who: &str,
    wanted: usize,
    what: &str,
    given: &impl Samples<E>,
) -> Result<(), Error> {
    let given = given.with(|arrays| arrays.len());
    if given == wanted {
        return Ok(());
    }
    let plural = if wanted == 1 { "" } else { "s" };
    let written = match wanted {
        0 => "`()`".to_owned(),
        1 => "an array".to_owned(),
        _ => format!("a tuple of {wanted} arrays"),
    };
    Err(Error::Invalid(format!(
        "{who} {wanted} {what}{plural}, but the data set has {given}\n  = help: give `Dataset::new` {written} as {what}s"
    )))
}

fn follow<L: Loss, R: Rule, E: Element>(trainer: &mut Trainer<L, R, E>, schedule: &dyn Schedule) {
    trainer.optimizer_mut().set_lr(schedule.lr());
    if let Some(momentum) = schedule.momentum() {
        trainer.optimizer_mut().set_momentum(momentum);
    }
}

/// The share of samples whose greatest output is at the index that the target says: outputs `[batch, classes]`, targets
/// `[batch]`. Of equal outputs the first one counts, and a sample with NaN among its outputs is never right.
///
/// # Errors
/// If a size does not fit, or a target is not one of the classes.
pub fn accuracy<N: Network<E>, E: Element, I: Samples<E>>(
    network: &N,
    data: &Dataset<E, I>,
) -> Result<f64, Error> {
    let mut right = 0;
    for (x, y) in data.batches(256)? {
        let outputs = x.with(|inputs| {
            let views: Vec<_> = inputs.iter().map(|input| input.array()).collect();
            network.run(&views)
        })?;
        let Some(scores) = outputs.first() else {
            continue;
        };
        if scores.ndim() != 2 || y.shape() != &scores.shape()[..1] {
            return Err(Error::Invalid(format!(
                "`accuracy` takes outputs [batch, classes] and as targets [batch] the indices of classes, but the outputs \
                 are {:?} and the targets {:?}",
                scores.shape(),
                y.shape()
            )));
        }
        let classes = scores.shape()[1];
        for (row, target) in scores.outer_iter().zip(&y) {
            let target = target.to_f64();
            if !(target.fract() == 0.0 && (0.0..classes as f64).contains(&target)) {
                return Err(Error::Invalid(format!(
                    "`accuracy` takes as targets the indices of {classes} classes, but one is {target}"
                )));
            }
            right += usize::from(argmax(row.iter()) == Some(target as usize));
        }
    }
    Ok(right as f64 / data.len().max(1) as f64)
}

/// The index of the first one of the greatest; none where there is NaN.
fn argmax<'a, E: Element>(values: impl Iterator<Item = &'a E>) -> Option<usize> {
    let mut best = None;
    for (index, &value) in values.enumerate() {
        if value.is_nan() {
            return None;
        }
        if best.is_none_or(|(_, greatest)| value > greatest) {
            best = Some((index, value));
        }
    }
    best.map(|(index, _)| index)
}

/// A bar on a terminal, nothing elsewhere.
struct Progress {
    number: usize,
    epochs: usize,
    samples: usize,
    visible: bool,
    begin: Instant,
    shown: Option<Instant>,
}

impl Progress {
    fn new(number: usize, epochs: usize, samples: usize, quiet: bool) -> Self {
        let visible = !quiet && std::io::stderr().is_terminal();
        Self {
            number,
            epochs,
            samples,
            visible,
            begin: Instant::now(),
            shown: None,
        }
    }

    fn show(&mut self, seen: usize, loss: f64) {
        let fresh = self
            .shown
            .is_some_and(|shown| shown.elapsed().as_millis() < 50);
        if !self.visible || (fresh && seen < self.samples) {
            return;
        }
        self.shown = Some(Instant::now());
        let filled = seen * 30 / self.samples.max(1);
        let bar: String = (0..30)
            .map(|i| if i < filled { '█' } else { '░' })
            .collect();
        let mut out = std::io::stderr().lock();
        let _ = write!(
            out,
            "\repoch {}/{} {bar} {seen}/{} loss {loss:.4}",
            self.number, self.epochs, self.samples
        );
        let _ = out.flush();
    }

    fn end(self, loss: f64) -> Epoch {
        let seconds = self.begin.elapsed().as_secs_f64();
        if self.visible {
            let _ = writeln!(std::io::stderr(), "  {seconds:.1} s");
        }
        Epoch {
            number: self.number,
            loss,
            seconds,
        }
    }
}
