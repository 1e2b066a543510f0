//! A layer or a loss by itself: forward, gradients, buffers, in both element types and modes.

use super::classes::{self, Forward, Given};
use super::compare::{Kind, Measure};
use super::manifest::Case;
use super::options::{Options, word};
use super::tensors::{Array, Tensors};
use ndarray::{ArrayD, ArrayViewD, IxDyn};
use netdsl::graph::{Scope, Tensor};
use netdsl::{Backward, Element, Standalone};
use serde_json::Value;
use std::cell::RefCell;

/// Runs a case.
pub fn run(case: &Case<'_>) -> Result<Vec<String>, String> {
    let tensors = case.tensors()?;
    let mut differences = Vec::new();
    let modes: &[bool] = match case.text("mode")? {
        "train" => &[true],
        "eval" => &[false],
        "any" => &[true, false],
        other => return Err(format!("there is no mode {other}")),
    };
    for &training in modes {
        let mode = if training { "train" } else { "eval" };
        let single = run_in::<f32>(case, &tensors, training, f32::EPSILON.into())?;
        let double = run_in::<f64>(case, &tensors, training, f64::EPSILON)?;
        differences.extend(single.into_iter().map(|line| format!("{mode} f32 {line}")));
        differences.extend(double.into_iter().map(|line| format!("{mode} f64 {line}")));
    }
    Ok(differences)
}

/// An argument of forward: its path, as in `hx.0`, and what it is.
struct Input<'a> {
    path: String,
    array: &'a Array,
}

fn run_in<E: Element>(
    case: &Case<'_>,
    tensors: &Tensors,
    training: bool,
    epsilon: f64,
) -> Result<Vec<String>, String> {
    let options = Options::new(&case.value["ctor"], epsilon)?;
    let forward = classes::definition(case.text("class")?, &options)?;
    let (mut inputs, mut flags) = (Vec::new(), Vec::new());
    for (name, value) in case.value["forward"]
        .as_object()
        .ok_or("no arguments of forward")?
    {
        gather_inputs(name, value, tensors, &mut inputs, &mut flags)?;
    }
    for (name, tensor) in options.tensors() {
        inputs.push(Input {
            path: format!("ctor.{name}"),
            array: tensors.get(tensor)?,
        });
    }
    let (standalone, names) = traced::<E>(&forward, &inputs, &flags, training)?;
    let standalone = loaded(standalone, case, tensors, &options)?;
    let arrays = inputs
        .iter()
        .map(|input| input.array.elements::<E>())
        .collect::<Result<Vec<_>, _>>()?;
    let views: Vec<_> = arrays.iter().map(|array| array.view()).collect();
    let weights = output_weights::<E>(case, tensors, &names)?;
    let weights: Vec<Option<ArrayViewD<'_, E>>> = weights
        .iter()
        .map(|weight| weight.as_ref().map(|weight| weight.view()))
        .collect();
    let done = standalone
        .backward(&views, &weights)
        .map_err(|error| error.to_string())?;
    let measure = Measure::new::<E>(tensors, &case.value["f32_err"]);
    let mut differences = outputs(case, &names, &done, &measure);
    differences.extend(gradients(case, &inputs, &standalone, &done, &measure)?);
    differences.extend(buffers(case, tensors, &done, &measure)?);
    Ok(differences)
}

/// The arguments of forward below a name: tensors, and `true`s.
fn gather_inputs<'a>(
    path: &str,
    value: &Value,
    tensors: &'a Tensors,
    inputs: &mut Vec<Input<'a>>,
    flags: &mut Vec<(String, bool)>,
) -> Result<(), String> {
    match value {
        Value::Null => Ok(()),
        Value::Bool(flag) => {
            flags.push((path.to_owned(), *flag));
            Ok(())
        }
        Value::Array(list) => list.iter().enumerate().try_for_each(|(index, value)| {
            gather_inputs(&format!("{path}.{index}"), value, tensors, inputs, flags)
        }),
        _ => {
            let name = value["$tensor"]
                .as_str()
                .ok_or_else(|| format!("{path} = {value} cannot be given"))?;
            inputs.push(Input {
                path: path.to_owned(),
                array: tensors.get(name)?,
            });
            Ok(())
        }
    }
}

/// The module on inputs of these shapes, and the names of its results.
fn traced<E: Element>(
    forward: &Forward,
    inputs: &[Input<'_>],
    flags: &[(String, bool)],
    training: bool,
) -> Result<(Standalone<E>, Vec<&'static str>), String> {
    let shapes: Vec<Option<&[usize]>> = inputs
        .iter()
        .map(|input| Some(input.array.shape.as_slice()))
        .collect();
    let (names, mistake) = (RefCell::new(Vec::new()), RefCell::new(None));
    let body: netdsl::Forward<'_> =
        &|at, given| mistake_free(forward, at, given, inputs, flags, &names, &mistake);
    let standalone = Standalone::new(&shapes, training, 0, body);
    match mistake.into_inner() {
        Some(why) => Err(why),
        None => Ok((
            standalone.map_err(|error| error.to_string())?,
            names.into_inner(),
        )),
    }
}

/// The results of a module; its names and mistakes go to the cells.
fn mistake_free<'t>(
    forward: &Forward,
    at: Scope<'t>,
    given: &[Tensor<'t>],
    inputs: &[Input<'_>],
    flags: &[(String, bool)],
    names: &RefCell<Vec<&'static str>>,
    mistake: &RefCell<Option<String>>,
) -> Vec<Tensor<'t>> {
    let tensors = inputs
        .iter()
        .zip(given)
        .map(|(input, &tensor)| (word(&input.path), tensor, input.array.boolean));
    match forward(at, &Given::new(tensors.collect(), flags.to_vec())) {
        Ok(results) => {
            *names.borrow_mut() = results.iter().map(|(name, _)| *name).collect();
            results.into_iter().map(|(_, tensor)| tensor).collect()
        }
        Err(why) => {
            *mistake.borrow_mut() = Some(why);
            Vec::new()
        }
    }
}

/// The module with the parameters and buffers of the case, which must be its own ones. What losses
/// keep of their arguments is no state here.
fn loaded<E: Element>(
    mut standalone: Standalone<E>,
    case: &Case<'_>,
    tensors: &Tensors,
    options: &Options<'_>,
) -> Result<Standalone<E>, String> {
    let wanted = case.texts("state")?;
    let found: Vec<String> = standalone
        .parameters()
        .map(|(path, ..)| path.to_owned())
        .collect();
    if let Some(extra) = found.iter().find(|path| !wanted.contains(&path.as_str())) {
        return Err(format!("the state dict should have no `{extra}`"));
    }
    for name in wanted {
        if options.tensors().any(|(argument, _)| argument == name) {
            continue;
        }
        if !found.iter().any(|path| path == name) {
            return Err(format!("the state dict lacks `{name}`"));
        }
        let value = tensors.get(&format!("state.{name}"))?.elements()?;
        standalone
            .set(name, value)
            .map_err(|error| error.to_string())?;
    }
    Ok(standalone)
}

/// For each result what its gradient is, where there is one.
fn output_weights<E: Element>(
    case: &Case<'_>,
    tensors: &Tensors,
    names: &[&str],
) -> Result<Vec<Option<ArrayD<E>>>, String> {
    let wanted = case.texts("grad_outputs")?;
    let own: Vec<String> = names.iter().map(|name| format!("g{name}")).collect();
    if let Some(other) = wanted
        .iter()
        .find(|name| !own.iter().any(|own| own == *name))
    {
        return Err(format!("there is no result for {other}"));
    }
    own.iter()
        .map(|name| {
            wanted
                .contains(&name.as_str())
                .then(|| tensors.get(name)?.elements())
                .transpose()
        })
        .collect()
}

fn outputs<E: Element>(
    case: &Case<'_>,
    names: &[&str],
    done: &Backward<E>,
    measure: &Measure<'_>,
) -> Vec<String> {
    let mut wanted = Vec::new();
    leaves(&case.value["outputs"], &mut wanted);
    if wanted.is_empty() {
        return vec!["the case has no outputs to compare with".to_owned()];
    }
    let check = |name: &String| match names.iter().position(|own| own == name) {
        Some(place) => measure.check(Kind::Out, name, &done.outputs[place]),
        None => Some(format!("there is no result {name}")),
    };
    wanted.iter().filter_map(check).collect()
}

/// The names of the tensors in a structure.
fn leaves(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Array(list) => list.iter().for_each(|value| leaves(value, found)),
        _ => found.extend(value["$tensor"].as_str().map(str::to_owned)),
    }
}

fn gradients<E: Element>(
    case: &Case<'_>,
    inputs: &[Input<'_>],
    standalone: &Standalone<E>,
    done: &Backward<E>,
    measure: &Measure<'_>,
) -> Result<Vec<String>, String> {
    let mut differences = Vec::new();
    for name in case.texts("grads")? {
        let (shape, gradient) = if let Some(path) = name.strip_prefix("gin.") {
            let place = inputs
                .iter()
                .position(|input| input.path == path)
                .ok_or_else(|| format!("no input for {name}"))?;
            (inputs[place].array.shape.clone(), &done.inputs[place])
        } else {
            let path = name
                .strip_prefix("gstate.")
                .ok_or_else(|| format!("whose gradient is {name}?"))?;
            let shape = standalone
                .parameters()
                .find(|(own, ..)| *own == path)
                .map(|(_, value, _)| value.shape().to_vec());
            let gradient = done.parameters.iter().find(|(own, _)| own == path);
            let (Some(shape), Some((_, gradient))) = (shape, gradient) else {
                return Err(format!("no parameter for {name}"));
            };
            (shape, gradient)
        };
        let zeros = || ArrayD::from_elem(IxDyn(&shape), E::ZERO);
        let gradient = gradient.clone().unwrap_or_else(zeros);
        differences.extend(measure.check(Kind::Grad, name, &gradient));
    }
    Ok(differences)
}

/// Buffers that the case says change, and that others do not.
fn buffers<E: Element>(
    case: &Case<'_>,
    tensors: &Tensors,
    done: &Backward<E>,
    measure: &Measure<'_>,
) -> Result<Vec<String>, String> {
    let wanted = case.texts("state_after")?;
    let mut differences = Vec::new();
    for name in &wanted {
        match done.buffers.iter().find(|(own, _)| own == name) {
            Some((_, value)) => {
                differences.extend(measure.check(Kind::Out, &format!("state_after.{name}"), value))
            }
            None => differences.push(format!("{name} does not change")),
        }
    }
    for (name, value) in done
        .buffers
        .iter()
        .filter(|(name, _)| !wanted.contains(&name.as_str()))
    {
        let before = tensors.get(&format!("state.{name}"))?.elements::<E>()?;
        if before != value {
            differences.push(format!("{name} changes"));
        }
    }
    Ok(differences)
}
