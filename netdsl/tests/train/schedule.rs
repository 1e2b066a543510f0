//! Rates of the schedules, step by step.

use netdsl::train::schedule::{
    AnnealStrategy, ConstantLr, CosineAnnealingLr, CosineAnnealingWarmRestarts, ExponentialLr,
    LinearLr, MultiStepLr, OneCycleLr, PlateauMode, PolynomialLr, ReduceLrOnPlateau, Schedule,
    SequentialLr, StepLr, ThresholdMode,
};
use serde_json::Value;

use crate::reference::{manifest, number, numbers, text};

#[test]
fn rates() {
    let Some(manifest) = manifest("schedulers") else {
        return;
    };
    let cases = manifest["cases"].as_array().unwrap();
    for case in cases {
        let (id, class, initial) = (
            text(case, "id"),
            text(case, "class"),
            number(case, "initial_lr"),
        );
        let (found, momenta) = if class == "ReduceLROnPlateau" {
            (plateau(case, initial), Vec::new())
        } else {
            let mut schedule = build(class, initial, &case["kwargs"]);
            schedule.validate().unwrap();
            let steps = 0..=case["steps"].as_u64().unwrap();
            let values = steps.map(|_| {
                let now = (schedule.lr(), schedule.momentum());
                schedule.step();
                now
            });
            values.unzip()
        };
        compare(id, &found, &numbers(case, "lr"));
        if case["momentum"].is_array() {
            let momenta: Vec<f64> = momenta.into_iter().flatten().collect();
            compare(id, &momenta, &numbers(case, "momentum"));
        } else {
            assert!(
                momenta.into_iter().all(|momentum| momentum.is_none()),
                "{id}"
            );
        }
    }
    println!("{} cases", cases.len());
}

fn compare(id: &str, found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len(), "{id}");
    for (step, (found, expected)) in found.iter().zip(expected).enumerate() {
        let tolerance = 1e-12 * expected.abs();
        assert!(
            (found - expected).abs() <= tolerance,
            "{id}, step {step}: {found}, not {expected}"
        );
    }
}

/// A schedule from PyTorch's class and options.
fn build(class: &str, lr: f64, options: &Value) -> Box<dyn Schedule> {
    let or = |key: &str, default: f64| options[key].as_f64().unwrap_or(default);
    let whole = |key: &str| options[key].as_u64().unwrap_or_else(|| panic!("no {key}"));
    let whole_or = |key: &str, default: u64| options[key].as_u64().unwrap_or(default);
    match class {
        "StepLR" => Box::new(StepLr::new(lr, whole("step_size")).gamma(or("gamma", 0.1))),
        "MultiStepLR" => {
            let milestones: Vec<u64> = numbers(options, "milestones")
                .into_iter()
                .map(|m| m as u64)
                .collect();
            Box::new(MultiStepLr::new(lr, milestones).gamma(or("gamma", 0.1)))
        }
        "ExponentialLR" => Box::new(ExponentialLr::new(lr, number(options, "gamma"))),
        "PolynomialLR" => Box::new(
            PolynomialLr::new(lr)
                .total_iters(whole_or("total_iters", 5))
                .power(or("power", 1.0)),
        ),
        "CosineAnnealingLR" => {
            Box::new(CosineAnnealingLr::new(lr, whole("T_max")).eta_min(or("eta_min", 0.0)))
        }
        "CosineAnnealingWarmRestarts" => Box::new(
            CosineAnnealingWarmRestarts::new(lr, whole("T_0"))
                .t_mult(whole_or("T_mult", 1))
                .eta_min(or("eta_min", 0.0)),
        ),
        "LinearLR" => {
            let schedule = LinearLr::new(lr).end_factor(or("end_factor", 1.0));
            Box::new(
                schedule
                    .start_factor(or("start_factor", 1.0 / 3.0))
                    .total_iters(whole_or("total_iters", 5)),
            )
        }
        "ConstantLR" => {
            let schedule = ConstantLr::new(lr).factor(or("factor", 1.0 / 3.0));
            Box::new(schedule.total_iters(whole_or("total_iters", 5)))
        }
        "OneCycleLR" => {
            let steps = options["total_steps"].as_u64();
            let steps = steps.unwrap_or_else(|| whole("epochs") * whole("steps_per_epoch"));
            let linear = options["anneal_strategy"].as_str() == Some("linear");
            let strategy = if linear {
                AnnealStrategy::Linear
            } else {
                AnnealStrategy::Cos
            };
            Box::new(
                OneCycleLr::new(number(options, "max_lr"), steps)
                    .pct_start(or("pct_start", 0.3))
                    .anneal_strategy(strategy)
                    .cycle_momentum(options["cycle_momentum"].as_bool().unwrap_or(true))
                    .base_momentum(or("base_momentum", 0.85))
                    .max_momentum(or("max_momentum", 0.95))
                    .div_factor(or("div_factor", 25.0))
                    .final_div_factor(or("final_div_factor", 1e4))
                    .three_phase(options["three_phase"].as_bool().unwrap_or(false)),
            )
        }
        "SequentialLR" => {
            let part = |part: &Value| build(part[0].as_str().unwrap(), lr, &part[1]);
            let parts = options["schedulers"].as_array().unwrap();
            let sequence = SequentialLr::new(part(&parts[0]));
            let rest = parts[1..].iter().zip(numbers(options, "milestones"));
            Box::new(rest.fold(sequence, |sequence, (next, milestone)| {
                sequence.then(milestone as u64, part(next))
            }))
        }
        other => panic!("no schedule {other}"),
    }
}

fn plateau(case: &Value, lr: f64) -> Vec<f64> {
    let options = &case["kwargs"];
    let or = |key: &str, default: f64| options[key].as_f64().unwrap_or(default);
    let max = options["mode"].as_str() == Some("max");
    let absolute = options["threshold_mode"].as_str() == Some("abs");
    let mut schedule = ReduceLrOnPlateau::new(lr)
        .mode(if max {
            PlateauMode::Max
        } else {
            PlateauMode::Min
        })
        .factor(or("factor", 0.1))
        .patience(or("patience", 10.0) as u64)
        .threshold(or("threshold", 1e-4))
        .threshold_mode(if absolute {
            ThresholdMode::Abs
        } else {
            ThresholdMode::Rel
        })
        .cooldown(or("cooldown", 0.0) as u64)
        .min_lr(or("min_lr", 0.0))
        .eps(or("eps", 1e-8));
    schedule.validate().unwrap();
    let mut rates = vec![schedule.lr()];
    for metric in numbers(case, "metrics") {
        schedule.step(metric);
        rates.push(schedule.lr());
    }
    rates
}
