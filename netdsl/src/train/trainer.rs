//! A training step: forward, loss, backward, update, as one program.

use crate::engine::{Plan, Workspace};
use crate::graph::loss_gradients;
use crate::network::bind::{self, Given, Open, existing};
use crate::network::module::{Layout, each_parameter, each_parameter_mut};
use crate::network::plans::{Plans, same_shapes};
use crate::network::run::{check_batches, engine_error};
use crate::network::tracing::{Inputs, Recorded};
use crate::network::{Input, Network};
use crate::train::Loss;
use crate::train::optimizer::{Optimizer, Rule, clip};
use crate::{Element, Error};
use ndarray::ArrayD;

/// Trains networks: a loss, an optimiser, and the plans of their steps.
///
/// It may be made before a network's sizes are known.
///
/// ```
/// use ndarray::array;
/// use netdsl::prelude::*;
/// use netdsl::train::{MseLoss, Sgd, Trainer};
///
/// network! {
///     struct Line { fc: Linear<_, 1> }
/// }
///
/// let mut net = network!(Line)?;
/// let mut trainer = Trainer::new(MseLoss::default(), Sgd::new(0.1))?;
/// let (x, y) = (array![[0.0f32], [1.0], [2.0]], array![[1.0], [3.0], [5.0]]);
/// for _ in 0..200 {
///     trainer.step(&mut net, &x, &y)?;
/// }
/// assert!((net.parameter("fc.weight")?[[0, 0]] - 2.0).abs() < 1e-2);
/// # Ok::<(), netdsl::Error>(())
/// ```
pub struct Trainer<L, R: Rule, E: Element = f32> {
    loss: L,
    optimizer: Optimizer<R, E>,
    clip: Option<Clip>,
    steps: Plans<Step<E>>,
    memory: Workspace<E>,
    /// Room for the parameters' slices, kept from step to step.
    slices: Vec<&'static [E]>,
    count: u64,
}

/// The gradients of trained parameters, by path, in order.
pub type Gradients<E> = Vec<(String, ArrayD<E>)>;

/// How gradients are kept from growing too large.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Clip {
    /// Scales all gradients together so that their norm is at most this.
    Norm(f64),
    /// Keeps every element between −this and this.
    Value(f64),
}

/// The plan of a step for batches of one shape.
struct Step<E> {
    network: &'static str,
    layout: Layout,
    shapes: Vec<Vec<usize>>,
    frozen: Vec<bool>,
    plan: Plan<E>,
    /// For each parameter of the plan, its place among the network's.
    parameters: Vec<usize>,
    /// For each parameter of the network its path and the output that holds its gradient.
    gradients: Vec<(String, Option<usize>)>,
    /// For each parameter of the network the output that is its next value: buffers.
    updates: Vec<Option<usize>>,
    /// Room for clipped gradients.
    clipped: Vec<E>,
}

impl<L: Loss, R: Rule, E: Element> Trainer<L, R, E> {
    /// A trainer with a loss and an optimiser's rule.
    ///
    /// # Errors
    /// If an option of the optimiser has a value it cannot have.
    pub fn new(loss: L, rule: R) -> Result<Self, Error> {
        Ok(Self::with_optimizer(loss, Optimizer::new(rule)?))
    }

    /// A trainer with an optimiser that has parameter groups or a state.
    pub fn with_optimizer(loss: L, optimizer: Optimizer<R, E>) -> Self {
        Self {
            loss,
            optimizer,
            clip: None,
            steps: Plans::NONE,
            memory: Workspace::default(),
            slices: Vec::new(),
            count: 0,
        }
    }

    /// The same trainer, clipping gradients before each update.
    #[must_use]
    pub fn clip(mut self, clip: Clip) -> Self {
        self.clip = Some(clip);
        self
    }

    /// The optimiser.
    pub fn optimizer(&self) -> &Optimizer<R, E> {
        &self.optimizer
    }

    /// The optimiser, for changing its rate, say.
    pub fn optimizer_mut(&mut self) -> &mut Optimizer<R, E> {
        &mut self.optimizer
    }

    /// One step on a batch, in training mode; gives the loss before it. The first one binds the
    /// network.
    ///
    /// # Errors
    /// If a size or a state of the optimiser does not fit; the network is then as it was.
    pub fn step<N: Network<E>>(
        &mut self,
        network: &mut N,
        x: impl Input<E>,
        target: impl Input<E>,
    ) -> Result<E, Error> {
        self.step_on(network, &[&x], &target)
    }

    /// As [`Self::step`], for networks with several inputs.
    ///
    /// # Errors
    /// As [`Self::step`].
    pub fn step_on<N: Network<E>>(
        &mut self,
        network: &mut N,
        inputs: &[&dyn Input<E>],
        target: &dyn Input<E>,
    ) -> Result<E, Error> {
        let loss = self.forward_backward(network, inputs, target, true)?;
        self.count += 1;
        let Some(step) = self.steps.last_mut() else {
            return Ok(loss);
        };
        let memory = &self.memory;
        let scale = clip_gradients(self.clip, step, memory);
        let (mut place, mut result) = (0, Ok(()));
        let optimizer = &mut self.optimizer;
        each_parameter_mut::<E>(network, &mut |parameter| {
            let (path, gradient) = &step.gradients[place];
            if let Some(update) = step.updates[place] {
                let next = memory.output(&step.plan, update);
                parameter.slice_mut().copy_from_slice(next);
            } else if let (Some(output), true) = (gradient, result.is_ok()) {
                let mut gradient = memory.output(&step.plan, *output);
                if let Some(Clip::Value(limit)) = self.clip {
                    let limit = E::from_f64(limit);
                    let values = gradient.iter();
                    step.clipped.clear();
                    step.clipped
                        .extend(values.map(|&value| value.minimum(limit).maximum(-limit)));
                    gradient = &step.clipped;
                }
                // Nothing is wrong with it: that was asked before anything was changed.
                optimizer.begin(path, parameter.draw);
                result = optimizer.step_scaled(path, scale, parameter.slice_mut(), gradient);
            }
            place += 1;
        });
        result?;
        Ok(loss)
    }

    /// The loss and the gradients of a batch, by path, in training mode. Changes nothing but what is
    /// not bound yet.
    ///
    /// # Errors
    /// As [`Self::step`].
    pub fn gradients<N: Network<E>>(
        &mut self,
        network: &mut N,
        inputs: &[&dyn Input<E>],
        target: &dyn Input<E>,
    ) -> Result<(E, Gradients<E>), Error> {
        let loss = self.forward_backward(network, inputs, target, false)?;
        let Some(step) = self.steps.last_mut() else {
            return Ok((loss, Vec::new()));
        };
        let named = step.gradients.iter().filter_map(|(path, output)| {
            let output = (*output)?;
            let (extent, values) = (
                step.plan.extent(output),
                self.memory.output(&step.plan, output).to_vec(),
            );
            Some((path.clone(), ArrayD::from_shape_vec(&*extent, values).ok()?))
        });
        Ok((loss, named.collect()))
    }

    /// Runs the plan for a batch, which is then the last of `steps`. Where an update follows, that one cannot fail.
    fn forward_backward<N: Network<E>>(
        &mut self,
        network: &mut N,
        inputs: &[&dyn Input<E>],
        target: &dyn Input<E>,
        update: bool,
    ) -> Result<E, Error> {
        if let [input] = inputs {
            let (x, y) = (input.array(), target.array());
            if let (Some(x_slice), Some(y_slice)) = (x.as_slice(), y.as_slice()) {
                return self.run(
                    network,
                    &[x.shape(), y.shape()],
                    &[x_slice, y_slice],
                    update,
                );
            }
        }
        let views: Vec<_> = inputs
            .iter()
            .copied()
            .chain([target])
            .map(|input| input.array())
            .collect();
        let dense: Vec<_> = views.iter().map(|view| view.as_standard_layout()).collect();
        let shapes: Vec<&[usize]> = dense.iter().map(|array| array.shape()).collect();
        let slices: Vec<&[E]> = dense.iter().filter_map(|array| array.as_slice()).collect();
        self.run(network, &shapes, &slices, update)
    }

    /// A first step that fails leaves the network as open as it was.
    fn run<N: Network<E>>(
        &mut self,
        network: &mut N,
        shapes: &[&[usize]],
        slices: &[&[E]],
        update: bool,
    ) -> Result<E, Error> {
        let open = Open::of(network);
        let mut loss = self.run_step(network, shapes, slices);
        if let (true, Ok(_)) = (update, &loss)
            && let Err(error) = self.check_update(network)
        {
            loss = Err(error);
        }
        if let (Err(_), Some(open)) = (&loss, open) {
            open.restore(network);
            self.steps.clear();
        }
        loss
    }

    /// Whether the optimiser can update every parameter that has a gradient.
    fn check_update<N: Network<E>>(&mut self, network: &N) -> Result<(), Error> {
        let Some(step) = self.steps.last_mut() else {
            return Ok(());
        };
        let (mut place, mut result) = (0, Ok(()));
        each_parameter::<E>(network, &mut |parameter| {
            if let (path, Some(_)) = &step.gradients[place]
                && result.is_ok()
            {
                let length = parameter.value().len();
                result = self.optimizer.check_step(path, parameter.draw, length);
            }
            place += 1;
        });
        Ok(result?)
    }

    fn run_step<N: Network<E>>(
        &mut self,
        network: &mut N,
        shapes: &[&[usize]],
        slices: &[&[E]],
    ) -> Result<E, Error> {
        let fits = |step: &Step<E>| step.fits(network, shapes);
        let loss = &self.loss;
        let step = self
            .steps
            .find_or_make(fits, |old| prepare(loss, network, shapes, old))?;
        self.memory.fit(&step.plan).map_err(engine_error)?;
        let mut own = recycled(std::mem::take(&mut self.slices));
        let places = step.parameters.len();
        own.resize(2 * places.max(step.gradients.len()), &[]);
        let (found, ordered) = own.split_at_mut(places.max(step.gradients.len()));
        let mut place = 0;
        each_parameter::<E>(network, &mut |parameter| {
            found[place] = parameter.slice();
            place += 1;
        });
        for (slot, &place) in ordered.iter_mut().zip(&step.parameters) {
            *slot = found[place];
        }
        let run = self.memory.run(
            &step.plan,
            slices,
            &ordered[..places],
            (network.core().seed(), self.count),
        );
        self.slices = recycled(own);
        run.map_err(engine_error)?;
        Ok(self.memory.output(&step.plan, 0)[0])
    }
}

/// Plans the step of a network on batches, in the room of an old plan.
fn prepare<E: Element, N: Network<E>>(
    loss: &impl Loss,
    network: &N,
    shapes: &[&[usize]],
    old: Option<Step<E>>,
) -> Result<Step<E>, Error> {
    let (target, inputs) = shapes
        .split_last()
        .ok_or_else(|| Error::Invalid("a step needs a target".to_owned()))?;
    check_batches(shapes)?;
    let record = || {
        bind::record(network, Inputs::Batches(inputs), true, &|at, outputs| {
            let trace = at.trace();
            let target = trace.known_input(inputs.len() as u32, target, false);
            let output = outputs.first();
            let loss = output.map(|output| loss.trace(at, output.as_raw(), target));
            loss.into_iter().collect()
        })
    };
    let mut recorded = record()?;
    if !network.is_bound() {
        let samples: Vec<Vec<usize>> = inputs.iter().map(|shape| shape[1..].to_vec()).collect();
        let cause = format!(
            "the first step, on samples {}",
            crate::network::shapes_shown(&samples)
        );
        bind::bind(network, Inputs::Batches(inputs), &Given::new(), &cause)?;
        recorded = record()?;
    }
    compile(network, recorded, shapes, old)
}

fn compile<E: Element, N: Network<E>>(
    network: &N,
    mut recorded: Recorded,
    shapes: &[&[usize]],
    old: Option<Step<E>>,
) -> Result<Step<E>, Error> {
    let mut graph = recorded
        .graph
        .take()
        .ok_or_else(|| Error::Invalid("a size stays open for this batch".to_owned()))?;
    let loss = *recorded
        .outputs
        .first()
        .ok_or_else(|| Error::Invalid("the network gives nothing".to_owned()))?;
    if graph.extent(loss).count() != 1 {
        return Err(Error::Invalid(format!(
            "a loss to train on is one number, but this one is {:?}",
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
    let mut gradients: Vec<(String, Option<usize>)> = existing
        .iter()
        .map(|(path, _)| (path.clone(), None))
        .collect();
    let mut updates = vec![None; existing.len()];
    for (&i, gradient) in trained.iter().zip(found) {
        if let Some(node) = gradient {
            gradients[parameters[i]].1 = Some(outputs.len());
            outputs.push(node);
        }
    }
    for (parameter, &place) in recorded.parameters.iter().zip(&parameters) {
        if let Some(node) = parameter.update {
            updates[place] = Some(outputs.len());
            outputs.push(node);
        }
    }
    let mut plan = old.map_or_else(Plan::fresh, |old| old.plan);
    plan.make(&graph, &outputs);
    Ok(Step {
        network: std::any::type_name::<N>(),
        layout: Layout::of::<E>(network),
        shapes: shapes.iter().map(|shape| shape.to_vec()).collect(),
        frozen,
        plan,
        parameters,
        gradients,
        updates,
        clipped: Vec::new(),
    })
}

impl<E: Element> Step<E> {
    /// Whether this is the plan for batches of these shapes and a network of these sizes.
    fn fits<N: Network<E>>(&self, network: &N, shapes: &[&[usize]]) -> bool {
        let (mut place, mut same) = (0, true);
        each_parameter::<E>(network, &mut |parameter| {
            same &= self.frozen.get(place) == Some(&parameter.frozen);
            place += 1;
        });
        same && place == self.frozen.len()
            && self.network == std::any::type_name::<N>()
            && same_shapes(&self.shapes, shapes)
            && self.layout.fits::<E>(network)
    }
}

/// What gradients are to be multiplied with.
fn clip_gradients<E: Element>(clip: Option<Clip>, step: &Step<E>, memory: &Workspace<E>) -> E {
    let Some(Clip::Norm(limit)) = clip else {
        return E::ONE;
    };
    let gradients = step
        .gradients
        .iter()
        .filter_map(|(_, output)| output.map(|output| memory.output(&step.plan, output)));
    E::from_f64(clip::coefficient(clip::grad_norm(gradients, 2.0), limit))
}

/// An empty vector for slices of another lifetime in the memory of this one.
fn recycled<'a, E>(mut slices: Vec<&[E]>) -> Vec<&'a [E]> {
    slices.clear();
    slices.into_iter().map(|_| -> &'a [E] { &[] }).collect()
}
