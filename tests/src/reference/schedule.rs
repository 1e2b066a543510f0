//! Schedules: the rate after each step.

use super::manifest::{Case, float, number, numbers};
use netdsl::train::schedule::{
    AnnealStrategy, ChainedScheduler, ConstantLr, CosineAnnealingLr, CosineAnnealingWarmRestarts,
    CyclicLr, CyclicMode, ExponentialLr, LinearLr, MultiStepLr, OneCycleLr, PlateauMode,
    PolynomialLr, ReduceLrOnPlateau, Schedule, SequentialLr, StepLr, ThresholdMode,
};
use serde_json::Value;

/// The relative difference allowed.
const TOLERANCE: f64 = 1e-9;

/// Runs a case.
pub fn run(case: &Case<'_>) -> Result<Vec<String>, String> {
    let (class, initial) = (case.text("class")?, number(case.value, "initial_lr")?);
    let options = Options {
        value: &case.value["kwargs"],
    };
    let (rates, momenta) = if class == "ReduceLROnPlateau" {
        (plateau(case, initial, options)?, Vec::new())
    } else {
        let mut schedule = build(class, initial, options)?;
        schedule.validate().map_err(|error| error.to_string())?;
        let count = case.value["steps"].as_u64().ok_or("no number of steps")?;
        let values = (0..=count).map(|_| {
            let now = (schedule.lr(), schedule.momentum());
            schedule.step();
            now
        });
        values.unzip()
    };
    let mut differences: Vec<String> = compare("lr", &rates, &numbers(case.value, "lr")?)
        .into_iter()
        .collect();
    if case.value["momentum"].is_array() {
        // A schedule that leaves the momentum alone leaves it as it was.
        let untouched = float(&case.value["initial_momentum"]);
        let momenta: Vec<f64> = momenta
            .into_iter()
            .filter_map(|momentum| momentum.or(untouched))
            .collect();
        differences.extend(compare(
            "momentum",
            &momenta,
            &numbers(case.value, "momentum")?,
        ));
    }
    Ok(differences)
}

fn compare(what: &str, found: &[f64], wanted: &[f64]) -> Option<String> {
    if found.len() != wanted.len() {
        return Some(format!(
            "{what} has {} entries, not {}",
            found.len(),
            wanted.len()
        ));
    }
    let far = |(found, wanted): (&f64, &f64)| {
        // NaN counts as far.
        let near = (found - wanted).abs() <= TOLERANCE * wanted.abs().max(1e-12);
        !near
    };
    let step = found.iter().zip(wanted).position(far)?;
    Some(format!(
        "{what} at step {step} is {}, not {}",
        found[step], wanted[step]
    ))
}

/// Arguments by name.
#[derive(Clone, Copy)]
struct Options<'a> {
    value: &'a Value,
}

impl Options<'_> {
    /// An option that may be left out; a value of another type is a mistake.
    fn read_or<T>(
        self,
        key: &str,
        default: T,
        read: impl Fn(&Value) -> Option<T>,
    ) -> Result<T, String> {
        match &self.value[key] {
            Value::Null => Ok(default),
            value => read(value).ok_or_else(|| format!("{key} = {value} cannot be given")),
        }
    }

    fn or(self, key: &str, default: f64) -> Result<f64, String> {
        self.read_or(key, default, float)
    }

    /// A number, or a list with one for the only group of parameters.
    fn group_or(self, key: &str, default: f64) -> Result<f64, String> {
        self.read_or(key, default, |value| match value.as_array() {
            Some(list) => match &list[..] {
                [only] => float(only),
                _ => None,
            },
            None => float(value),
        })
    }

    fn whole(self, key: &str) -> Result<u64, String> {
        self.value[key]
            .as_u64()
            .ok_or_else(|| format!("no whole number `{key}` in the manifest"))
    }

    fn whole_or(self, key: &str, default: u64) -> Result<u64, String> {
        self.read_or(key, default, Value::as_u64)
    }

    fn flag_or(self, key: &str, default: bool) -> Result<bool, String> {
        self.read_or(key, default, Value::as_bool)
    }

    /// One of some words, the first by default.
    fn word_or<T: Copy>(self, key: &str, words: &[(&str, T)]) -> Result<T, String> {
        let read = |value: &Value| {
            let word = value.as_str()?;
            let known = words.iter().find(|(known, _)| *known == word)?;
            Some(known.1)
        };
        self.read_or(key, words[0].1, read)
    }
}

/// A schedule from PyTorch's class and arguments.
fn build(class: &str, lr: f64, options: Options<'_>) -> Result<Box<dyn Schedule>, String> {
    Ok(match class {
        "StepLR" => {
            Box::new(StepLr::new(lr, options.whole("step_size")?).gamma(options.or("gamma", 0.1)?))
        }
        "MultiStepLR" => {
            let milestones: Vec<u64> = numbers(options.value, "milestones")?
                .into_iter()
                .map(|step| step as u64)
                .collect();
            Box::new(MultiStepLr::new(lr, milestones).gamma(options.or("gamma", 0.1)?))
        }
        "ExponentialLR" => Box::new(ExponentialLr::new(lr, number(options.value, "gamma")?)),
        "PolynomialLR" => Box::new(
            PolynomialLr::new(lr)
                .total_iters(options.whole_or("total_iters", 5)?)
                .power(options.or("power", 1.0)?),
        ),
        "CosineAnnealingLR" => Box::new(
            CosineAnnealingLr::new(lr, options.whole("T_max")?)
                .eta_min(options.or("eta_min", 0.0)?),
        ),
        "CosineAnnealingWarmRestarts" => Box::new(
            CosineAnnealingWarmRestarts::new(lr, options.whole("T_0")?)
                .t_mult(options.whole_or("T_mult", 1)?)
                .eta_min(options.or("eta_min", 0.0)?),
        ),
        "LinearLR" => Box::new(
            LinearLr::new(lr)
                .end_factor(options.or("end_factor", 1.0)?)
                .start_factor(options.or("start_factor", 1.0 / 3.0)?)
                .total_iters(options.whole_or("total_iters", 5)?),
        ),
        "ConstantLR" => Box::new(
            ConstantLr::new(lr)
                .factor(options.or("factor", 1.0 / 3.0)?)
                .total_iters(options.whole_or("total_iters", 5)?),
        ),
        "OneCycleLR" => Box::new(one_cycle(options)?),
        "CyclicLR" => Box::new(cyclic(options)?),
        "SequentialLR" => sequential(lr, options)?,
        "ChainedScheduler" => chained(lr, options)?,
        other => return Err(format!("there is no schedule {other}")),
    })
}

fn one_cycle(options: Options<'_>) -> Result<OneCycleLr, String> {
    let steps = match options.value["total_steps"].as_u64() {
        Some(steps) => steps,
        None => options.whole("epochs")? * options.whole("steps_per_epoch")?,
    };
    let strategies = [
        ("cos", AnnealStrategy::Cos),
        ("linear", AnnealStrategy::Linear),
    ];
    let strategy = options.word_or("anneal_strategy", &strategies)?;
    Ok(OneCycleLr::new(number(options.value, "max_lr")?, steps)
        .pct_start(options.or("pct_start", 0.3)?)
        .anneal_strategy(strategy)
        .cycle_momentum(options.flag_or("cycle_momentum", true)?)
        .base_momentum(options.or("base_momentum", 0.85)?)
        .max_momentum(options.or("max_momentum", 0.95)?)
        .div_factor(options.or("div_factor", 25.0)?)
        .final_div_factor(options.or("final_div_factor", 1e4)?)
        .three_phase(options.flag_or("three_phase", false)?))
}

/// The schedules in a list, by class and arguments, the first one starting at `lr`, the others at `rest`.
fn parts(lr: f64, rest: f64, options: Options<'_>) -> Result<Vec<Box<dyn Schedule>>, String> {
    let parts = options.value["schedulers"]
        .as_array()
        .ok_or("no list `schedulers`")?;
    let part = |(index, part): (usize, &Value)| {
        let class = part[0].as_str().ok_or("a schedule without a class")?;
        let start = if index == 0 { lr } else { rest };
        build(class, start, Options { value: &part[1] })
    };
    parts.iter().enumerate().map(part).collect()
}

/// Schedules at once: the first one of the rate, the others of factors.
fn chained(lr: f64, options: Options<'_>) -> Result<Box<dyn Schedule>, String> {
    let mut parts = parts(lr, 1.0, options)?.into_iter();
    let first = ChainedScheduler::new(parts.next().ok_or("no schedules")?);
    Ok(Box::new(parts.fold(first, ChainedScheduler::with)))
}

fn sequential(lr: f64, options: Options<'_>) -> Result<Box<dyn Schedule>, String> {
    let milestones = numbers(options.value, "milestones")?;
    let mut parts = parts(lr, lr, options)?.into_iter();
    if parts.len() != milestones.len() + 1 {
        return Err("there is not one milestone between two schedules".to_owned());
    }
    let first = parts.next().ok_or("no schedules")?;
    let mut sequence = SequentialLr::new(first);
    for (next, milestone) in parts.zip(milestones) {
        sequence = sequence.then(milestone as u64, next);
    }
    Ok(Box::new(sequence))
}

fn plateau(case: &Case<'_>, lr: f64, options: Options<'_>) -> Result<Vec<f64>, String> {
    let modes = [("min", PlateauMode::Min), ("max", PlateauMode::Max)];
    let mode = options.word_or("mode", &modes)?;
    let thresholds = [("rel", ThresholdMode::Rel), ("abs", ThresholdMode::Abs)];
    let threshold = options.word_or("threshold_mode", &thresholds)?;
    let mut schedule = ReduceLrOnPlateau::new(lr)
        .mode(mode)
        .factor(options.or("factor", 0.1)?)
        .patience(options.whole_or("patience", 10)?)
        .threshold(options.or("threshold", 1e-4)?)
        .threshold_mode(threshold)
        .cooldown(options.whole_or("cooldown", 0)?)
        .min_lr(options.group_or("min_lr", 0.0)?)
        .eps(options.or("eps", 1e-8)?);
    schedule.validate().map_err(|error| error.to_string())?;
    let mut rates = vec![schedule.lr()];
    for metric in numbers(case.value, "metrics")? {
        schedule.step(metric);
        rates.push(schedule.lr());
    }
    Ok(rates)
}

fn cyclic(options: Options<'_>) -> Result<CyclicLr, String> {
    let modes = [
        ("triangular", CyclicMode::Triangular),
        ("triangular2", CyclicMode::Triangular2),
        ("exp_range", CyclicMode::ExpRange),
    ];
    let mode = options.word_or("mode", &modes)?;
    let up = options.whole_or("step_size_up", 2000)?;
    Ok(CyclicLr::new(
        number(options.value, "base_lr")?,
        number(options.value, "max_lr")?,
    )
    .step_size_up(up)
    .step_size_down(options.whole_or("step_size_down", up)?)
    .mode(mode)
    .gamma(options.or("gamma", 1.0)?)
    .cycle_momentum(options.flag_or("cycle_momentum", true)?)
    .base_momentum(options.or("base_momentum", 0.8)?)
    .max_momentum(options.or("max_momentum", 0.9)?))
}
