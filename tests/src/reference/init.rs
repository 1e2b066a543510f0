//! Initialisers: draws against the law they should follow.

use super::manifest::{Case, number, sizes, text};
use super::{compare, fresh};
use netdsl::Element;
use netdsl::init::{FanMode, Init, Nonlinearity, fan_in_and_out, fill, stream};
use serde_json::Value;

/// About as many draws as PyTorch's own samples.
const DRAWS: usize = 200_000;

/// The most arrays that these are spread over.
const ARRAYS: usize = 5_000;

/// How many standard errors a moment may be off.
const ERRORS: f64 = 5.0;

/// Runs a case.
pub fn run(case: &Case<'_>) -> Result<Vec<String>, String> {
    if case.text("fn")? == "default" {
        return default(case);
    }
    let init = initialiser(case.text("fn")?, &case.value["kwargs"])?;
    let shape = sizes(case.value, "shape")?;
    let mut differences = Vec::new();
    if let (Some(fan_in), Some(fan_out)) = (
        case.value["fan_in"].as_u64(),
        case.value["fan_out"].as_u64(),
    ) {
        let fans = fan_in_and_out(&shape).map_err(|error| error.to_string())?;
        if fans != (fan_in as usize, fan_out as usize) {
            differences.push(format!(
                "the fans are {fans:?}, not {:?}",
                (fan_in, fan_out)
            ));
        }
    }
    differences.extend(
        drawn::<f32>(&init, &shape, case.value)?
            .into_iter()
            .map(|line| format!("f32 {line}")),
    );
    differences.extend(
        drawn::<f64>(&init, &shape, case.value)?
            .into_iter()
            .map(|line| format!("f64 {line}")),
    );
    Ok(differences)
}

/// How many arrays of a length are drawn.
fn arrays(length: usize) -> usize {
    DRAWS.div_ceil(length.max(1)).min(ARRAYS)
}

fn drawn<E: Element>(init: &Init, shape: &[usize], law: &Value) -> Result<Vec<String>, String> {
    let length: usize = shape.iter().product();
    let mut values = vec![E::ZERO; arrays(length) * length];
    for (seed, array) in values.chunks_mut(length.max(1)).enumerate() {
        fill(init, shape, None, stream(seed as u64, "weight"), array)
            .map_err(|error| error.to_string())?;
    }
    let values: Vec<f64> = values.into_iter().map(Element::to_f64).collect();
    check::<E>(law, shape, &values)
}

/// What a new module's parameters start from.
fn default(case: &Case<'_>) -> Result<Vec<String>, String> {
    let laws = case.value["params"]
        .as_object()
        .ok_or("no laws of parameters in the manifest")?;
    let mut longest = DRAWS;
    for law in laws.values() {
        longest = longest.min(sizes(law, "shape")?.iter().product::<usize>().max(1));
    }
    let mut drawn: Vec<(String, Vec<usize>, Vec<f64>)> = Vec::new();
    for seed in 0..arrays(longest) {
        for (path, shape, values) in fresh::parameters(case.text("module")?, seed as u64)? {
            match drawn.iter_mut().find(|(own, ..)| *own == path) {
                Some((.., all)) => all.extend(values),
                None => drawn.push((path, shape, values)),
            }
        }
    }
    let mut differences = Vec::new();
    for (path, law) in laws {
        match drawn.iter().find(|(own, ..)| own == path) {
            Some((_, shape, values)) if *shape == sizes(law, "shape")? => {
                differences.extend(
                    check::<f32>(law, shape, values)?
                        .into_iter()
                        .map(|line| format!("{path}: {line}")),
                );
            }
            Some((_, shape, _)) => differences.push(format!("{path} is {shape:?}")),
            None => differences.push(format!("there is no parameter {path}")),
        }
    }
    let others = drawn.iter().filter(|(path, ..)| !laws.contains_key(path));
    differences.extend(others.map(|(path, ..)| format!("there should be no parameter {path}")));
    Ok(differences)
}

/// What is wrong with draws that should follow a law.
fn check<E: Element>(law: &Value, shape: &[usize], values: &[f64]) -> Result<Vec<String>, String> {
    let mut differences = Vec::new();
    let distribution = text(law, "distribution")?;
    if distribution == "constant" {
        let value = number(law, "value")?;
        // As near as the element type comes to it.
        let rounded = E::from_f64(value).to_f64();
        differences.extend(
            values
                .iter()
                .find(|&&found| found != rounded)
                .map(|found| format!("{found}, not {value}")),
        );
        return Ok(differences);
    }
    let bound = |key: &str| number(law, key).ok();
    let (low, high) = (
        bound("low").unwrap_or(f64::NEG_INFINITY),
        bound("high").unwrap_or(f64::INFINITY),
    );
    let mean = bound("mean").unwrap_or((low + high) / 2.0);
    let std = bound("std").unwrap_or((high - low) / 12f64.sqrt());
    // A bound is rounded to the element type.
    let slack = 1e-7 * (high - low).min(1.0);
    differences.extend(
        values
            .iter()
            .find(|&&v| v < low - slack || v > high + slack)
            .map(|v| format!("{v} is out of bounds")),
    );
    let count = values.len() as f64;
    let sample = values.iter().sum::<f64>() / count;
    if distribution == "orthogonal" {
        let gain = number(&law["kwargs"], "gain")?;
        let length = values.len() / arrays(shape.iter().product());
        let worst = values
            .chunks(length)
            .take(20)
            .map(|matrix| crooked(shape[0], gain, matrix))
            .fold(0.0, f64::max);
        if worst > 1e-5 {
            differences.push(format!("W·Wᵀ differs from gain²·1 by {worst:.2e}"));
        }
    } else {
        let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / count;
        // Var of the sample variance is σ⁴(κ − 1)/n; κ is 3 for the normal law, less for the others.
        if (variance - std * std).abs() > ERRORS * std * std * (2.0 / count).sqrt() {
            differences.push(format!(
                "the standard deviation is {}, not {std}",
                variance.sqrt()
            ));
        }
        if (sample - mean).abs() > ERRORS * std / count.sqrt() {
            differences.push(format!("the mean is {sample}, not {mean}"));
        }
    }
    if distribution == "uniform" {
        let (least, most) = values
            .iter()
            .fold((high, low), |(least, most), &v| (least.min(v), most.max(v)));
        if most - least < (high - low) * (1.0 - 50.0 / count) {
            differences.push(format!("draws are between {least} and {most}"));
        }
    }
    Ok(differences)
}

/// How far the shorter side's vectors are from orthogonal ones of length `gain`.
fn crooked(rows: usize, gain: f64, matrix: &[f64]) -> f64 {
    let cols = matrix.len() / rows;
    // Entry k of vector i is at i · step + k · stride.
    let (count, length, step, stride) = if rows <= cols {
        (rows, cols, cols, 1)
    } else {
        (cols, rows, 1, cols)
    };
    let (mut found, mut wanted) = (Vec::new(), Vec::new());
    for i in 0..count {
        for j in 0..=i {
            let entry = |vector: usize, k: usize| matrix[vector * step + k * stride];
            found.push((0..length).map(|k| entry(i, k) * entry(j, k)).sum());
            wanted.push(if i == j { gain * gain } else { 0.0 });
        }
    }
    compare::error(&found, &wanted)
}

fn initialiser(function: &str, options: &Value) -> Result<Init, String> {
    let get = |key: &str| number(options, key);
    let kaiming = || {
        let mode = match text(options, "mode")? {
            "fan_in" => FanMode::FanIn,
            "fan_out" => FanMode::FanOut,
            other => return Err(format!("there is no mode {other}")),
        };
        Ok((
            get("a")?,
            mode,
            nonlinearity(text(options, "nonlinearity")?)?,
        ))
    };
    Ok(match function.trim_end_matches('_') {
        "zeros" => Init::Zeros,
        "ones" => Init::Ones,
        "constant" => Init::Constant(get("val")?),
        "eye" => Init::Eye,
        "xavier_uniform" => Init::XavierUniform { gain: get("gain")? },
        "xavier_normal" => Init::XavierNormal { gain: get("gain")? },
        "kaiming_uniform" => kaiming().map(|(a, mode, nonlinearity)| Init::KaimingUniform {
            a,
            mode,
            nonlinearity,
        })?,
        "kaiming_normal" => kaiming().map(|(a, mode, nonlinearity)| Init::KaimingNormal {
            a,
            mode,
            nonlinearity,
        })?,
        "trunc_normal" => Init::TruncNormal {
            mean: get("mean")?,
            std: get("std")?,
            a: get("a")?,
            b: get("b")?,
        },
        "orthogonal" => Init::Orthogonal { gain: get("gain")? },
        "uniform" => Init::Uniform {
            low: get("a")?,
            high: get("b")?,
        },
        "normal" => Init::Normal {
            mean: get("mean")?,
            std: get("std")?,
        },
        other => return Err(format!("there is no initialiser {other}")),
    })
}

fn nonlinearity(name: &str) -> Result<Nonlinearity, String> {
    Ok(match name {
        "linear" | "conv1d" | "conv2d" | "conv3d" => Nonlinearity::Linear,
        name if name.starts_with("conv_transpose") => Nonlinearity::Linear,
        "sigmoid" => Nonlinearity::Sigmoid,
        "tanh" => Nonlinearity::Tanh,
        "relu" => Nonlinearity::Relu,
        "leaky_relu" => Nonlinearity::LeakyRelu,
        "selu" => Nonlinearity::Selu,
        other => return Err(format!("there is no nonlinearity {other}")),
    })
}

/// What is wrong with the gains of nonlinearities.
pub fn gain_mistakes(gains: &Value) -> Vec<String> {
    let gains = gains.as_object().into_iter().flatten();
    let mistake = |(text, wanted): (&String, &Value)| {
        let (name, parameter) = match text.split_once('(') {
            Some((name, rest)) => (name, rest.trim_end_matches(')').parse().ok()),
            None => (text.as_str(), None),
        };
        match (nonlinearity(name), wanted.as_f64()) {
            (Ok(known), Some(wanted)) if (known.gain(parameter) - wanted).abs() <= 1e-12 => None,
            (Ok(known), _) => Some(format!(
                "the gain of {text} is {}, not {wanted}",
                known.gain(parameter)
            )),
            (Err(why), _) => Some(why),
        }
    };
    gains.filter_map(mistake).collect()
}
