//! Running a network forward.

use crate::engine::{EngineError, Plan, Workspace};
use crate::graph::Graph;
use crate::network::Network;
use crate::network::bind;
use crate::network::blame;
use crate::network::core::Core;
use crate::network::given::Given;
use crate::network::module::{Layout, each_parameter};
use crate::network::plans::Prepared;
use crate::network::tracing::{Inputs, Recorded};
use crate::places::Places;
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
    let slices: Vec<&[E]> = dense.iter().filter_map(|input| input.as_slice()).collect();
    let (core, evaluations) = (network.core(), network.core().evaluations());
    let mut workspace = evaluations.workspace();
    if !network.is_bound() {
        let shown: Vec<Vec<usize>> = shapes.iter().map(|shape| shape[1..].to_vec()).collect();
        let cause = format!(
            "the first input, a batch of samples {}",
            super::shapes_shown(&shown)
        );
        // It runs before anything of it is there for others to see: what cannot be run leaves the network open.
        let (mut plan, mut first, mut failed) = (Plan::fresh(), None, None);
        let bound = bind::bind_after(
            network,
            Inputs::Batches(&shapes),
            &Given::default(),
            &cause,
            training,
            &mut |drawn| {
                plan.make(graph(&drawn.recorded)?, &drawn.recorded.outputs);
                let run = execute(&plan, &mut workspace, &slices, &drawn.values()?, core);
                run.map_err(|error| {
                    failed = Some(error);
                    engine_error(error)
                })?;
                first = Some((results(&plan, &workspace)?, drawn.paths()));
                Ok(())
            },
        );
        if let Some(error) = failed {
            return Err(blame::explain(network, &shapes, &slices, error));
        }
        bound?;
        if let Some((outputs, paths)) = first {
            if !training {
                keep(network, &shapes, plan, &paths)?;
            }
            evaluations.put_back(workspace);
            return Ok(outputs);
        }
    }
    let prepared = if training {
        Arc::new(prepare(network, &shapes, true, Plan::fresh())?)
    } else {
        let fits = |prepared: &Prepared<E>| prepared.layout.fits::<E>(network);
        evaluations.plan(&shapes, fits, |old| prepare(network, &shapes, false, old))?
    };
    let mut own = Vec::with_capacity(prepared.parameters.len());
    each_parameter::<E>(network, &mut |parameter| own.push(parameter.slice()));
    let parameters: Vec<&[E]> = prepared
        .parameters
        .iter()
        .map(|&index| own[index])
        .collect();
    let run = execute(&prepared.plan, &mut workspace, &slices, &parameters, core);
    let outputs = match run {
        Ok(()) => results(&prepared.plan, &workspace),
        Err(error) => Err(blame::explain(network, &shapes, &slices, error)),
    };
    evaluations.put_back(workspace);
    outputs
}

/// Runs a plan.
fn execute<E: Element>(
    plan: &Plan<E>,
    workspace: &mut Workspace<E>,
    inputs: &[&[E]],
    parameters: &[&[E]],
    core: &Core<E>,
) -> Result<(), EngineError> {
    workspace.fit(plan)?;
    core.in_next_run(|randomness| workspace.run(plan, inputs, parameters, randomness))
}

/// What a plan has given.
fn results<E: Element>(plan: &Plan<E>, workspace: &Workspace<E>) -> Result<Vec<ArrayD<E>>, Error> {
    (0..plan.outputs())
        .map(|index| {
            let values = workspace.output(plan, index).to_vec();
            ArrayD::from_shape_vec(IxDyn(&plan.extent(index)), values)
                .map_err(|error| Error::Invalid(error.to_string()))
        })
        .collect()
}

/// Keeps the plan of the run that bound a network, whose parameters have these paths, for the next one.
fn keep<E: Element, N: Network<E>>(
    network: &N,
    shapes: &[&[usize]],
    plan: Plan<E>,
    paths: &[String],
) -> Result<(), Error> {
    let existing = bind::existing::<E>(network);
    let places = Places::of(&mut existing.iter().map(|(path, _)| path.as_str()));
    // Where a part does not hold what it should, the next run tells.
    let Some(parameters) = paths.iter().map(|path| places.get(path)).collect() else {
        return Ok(());
    };
    let prepared = Prepared {
        shapes: shapes.iter().map(|shape| shape.to_vec()).collect(),
        layout: Layout::of::<E>(network),
        plan,
        parameters,
    };
    let kept = network
        .core()
        .evaluations()
        .plan(shapes, |_| false, |_| Ok(prepared));
    kept.map(drop)
}

/// The graph of a recording, which is there where all sizes are known.
fn graph(recorded: &Recorded) -> Result<&Graph, Error> {
    recorded.graph.as_ref().ok_or_else(|| recorded.unmade())
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

/// As [`check_batches`], for inputs and the targets of a loss. A step takes at least one sample: the mean over none is
/// no number.
pub(crate) fn check_step_batches(inputs: &[&[usize]], targets: &[&[usize]]) -> Result<(), Error> {
    check_batches(inputs)?;
    let Some(samples) = inputs.first().map(|shape| shape[0]) else {
        return Ok(());
    };
    if samples == 0 {
        return Err(Error::Invalid(
            "the batch is empty, and a step takes at least one sample\n  = help: leave such a batch out".to_owned(),
        ));
    }
    for (index, target) in targets.iter().enumerate() {
        let which = which_target(index, targets.len());
        if target.is_empty() {
            return Err(Error::Invalid(format!(
                "{which} is a single number, but the input is a batch of {samples}\n  = help: give a target for each sample: \
                 its first axis is the batch"
            )));
        }
        if target[0] != samples {
            return Err(Error::Invalid(format!(
                "{which} is of {} samples, but the input is a batch of {samples}\n  = help: give a target for each sample of the \
                 batch",
                target[0]
            )));
        }
    }
    Ok(())
}

/// One of so many targets in words.
pub(crate) fn which_target(index: usize, count: usize) -> String {
    match count {
        1 => "the target".to_owned(),
        _ => format!("target {}", index + 1),
    }
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
    plan.make(graph(&recorded)?, &recorded.outputs);
    Ok(Prepared {
        shapes: shapes.iter().map(|shape| shape.to_vec()).collect(),
        layout: Layout::of::<E>(network),
        plan,
        parameters: bind::places(network, &recorded)?,
    })
}

pub(crate) fn engine_error(error: EngineError) -> Error {
    let help = match error {
        EngineError::Index { limit, .. } => format!(
            "\n  = help: tokens and classes are whole numbers below {limit}, the number of rows of the embedding or of classes"
        ),
        // What is wrong then is not what the domain is about.
        EngineError::Domain(error) if error.value.is_nan() => {
            "\n  = help: look for NaN in the data; where there is none, the \
            training has diverged, which a lower rate or `clip` may prevent"
                .to_owned()
        }
        EngineError::Domain(error) => format!("\n  = help: {}", error.domain.help),
        _ => String::new(),
    };
    Error::Invalid(format!("{error}{help}"))
}
