//! The laws of the initialisers. Random streams differ from PyTorch's, so draws are compared with the law's bounds and
//! moments, within five standard errors of as many draws.

use netdsl::Element;
use netdsl::init::{FanMode, Init, Nonlinearity, fan_in_and_out, fill, stream};
use serde_json::Value;

use crate::reference::{manifest, number, text};

/// About as many draws as the reference's own samples.
const DRAWS: usize = 200_000;

#[test]
fn gains() {
    let Some(manifest) = manifest("init") else {
        return;
    };
    for (name, gain) in manifest["gains"].as_object().unwrap() {
        let (name, param) = match name.split_once('(') {
            Some((name, rest)) => (name, rest.trim_end_matches(')').parse().ok()),
            None => (name.as_str(), None),
        };
        assert_eq!(
            nonlinearity(name).gain(param),
            gain.as_f64().unwrap(),
            "{name}"
        );
    }
}

#[test]
fn laws() {
    let Some(manifest) = manifest("init") else {
        return;
    };
    let mut seen = 0;
    for case in manifest["cases"].as_array().unwrap() {
        let id = text(case, "id");
        if text(case, "fn") == "default" {
            for (name, param) in case["params"].as_object().unwrap() {
                default(&format!("{id}.{name}"), case, param);
            }
        } else {
            let init = initialiser(case);
            let shape = shape(case);
            let fans = (
                number(case, "fan_in") as usize,
                number(case, "fan_out") as usize,
            );
            assert_eq!(fan_in_and_out(&shape), Ok(fans), "{id}");
            law::<f32>(id, &init, &shape, None, case);
            law::<f64>(id, &init, &shape, None, case);
        }
        seen += 1;
    }
    println!("{seen} cases");
}

/// What a new module's parameter starts from: a constant, or one of the laws with a fan.
fn default(id: &str, case: &Value, param: &Value) {
    let shape = shape(param);
    let init = match text(param, "distribution") {
        "constant" => Init::Constant(number(param, "value")),
        "normal" => Init::Normal {
            mean: number(param, "mean"),
            std: number(param, "std"),
        },
        "uniform" => {
            // The fan is PyTorch's choice per module; here it is read back from the bound, and must be whole.
            let high = number(param, "high");
            let fan = 1.0 / (high * high);
            if (fan - fan.round()).abs() > 1e-9 * fan {
                // Attention's input projection, the only Xavier among them.
                assert!(
                    text(case, "module").starts_with("MultiheadAttention"),
                    "{id}"
                );
                Init::xavier_uniform()
            } else {
                return law::<f32>(
                    id,
                    &Init::FanInUniform,
                    &shape,
                    Some(fan.round() as usize),
                    param,
                );
            }
        }
        other => panic!("{id}: {other}"),
    };
    law::<f32>(id, &init, &shape, None, param);
}

/// Draws enough arrays and compares them with the case.
fn law<E: Element>(id: &str, init: &Init, shape: &[usize], fan: Option<usize>, case: &Value) {
    let length: usize = shape.iter().product();
    let arrays = DRAWS.div_ceil(length);
    let mut values = vec![E::ZERO; arrays * length];
    for (seed, array) in values.chunks_mut(length).enumerate() {
        fill(init, shape, fan, stream(seed as u64, id), array).unwrap();
    }
    let distribution = text(case, "distribution");
    if distribution == "orthogonal" {
        values
            .chunks(length)
            .take(20)
            .for_each(|matrix| orthogonal(id, shape[0], case, matrix));
    }
    let values: Vec<f64> = values.into_iter().map(Element::to_f64).collect();
    if distribution == "constant" {
        return assert!(
            values.iter().all(|&value| value == number(case, "value")),
            "{id}"
        );
    }
    let (low, high) = (case["low"].as_f64(), case["high"].as_f64());
    let (low, high) = (
        low.unwrap_or(f64::NEG_INFINITY),
        high.unwrap_or(f64::INFINITY),
    );
    // A bound is rounded to the element type.
    let slack = 1e-7 * (high - low).min(1.0);
    assert!(
        values
            .iter()
            .all(|&v| low - slack <= v && v <= high + slack),
        "{id}: out of bounds"
    );
    let mean = case["mean"].as_f64().unwrap_or((low + high) / 2.0);
    let std = case["std"].as_f64().unwrap_or((high - low) / 12f64.sqrt());
    let count = values.len() as f64;
    let sample_mean = values.iter().sum::<f64>() / count;
    let sample_var = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / count;
    assert!(
        (sample_mean - mean).abs() <= 5.0 * std / count.sqrt(),
        "{id}: mean {sample_mean}, law {mean}"
    );
    // Var of the sample variance is σ⁴(κ − 1)/n; κ is 3 for the normal law, less for the others.
    let error = 5.0 * std * std * (2.0 / count).sqrt();
    assert!(
        (sample_var - std * std).abs() <= error,
        "{id}: variance {sample_var}, law {}",
        std * std
    );
    if distribution == "uniform" {
        let reach = values.iter().fold(0f64, |reach, v| reach.max(v.abs()));
        assert!(
            reach > high * (1.0 - 50.0 / count),
            "{id}: no draw near the bound"
        );
    }
}

fn orthogonal<E: Element>(id: &str, rows: usize, case: &Value, matrix: &[E]) {
    let cols = matrix.len() / rows;
    let gain = number(&case["kwargs"], "gain");
    // The shorter side's vectors: `count` of them, entry k of vector i at i * step + k * stride.
    let (count, length, step, stride) = if rows <= cols {
        (rows, cols, cols, 1)
    } else {
        (cols, rows, 1, cols)
    };
    for i in 0..count {
        for j in 0..=i {
            let entry = |vector: usize, k: usize| matrix[vector * step + k * stride].to_f64();
            let product: f64 = (0..length).map(|k| entry(i, k) * entry(j, k)).sum();
            let expected = if i == j { gain * gain } else { 0.0 };
            assert!(
                (product - expected).abs() < 1e-6 * gain * gain,
                "{id}: {i}, {j}: {product}"
            );
        }
    }
}

fn initialiser(case: &Value) -> Init {
    let options = &case["kwargs"];
    let get = |key| number(options, key);
    let kaiming = || {
        let mode = match text(options, "mode") {
            "fan_in" => FanMode::FanIn,
            "fan_out" => FanMode::FanOut,
            other => panic!("{other}"),
        };
        (get("a"), mode, nonlinearity(text(options, "nonlinearity")))
    };
    match text(case, "fn") {
        "xavier_uniform" => Init::XavierUniform { gain: get("gain") },
        "xavier_normal" => Init::XavierNormal { gain: get("gain") },
        "kaiming_uniform" => {
            let (a, mode, nonlinearity) = kaiming();
            Init::KaimingUniform {
                a,
                mode,
                nonlinearity,
            }
        }
        "kaiming_normal" => {
            let (a, mode, nonlinearity) = kaiming();
            Init::KaimingNormal {
                a,
                mode,
                nonlinearity,
            }
        }
        "trunc_normal" => Init::TruncNormal {
            mean: get("mean"),
            std: get("std"),
            a: get("a"),
            b: get("b"),
        },
        "orthogonal" => Init::Orthogonal { gain: get("gain") },
        "uniform" => Init::Uniform {
            low: get("a"),
            high: get("b"),
        },
        "normal" => Init::Normal {
            mean: get("mean"),
            std: get("std"),
        },
        other => panic!("no initialiser {other}"),
    }
}

fn nonlinearity(name: &str) -> Nonlinearity {
    match name {
        "linear" | "conv1d" | "conv2d" | "conv3d" => Nonlinearity::Linear,
        "sigmoid" => Nonlinearity::Sigmoid,
        "tanh" => Nonlinearity::Tanh,
        "relu" => Nonlinearity::Relu,
        "leaky_relu" => Nonlinearity::LeakyRelu,
        "selu" => Nonlinearity::Selu,
        other => panic!("no nonlinearity {other}"),
    }
}

fn shape(case: &Value) -> Vec<usize> {
    case["shape"]
        .as_array()
        .unwrap()
        .iter()
        .map(|axis| axis.as_u64().unwrap() as usize)
        .collect()
}
