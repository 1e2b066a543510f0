//! Running a network forward.

use crate::engine::Plan;
use crate::network::Network;
use crate::network::bind::{self, Given};
use crate::network::module::each_parameter;
use crate::network::plans::Prepared;
use crate::network::tracing::{Inputs, Recorded};
use crate::{Element, Error};
use ndarray::{ArrayD, ArrayViewD, CowArray, IxDyn};
use std::sync::Arc;

/// Runs a network in evaluation mode.
pub(crate) fn evaluate<E: Element, N: Network<E>>(
    network: &N,
    inputs: &[ArrayViewD<'_, E>],
) -> Result<Vec<ArrayD<E>>, Error> {
    run(network, inputs, false)
}

/// Runs a network; the plans of evaluation are kept.
pub(crate) fn run<E: Element, N: Network<E>>(
    network: &N,
    inputs: &[ArrayViewD<'_, E>],
    training: bool,
) -> Result<Vec<ArrayD<E>>, Error> {
    check_count::<E, N>(inputs.len())?;
    let dense: Vec<CowArray<'_, E, IxDyn>> = inputs
        .iter()
        .map(|input| input.as_standard_layout())
        .collect();
    let shapes: Vec<&[usize]> = dense.iter().map(|input| input.shape()).collect();
    check_batches(&shapes)?;
    if !network.is_bound() {
        let shown: Vec<Vec<usize>> = shapes.iter().map(|shape| shape[1..].to_vec()).collect();
        let cause = format!(
            "the first input, a batch of samples {}",
            super::shapes_shown(&shown)
        );
        let trial = |copy: &N| run(copy, inputs, training).map(|_| ());
        let inputs = Inputs::Batches(&shapes);
        bind::bind_after(network, inputs, &Given::new(), &cause, Some(&trial))?;
    }
    let evaluations = network.core().evaluations();
    let prepared = if training {
        Arc::new(prepare(network, &shapes, true, Plan::fresh())?)
    } else {
        evaluations.plan(&shapes, |old| prepare(network, &shapes, false, old))?
    };
    let slices: Vec<&[E]> = dense.iter().filter_map(|input| input.as_slice()).collect();
    let mut own = Vec::with_capacity(prepared.parameters.len());
    each_parameter::<E>(network, &mut |parameter| own.push(parameter.slice()));
    let parameters: Option<Vec<&[E]>> = prepared
        .parameters
        .iter()
        .map(|&index| own.get(index).copied())
        .collect();
    // A part that was exchanged for another one may wait.
    let parameters = parameters
        .ok_or_else(|| Error::Invalid("a parameter does not exist any more".to_owned()))?;
    let plan = &prepared.plan;
    let mut workspace = evaluations.workspace();
    workspace.fit(plan).map_err(engine_error)?;
    workspace
        .run(plan, &slices, &parameters, (network.core().seed(), 0))
        .map_err(engine_error)?;
    let outputs = (0..plan.outputs())
        .map(|index| {
            let values = workspace.output(plan, index).to_vec();
            ArrayD::from_shape_vec(IxDyn(&plan.extent(index)), values)
                .map_err(|error| Error::Invalid(error.to_string()))
        })
        .collect();
    evaluations.put_back(workspace);
    outputs
}

/// As many inputs as the network has.
pub(crate) fn check_count<E: Element, N: Network<E>>(given: usize) -> Result<(), Error> {
    if given == N::INPUTS {
        return Ok(());
    }
    Err(Error::Invalid(format!(
        "`{}` has {} inputs, but {given} were given",
        N::NAME,
        N::INPUTS
    )))
}

/// Every input has a batch axis, and all of them the same one.
pub(crate) fn check_batches(shapes: &[&[usize]]) -> Result<(), Error> {
    let Some(first) = shapes.first() else {
        return Ok(());
    };
    for shape in shapes {
        if shape.is_empty() {
            return Err(Error::Invalid(
                "an input needs a batch axis: `x.insert_axis(Axis(0))` makes a batch of one"
                    .to_owned(),
            ));
        }
        if shape[0] != first[0] {
            return Err(Error::Invalid(format!(
                "the inputs are batches of {} and {} samples",
                first[0], shape[0]
            )));
        }
    }
    Ok(())
}

/// Plans the evaluation of batches, in the room of another plan.
fn prepare<E: Element, N: Network<E>>(
    network: &N,
    shapes: &[&[usize]],
    training: bool,
    mut plan: Plan<E>,
) -> Result<Prepared<E>, Error> {
    let recorded = bind::record(network, Inputs::Batches(shapes), training, &|_, outputs| {
        outputs
    })?;
    let graph = recorded
        .graph
        .as_ref()
        .ok_or_else(|| Error::Invalid("a size stays open for these inputs".to_owned()))?;
    plan.make(graph, &recorded.outputs);
    Ok(Prepared {
        shapes: shapes.iter().map(|shape| shape.to_vec()).collect(),
        plan,
        parameters: places(&recorded)?,
    })
}

/// For each parameter of a graph, its place among those of a network that is bound.
pub(crate) fn places(recorded: &Recorded) -> Result<Vec<usize>, Error> {
    let places = recorded.parameters.iter().map(|parameter| parameter.place);
    places
        .collect::<Option<_>>()
        .ok_or_else(|| Error::Invalid("a parameter does not exist yet".to_owned()))
}

pub(crate) fn engine_error(error: crate::engine::EngineError) -> Error {
    Error::Invalid(error.to_string())
}
