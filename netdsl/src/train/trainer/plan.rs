//! The plan of a step: the network, its loss and their gradients as one program for batches of a shape.

use crate::engine::{Plan, Workspace};
use crate::graph::loss_gradients;
use crate::network::bind::{self, existing};
use crate::network::given::Given;
use crate::network::module::{Layout, each_parameter, each_parameter_mut};
use crate::network::plans::same_shapes;
use crate::network::run::{check_count, check_step_batches};
use crate::network::tracing::{Inputs, Recorded};
use crate::network::{Network, shapes_shown};
use crate::train::{Gradients, Loss};
use crate::{Element, Error};
use ndarray::ArrayD;
use std::cell::Cell;

/// The plan of a step for batches of one shape.
pub(super) struct Step<E> {
    pub(super) network: &'static str,
    layout: Layout,
    /// Those of inputs, then those of targets.
    shapes: Vec<Vec<usize>>,
    inputs: usize,
    frozen: Vec<bool>,
    pub(super) plan: Plan<E>,
    /// For each parameter of the plan, its place among the network's.
    pub(super) parameters: Vec<usize>,
    /// The paths of the network's parameters.
    pub(super) paths: Vec<String>,
    /// For each parameter of the network whether it is a buffer.
    buffers: Vec<bool>,
    /// For each parameter of the network the output that holds its gradient.
    gradients: Vec<Option<usize>>,
    /// For each parameter of the network the output that is its next value: buffers.
    updates: Vec<Option<usize>>,
}

/// Plans the step of a network on batches, in the room of an old plan.
pub(super) fn prepare<E: Element, N: Network<E>>(
    loss: &impl Loss,
    network: &N,
    (shapes, count): (&[&[usize]], usize),
    old: Option<Step<E>>,
) -> Result<Step<E>, Error> {
    let (inputs, targets) = shapes.split_at(count);
    check_count::<E, N>(count)?;
    if targets.len() != loss.targets() {
        return Err(Error::Invalid(format!(
            "the loss takes {}, but {} given\n  = help: give `step_on` as many targets as the loss takes",
            counted(loss.targets(), "target"),
            was(targets.len())
        )));
    }
    check_step_batches(inputs, targets)?;
    let outputs = Cell::new(loss.outputs());
    let record = || {
        bind::record(network, Inputs::Batches(inputs), true, &|at, found| {
            outputs.set(found.len());
            if found.len() != loss.outputs() {
                return found;
            }
            let trace = at.trace();
            let first = inputs.len() as u32;
            let targets: Vec<_> = (first..)
                .zip(targets)
                .map(|(index, target)| trace.known_input(index, target, false))
                .collect();
            let found: Vec<_> = found.into_iter().map(|output| output.as_raw()).collect();
            vec![loss.trace(at, &found, &targets)]
        })
    };
    let mut recorded = record()?;
    if outputs.get() != loss.outputs() {
        return Err(outputs_differ(N::NAME, outputs.get(), loss.outputs()));
    }
    if !network.is_bound() {
        let samples: Vec<Vec<usize>> = inputs.iter().map(|shape| shape[1..].to_vec()).collect();
        let cause = format!("the first step, on samples {}", shapes_shown(&samples));
        bind::bind(network, Inputs::Batches(inputs), &Given::default(), &cause)?;
        recorded = record()?;
    }
    compile(network, recorded, (shapes, count), old)
}

/// A loss on which nothing that is trained depends: PyTorch refuses it as well.
const NOTHING_TO_TRAIN: &str = "there is nothing to train: the parameters on which the loss depends are frozen, or it depends on none\n  = help: `unfreeze` those that are to be trained, or call `forward` and the loss for the value alone";

/// A loss that would leave results of a network out.
fn outputs_differ(network: &str, gives: usize, takes: usize) -> Error {
    let names: Vec<String> = (1..=gives).map(|index| format!("y{index}")).collect();
    Error::Invalid(format!(
        "`{network}` gives {}, but the loss takes {takes}\n  = help: write a loss that takes all of them and uses \
         those that it needs: `fn loss<'t>([{}]: [Tensor<'t>; {gives}], target: Tensor<'t>) -> Tensor<'t>`",
        counted(gives, "result"),
        names.join(", ")
    ))
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

fn was(count: usize) -> String {
    format!("{count} {}", if count == 1 { "was" } else { "were" })
}

fn compile<E: Element, N: Network<E>>(
    network: &N,
    mut recorded: Recorded,
    (shapes, inputs): (&[&[usize]], usize),
    old: Option<Step<E>>,
) -> Result<Step<E>, Error> {
    let graph = recorded.graph.take();
    let mut graph = graph.ok_or_else(|| recorded.unmade())?;
    let loss = *recorded
        .outputs
        .first()
        .ok_or_else(|| Error::Invalid("the network gives nothing".to_owned()))?;
    if graph.extent(loss).count() != 1 {
        return Err(Error::Invalid(format!(
            "a loss to train on is one number, but this one is {:?}\n  = help: take the mean of it: `.mean_all()` in a \
             function, `.reduction(\"mean\")` of a loss",
            &*graph.extent(loss)
        )));
    }
    let existing = existing::<E>(network);
    let parameters = bind::places(network, &recorded)?;
    let frozen: Vec<bool> = existing
        .iter()
        .map(|(_, parameter)| parameter.frozen)
        .collect();
    let trained: Vec<usize> = (0..recorded.parameters.len())
        .filter(|&i| !recorded.parameters[i].buffer && !frozen[parameters[i]])
        .collect();
    let wanted: Vec<usize> = trained
        .iter()
        .map(|&i| recorded.parameters[i].node)
        .collect();
    let found = loss_gradients(&mut graph, loss, &wanted);
    let mut outputs = vec![loss];
    let (mut gradients, mut updates) = (vec![None; existing.len()], vec![None; existing.len()]);
    for (&i, gradient) in trained.iter().zip(found) {
        if let Some(node) = gradient {
            gradients[parameters[i]] = Some(outputs.len());
            outputs.push(node);
        }
    }
    for (parameter, &place) in recorded.parameters.iter().zip(&parameters) {
        if let Some(node) = parameter.update {
            updates[place] = Some(outputs.len());
            outputs.push(node);
        }
    }
    let has_parameters = existing.iter().any(|(_, parameter)| !parameter.buffer);
    if outputs.len() == 1 && has_parameters {
        return Err(Error::Invalid(NOTHING_TO_TRAIN.to_owned()));
    }
    let mut plan = old.map_or_else(Plan::fresh, |old| old.plan);
    plan.make(&graph, &outputs);
    Ok(Step {
        network: std::any::type_name::<N>(),
        layout: Layout::of::<E>(network),
        shapes: shapes.iter().map(|shape| shape.to_vec()).collect(),
        inputs,
        frozen,
        plan,
        parameters,
        buffers: existing
            .iter()
            .map(|(_, parameter)| parameter.buffer)
            .collect(),
        paths: existing.into_iter().map(|(path, _)| path).collect(),
        gradients,
        updates,
    })
}

impl<E: Element> Step<E> {
    /// Whether this is the plan for batches of these shapes, so many of which are inputs.
    pub(super) fn fits<N: Network<E>>(
        &self,
        network: &N,
        (shapes, inputs): (&[&[usize]], usize),
    ) -> bool {
        let (mut place, mut same) = (0, true);
        each_parameter::<E>(network, &mut |parameter| {
            same &= self.frozen.get(place) == Some(&parameter.frozen);
            place += 1;
        });
        same && place == self.frozen.len()
            && self.network == std::any::type_name::<N>()
            && self.inputs == inputs
            && same_shapes(&self.shapes, shapes)
            && self.layout.fits::<E>(network)
    }

    /// Samples of the batch.
    pub(super) fn samples(&self) -> usize {
        self.shapes
            .first()
            .and_then(|shape| shape.first())
            .map_or(1, |&samples| samples)
    }

    /// The paths of parameters that may be trained.
    pub(super) fn trainable(&self) -> impl Iterator<Item = &str> {
        let own = self.paths.iter().zip(&self.buffers);
        own.filter(|(_, buffer)| !**buffer)
            .map(|(path, _)| path.as_str())
    }

    /// Whether the parameter at a place among those of the network has a gradient.
    pub(super) fn has_gradient(&self, place: usize) -> bool {
        self.gradients[place].is_some()
    }

    /// The gradient of the parameter at a place among those of the network, where it has one.
    pub(super) fn gradient<'m>(&self, place: usize, memory: &'m Workspace<E>) -> Option<&'m [E]> {
        Some(memory.output(&self.plan, self.gradients[place]?))
    }

    /// All gradients by path.
    pub(super) fn named_gradients(&self, memory: &Workspace<E>) -> Gradients<E> {
        let named = self.paths.iter().zip(&self.gradients);
        let named = named.filter_map(|(path, output)| {
            let output = (*output)?;
            let (extent, values) = (
                self.plan.extent(output),
                memory.output(&self.plan, output).to_vec(),
            );
            Some((path.clone(), ArrayD::from_shape_vec(&*extent, values).ok()?))
        });
        named.collect()
    }

    /// Gives buffers their next values.
    pub(super) fn update_buffers<N: Network<E>>(&self, network: &mut N, memory: &Workspace<E>) {
        let mut place = 0;
        each_parameter_mut::<E>(network, &mut |parameter| {
            if let Some(update) = self.updates[place] {
                let next = memory.output(&self.plan, update);
                parameter.slice_mut().copy_from_slice(next);
            }
            place += 1;
        });
    }
}
