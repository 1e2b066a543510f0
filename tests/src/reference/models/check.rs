//! A network against a model's results: outputs, loss, gradients and three steps.

use super::Model;
use super::program::{PREFIX, Whole};
use crate::reference::compare::{Kind, Measure, error};
use crate::reference::manifest::{number, numbers, text};
use ndarray::{ArrayD, ArrayViewD};
use netdsl::graph::{Scope, Tensor};
use netdsl::layer::Definition;
use netdsl::train::{Loss, Sgd, Trainer};
use netdsl::{Element, Error, Network};
use std::collections::BTreeMap;

/// What came of a reading.
pub enum Tried {
    /// It gives other results: how far they are away.
    Apart(f64),
    /// It is the model; what differs.
    Checked(Vec<String>),
}

/// How far results may be away for a reading to be the model.
const SAME_MODEL: f64 = 1e-4;

/// Runs a reading in both element types.
pub fn both(model: &Model<'_>, program: &'static str) -> Result<Tried, String> {
    let double = check(model, || netdsl::network!(Whole<program>, dtype = f64))?;
    let Tried::Checked(double) = double else {
        return Ok(double);
    };
    let single = check(model, || netdsl::network!(Whole<program>))?;
    let Tried::Checked(single) = single else {
        return Ok(single);
    };
    let single = single.into_iter().map(|line| format!("f32 {line}"));
    let double = double.into_iter().map(|line| format!("f64 {line}"));
    Ok(Tried::Checked(single.chain(double).collect()))
}

/// The loss of a manifest.
#[derive(Clone, Copy)]
enum Wanted {
    CrossEntropy,
    MeanSquare,
}

impl Loss for Wanted {
    fn trace<'t>(
        &self,
        at: Scope<'t>,
        outputs: &[Tensor<'t>],
        targets: &[Tensor<'t>],
    ) -> Tensor<'t> {
        let (output, target) = (outputs[0], targets[0]);
        match self {
            Self::CrossEntropy => netdsl::loss::CrossEntropyLoss::BLANK.forward(at, output, target),
            Self::MeanSquare => netdsl::loss::MseLoss::BLANK.forward(at, output, target),
        }
    }
}

/// Loads the state dict into a new network and compares everything.
pub fn check<E: Element, N: Network<E>>(
    model: &Model<'_>,
    build: impl Fn() -> Result<N, Error>,
) -> Result<Tried, String> {
    let told = |error: Error| error.to_string();
    let case = model.case;
    let mut network = build().map_err(told)?;
    let path = case.folder.join(case.text("state_dict")?);
    network
        .load_renamed(path, |name| format!("{PREFIX}{name}"))
        .map_err(told)?;
    let (mut input, target) = (
        model.tensors.get("in.input")?.elements::<E>()?,
        model
            .tensors
            .get(text(case.value, "target")?)?
            .elements::<E>()?,
    );
    if model.steps_first {
        input.swap_axes(0, 1);
    }
    let evaluated = single(network.run(&[input.view()]).map_err(told)?)?;
    let wanted = model.tensors.get("eval.out")?;
    let found: Vec<f64> = evaluated.iter().map(|value| value.to_f64()).collect();
    let apart = if evaluated.shape() == wanted.shape {
        error(&found, &wanted.values)
    } else {
        f64::INFINITY
    };
    if apart.is_nan() || apart > SAME_MODEL {
        return Ok(Tried::Apart(apart));
    }
    let measure = Measure::new::<E>(&model.tensors, &case.value["f32_err"]);
    let mut differences: Vec<String> = measure
        .check(Kind::Out, "eval.out", &evaluated)
        .into_iter()
        .collect();
    let trained = single(network.run_in_training(&[input.view()]).map_err(told)?)?;
    differences.extend(measure.check(Kind::Out, "train.out", &trained));
    differences.extend(steps(
        model,
        network,
        (input.view(), target.view()),
        &measure,
    )?);
    Ok(Tried::Checked(differences))
}

fn single<E>(outputs: Vec<ArrayD<E>>) -> Result<ArrayD<E>, String> {
    outputs
        .into_iter()
        .next()
        .ok_or_else(|| "the network gives nothing".to_owned())
}

/// Loss and gradients, then three steps.
fn steps<E: Element, N: Network<E>>(
    model: &Model<'_>,
    mut network: N,
    (input, target): (ArrayViewD<'_, E>, ArrayViewD<'_, E>),
    measure: &Measure<'_>,
) -> Result<Vec<String>, String> {
    let told = |error: Error| error.to_string();
    let (case, mut differences) = (model.case, Vec::new());
    let loss = match case.text("loss")? {
        "cross_entropy" => Wanted::CrossEntropy,
        "mse" => Wanted::MeanSquare,
        other => return Err(format!("there is no loss {other}")),
    };
    let optimiser = &case.value["optimiser"];
    if optimiser["name"] != "SGD" {
        return Err(format!("the optimiser is {}", optimiser["name"]));
    }
    let rule = Sgd::new(number(optimiser, "lr")?).momentum(number(optimiser, "momentum")?);
    let mut trainer: Trainer<_, _, E> = Trainer::new(loss, rule).map_err(told)?;
    let (value, gradients) = trainer
        .gradients(&mut network, &[&input], &[&target])
        .map_err(told)?;
    differences.extend(measure.check_values(Kind::Out, "loss", &[], &[value.to_f64()]));
    let gradients: BTreeMap<String, ArrayD<E>> = gradients.into_iter().collect();
    for theirs in case.texts("params")? {
        match gradients.get(&format!("{PREFIX}{theirs}")) {
            Some(gradient) => {
                differences.extend(measure.check(Kind::Grad, &format!("grad.{theirs}"), gradient))
            }
            None => differences.push(format!("there is no gradient of {theirs}")),
        }
    }
    let wanted = numbers(case.value, "losses")?;
    let mut losses = Vec::new();
    for step in 0..wanted.len() {
        losses.push(
            trainer
                .step(&mut network, &input, &target)
                .map_err(told)?
                .to_f64(),
        );
        if step == 0 {
            differences.extend(compare(
                &case.texts("buffers")?,
                &network,
                "state_after_forward",
                (Kind::Out, measure),
            ));
        }
    }
    let apart = error(&losses, &wanted);
    if apart.is_nan() || apart > if E::DTYPE == "F64" { 1e-9 } else { 1e-5 } {
        differences.push(format!("losses differ by {apart:.2e}"));
    }
    let all: Vec<&str> = model.state.iter().map(String::as_str).collect();
    differences.extend(compare(&all, &network, "step3", (Kind::Grad, measure)));
    let evaluated = single(network.run(&[input]).map_err(told)?)?;
    differences.extend(measure.check(Kind::Grad, "step3_eval.out", &evaluated));
    Ok(differences)
}

/// Compares parameters and buffers with the tensors below a prefix.
fn compare<E: Element, N: Network<E>>(
    chosen: &[&str],
    network: &N,
    prefix: &str,
    (kind, measure): (Kind, &Measure<'_>),
) -> Vec<String> {
    let check = |theirs: &&str| match network.parameter(&format!("{PREFIX}{theirs}")) {
        Ok(value) => measure.check(kind, &format!("{prefix}.{theirs}"), &value.to_owned()),
        Err(error) => Some(error.to_string()),
    };
    chosen.iter().filter_map(check).collect()
}
