//! Optimisers: values after each step, and the state they end with.

use super::compare::{Kind, Measure};
use super::manifest::{Case, number, text};
use super::tensors::Tensors;
use netdsl::Element;
use netdsl::train::optimizer::{Adagrad, AdamRule, Optimizer, RmsProp, Rule, Sgd};
use serde_json::Value;

/// Runs a case.
pub fn run(case: &Case<'_>) -> Result<Vec<String>, String> {
    let config = &case.value["config"];
    let option = |key: &str| number(config, key);
    let switch = |key: &str| {
        config[key]
            .as_bool()
            .ok_or_else(|| format!("no switch `{key}` in the manifest"))
    };
    known(config)?;
    match case.text("optimizer")? {
        "SGD" => both(
            case,
            Sgd::new(option("lr")?)
                .momentum(option("momentum")?)
                .dampening(option("dampening")?)
                .weight_decay(option("weight_decay")?)
                .nesterov(switch("nesterov")?)
                .maximize(switch("maximize")?),
        ),
        // What makes the one the other.
        "Adam" if config["decoupled_weight_decay"] == true => both(case, adam::<true>(config)?),
        "Adam" => both(case, adam::<false>(config)?),
        "AdamW" => both(case, adam::<true>(config)?),
        "RMSprop" => both(
            case,
            RmsProp::new(option("lr")?)
                .alpha(option("alpha")?)
                .eps(option("eps")?)
                .weight_decay(option("weight_decay")?)
                .momentum(option("momentum")?)
                .centered(switch("centered")?)
                .maximize(switch("maximize")?),
        ),
        "Adagrad" => both(
            case,
            Adagrad::new(option("lr")?)
                .lr_decay(option("lr_decay")?)
                .weight_decay(option("weight_decay")?)
                .initial_accumulator_value(option("initial_accumulator_value")?)
                .eps(option("eps")?)
                .maximize(switch("maximize")?),
        ),
        other => Err(format!("there is no optimiser {other}")),
    }
}

/// Options of which every rule knows what they mean, or which say only how PyTorch computes; others must say nothing.
fn known(config: &Value) -> Result<(), String> {
    const OPTIONS: [&str; 16] = [
        "lr",
        "momentum",
        "dampening",
        "weight_decay",
        "nesterov",
        "maximize",
        "betas",
        "eps",
        "amsgrad",
        "alpha",
        "centered",
        "lr_decay",
        "initial_accumulator_value",
        "decoupled_weight_decay",
        "foreach",
        "fused",
    ];
    let config = config.as_object().ok_or("no options in the manifest")?;
    let idle = |value: &Value| value.is_null() || value == &Value::Bool(false);
    match config
        .iter()
        .find(|(name, value)| !OPTIONS.contains(&name.as_str()) && !idle(value))
    {
        Some((name, value)) => Err(format!("{name} = {value} cannot be given")),
        None => Ok(()),
    }
}

fn adam<const DECOUPLED: bool>(config: &Value) -> Result<AdamRule<DECOUPLED>, String> {
    let [first, second] = super::manifest::numbers(config, "betas")?[..] else {
        return Err("there are not two betas".to_owned());
    };
    let switch = |key: &str| config[key].as_bool().unwrap_or(false);
    Ok(AdamRule::new(number(config, "lr")?)
        .betas(first, second)
        .eps(number(config, "eps")?)
        .weight_decay(number(config, "weight_decay")?)
        .amsgrad(switch("amsgrad"))
        .maximize(switch("maximize")))
}

fn both<R: Rule>(case: &Case<'_>, rule: R) -> Result<Vec<String>, String> {
    let tensors = case.tensors()?;
    let single = steps::<R, f32>(case, &tensors, rule.clone())?;
    let double = steps::<R, f64>(case, &tensors, rule)?;
    let single = single.into_iter().map(|line| format!("f32 {line}"));
    Ok(single
        .chain(double.into_iter().map(|line| format!("f64 {line}")))
        .collect())
}

/// The gradients of a parameter.
enum Gradients<E> {
    /// One after the other.
    Fixed(Vec<E>),
    /// Those of Σ ½·a·(x − b)².
    Quadratic(Vec<E>, Vec<E>),
}

impl<E: Element> Gradients<E> {
    fn read(case: &Case<'_>, tensors: &Tensors, path: &str) -> Result<Self, String> {
        let elements = |name: String| {
            Ok::<_, String>(
                tensors
                    .get(&name)?
                    .elements::<E>()?
                    .into_raw_vec_and_offset()
                    .0,
            )
        };
        match text(case.value, "problem")? {
            "sequence" => Ok(Self::Fixed(elements(format!("grad.{path}"))?)),
            "quadratic" => Ok(Self::Quadratic(
                elements(format!("quad.a.{path}"))?,
                elements(format!("quad.b.{path}"))?,
            )),
            other => Err(format!("there is no problem {other}")),
        }
    }

    fn at(&self, step: usize, x: &[E]) -> Option<Vec<E>> {
        match self {
            Self::Fixed(all) => all
                .get(step * x.len()..(step + 1) * x.len())
                .map(<[E]>::to_vec),
            Self::Quadratic(a, b) => Some(
                a.iter()
                    .zip(b)
                    .zip(x)
                    .map(|((&a, &b), &x)| a * (x - b))
                    .collect(),
            ),
        }
    }
}

fn steps<R: Rule, E: Element>(
    case: &Case<'_>,
    tensors: &Tensors,
    rule: R,
) -> Result<Vec<String>, String> {
    let measure = Measure::new::<E>(tensors, &case.value["f32_err"]);
    let mut optimizer: Optimizer<R, E> = Optimizer::new(rule).map_err(|error| error.to_string())?;
    let count = case.value["steps"].as_u64().ok_or("no number of steps")? as usize;
    let mut differences = Vec::new();
    for path in case.texts("params")? {
        let initial = tensors.get(&format!("init.{path}"))?;
        let mut value = initial.elements::<E>()?.into_raw_vec_and_offset().0;
        let gradients = Gradients::read(case, tensors, path)?;
        let mut trajectory = Vec::new();
        for step in 0..count {
            let gradient = gradients
                .at(step, &value)
                .ok_or_else(|| format!("too few gradients of `{path}`"))?;
            optimizer
                .step_parameter(path, &mut value, &gradient)
                .map_err(|error| error.to_string())?;
            trajectory.extend(value.iter().map(|value| value.to_f64()));
        }
        let shape: Vec<usize> = std::iter::once(count)
            .chain(initial.shape.iter().copied())
            .collect();
        let last: Vec<f64> = value.iter().map(|value| value.to_f64()).collect();
        differences.extend(measure.check_values(
            Kind::Out,
            &format!("traj.{path}"),
            &shape,
            &trajectory,
        ));
        differences.extend(measure.check_values(
            Kind::Out,
            &format!("final.{path}"),
            &initial.shape,
            &last,
        ));
        differences.extend(states(case, &optimizer, path, &initial.shape, &measure)?);
    }
    Ok(differences)
}

fn states<R: Rule, E: Element>(
    case: &Case<'_>,
    optimizer: &Optimizer<R, E>,
    path: &str,
    shape: &[usize],
    measure: &Measure<'_>,
) -> Result<Vec<String>, String> {
    let wanted = case.texts("opt_state")?;
    let mut differences = Vec::new();
    for name in &wanted {
        match optimizer.state(path, name) {
            Some(state) => {
                let values: Vec<f64> = state.iter().map(|value| value.to_f64()).collect();
                differences.extend(measure.check_values(
                    Kind::Out,
                    &format!("opt.{name}.{path}"),
                    shape,
                    &values,
                ));
            }
            None => differences.push(format!("there is no state {name} of `{path}`")),
        }
    }
    let own = optimizer
        .states()
        .filter(|(owner, ..)| *owner == path)
        .map(|(_, name, _)| name);
    differences.extend(
        own.filter(|name| !wanted.contains(name))
            .map(|name| format!("{name} of `{path}` is no state there")),
    );
    Ok(differences)
}
