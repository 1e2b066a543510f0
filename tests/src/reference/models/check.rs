//! A network against a model's results: outputs, loss, gradients and three steps.

use super::{Model, names};
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

/// A reading: how to build the network for both element types.
macro_rules! reading {
    ($network:ident $(< $($size:ident),* >)?) => {{
        let reading: crate::reference::models::Reading = Box::new(move |model| {
            let double = crate::reference::models::check::check(model, || {
                ::netdsl::network!($network $(<$($size),*>)?, dtype = f64)
            })?;
            let crate::reference::models::check::Tried::Checked(double) = double else { return Ok(double) };
            let single = crate::reference::models::check::check(model, || ::netdsl::network!($network $(<$($size),*>)?))?;
            let crate::reference::models::check::Tried::Checked(single) = single else { return Ok(single) };
            let lines = single.into_iter().map(|line| format!("f32 {line}"));
            let lines = lines.chain(double.into_iter().map(|line| format!("f64 {line}")));
            Ok(crate::reference::models::check::Tried::Checked(lines.collect()))
        });
        reading
    }};
}
pub(super) use reading;

/// The loss of a manifest.
#[derive(Clone, Copy)]
enum Wanted {
    CrossEntropy,
    MeanSquare,
}

impl Loss for Wanted {
    fn trace<'t>(&self, at: Scope<'t>, output: Tensor<'t>, target: Tensor<'t>) -> Tensor<'t> {
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
    let own: Vec<String> = network
        .parameters()
        .into_iter()
        .map(|parameter| parameter.path)
        .collect();
    let names = names::matched(&own, &model.state)?;
    let path = case.folder.join(case.text("state_dict")?);
    let rename = |name: &str| {
        names
            .iter()
            .find(|(theirs, _)| theirs == name)
            .map_or(name, |(_, own)| own)
            .to_owned()
    };
    network.load_renamed(path, rename).map_err(told)?;
    let (input, target) = (
        model.tensors.get("in.input")?.elements::<E>()?,
        model
            .tensors
            .get(text(case.value, "target")?)?
            .elements::<E>()?,
    );
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
        &names,
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
    names: &[(String, String)],
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
        .gradients(&mut network, &[&input], &target)
        .map_err(told)?;
    differences.extend(measure.check_values(Kind::Out, "loss", &[], &[value.to_f64()]));
    let gradients: BTreeMap<String, ArrayD<E>> = gradients.into_iter().collect();
    let parameters = case.texts("params")?;
    for (theirs, own) in names
        .iter()
        .filter(|(theirs, _)| parameters.contains(&theirs.as_str()))
    {
        match gradients.get(own) {
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
                case.texts("buffers")?,
                names,
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
    let all = names.iter().map(|(theirs, _)| theirs.as_str()).collect();
    differences.extend(compare(
        all,
        names,
        &network,
        "step3",
        (Kind::Grad, measure),
    ));
    let evaluated = single(network.run(&[input]).map_err(told)?)?;
    differences.extend(measure.check(Kind::Grad, "step3_eval.out", &evaluated));
    Ok(differences)
}

/// Compares parameters and buffers with the tensors below a prefix.
fn compare<E: Element, N: Network<E>>(
    chosen: Vec<&str>,
    names: &[(String, String)],
    network: &N,
    prefix: &str,
    (kind, measure): (Kind, &Measure<'_>),
) -> Vec<String> {
    let check = |(theirs, own): &(String, String)| match network.parameter(own) {
        Ok(value) => measure.check(kind, &format!("{prefix}.{theirs}"), &value.to_owned()),
        Err(error) => Some(error.to_string()),
    };
    names
        .iter()
        .filter(|(theirs, _)| chosen.contains(&theirs.as_str()))
        .filter_map(check)
        .collect()
}
