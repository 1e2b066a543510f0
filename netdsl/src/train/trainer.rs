//! A training step: forward, loss, backward, update, as one program.

mod accumulated;
mod checkpoint;
mod plan;

use crate::engine::Workspace;
use crate::network::bind::Open;
use crate::network::blame;
use crate::network::module::{each_parameter, each_parameter_mut};
use crate::network::plans::Plans;
use crate::network::run::engine_error;
use crate::network::{Input, Network};
use crate::train::optimizer::{Optimizer, Rule, clip};
use crate::train::{IntoLoss, Loss};
use crate::{Element, Error};
use accumulated::Accumulated;
use ndarray::ArrayD;
use plan::{Step, prepare};

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
///
/// # Gradients of several batches
///
/// [`Trainer::accumulate`] takes a batch's gradients without an update, [`Trainer::apply`] updates by all that were
/// taken:
///
/// ```
/// # use ndarray::array;
/// # use netdsl::prelude::*;
/// # use netdsl::train::{MseLoss, Sgd, Trainer};
/// # network! { struct Line { fc: Linear<_, 1> } }
/// # let mut net = network!(Line)?;
/// # let mut trainer = Trainer::new(MseLoss::default(), Sgd::new(0.1))?;
/// # let (x, y) = (array![[0.0f32], [1.0], [2.0]], array![[1.0], [3.0], [5.0]]);
/// for _ in 0..4 {
///     trainer.accumulate(&mut net, &x, &y)?;
/// }
/// trainer.apply(&mut net)?;
/// assert_eq!(trainer.optimizer().steps("fc.weight"), 1);
/// # Ok::<(), netdsl::Error>(())
/// ```
///
/// # Going on later
///
/// [`Trainer::save`] writes the optimiser's state, its rates and which random numbers come next; with the network's own
/// file, training goes on from there bit for bit as if it had not been interrupted.
///
/// # Rates
///
/// An own loop sets the rate of a [schedule](crate::train::schedule) by
/// `trainer.optimizer_mut().set_lr(schedule.lr())`; [`Fit`](crate::train::Fit) does so by itself.
pub struct Trainer<L, R: Rule, E: Element = f32> {
    loss: L,
    optimizer: Optimizer<R, E>,
    clip: Option<Clip>,
    steps: Plans<Step<E>>,
    memory: Workspace<E>,
    /// Room for the parameters' slices, kept from step to step.
    slices: Vec<&'static [E]>,
    /// Room for clipped gradients.
    clipped: Vec<E>,
    accumulated: Accumulated<E>,
    /// Batches so far: each has its own random numbers, those of dropouts among them.
    count: u64,
    /// What random numbers are drawn from, beside the count: the seed of the network trained last.
    seed: u64,
    /// The same, where a file says it.
    loaded_seed: Option<u64>,
    /// What of a network was last found to fit the parameter groups.
    checked: Option<&'static str>,
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

impl<L: Loss, R: Rule, E: Element> Trainer<L, R, E> {
    /// A trainer with a loss and an optimiser's rule. Its type of elements is that of the network it trains; one that trains
    /// none yet says it, `let trainer: Trainer<_, _> = …` for `f32`.
    ///
    /// # Errors
    /// If an option of the optimiser has a value it cannot have.
    pub fn new<Kind>(loss: impl IntoLoss<Kind, Loss = L>, rule: R) -> Result<Self, Error> {
        Ok(Self::with_optimizer(loss, Optimizer::new(rule)?))
    }

    /// A trainer with an optimiser that has parameter groups or a state.
    pub fn with_optimizer<Kind>(
        loss: impl IntoLoss<Kind, Loss = L>,
        optimizer: Optimizer<R, E>,
    ) -> Self {
        Self {
            loss: loss.into_loss(),
            optimizer,
            clip: None,
            steps: Plans::NONE,
            memory: Workspace::default(),
            slices: Vec::new(),
            clipped: Vec::new(),
            accumulated: Accumulated::NONE,
            count: 0,
            seed: 0,
            loaded_seed: None,
            checked: None,
        }
    }

    /// The same trainer, clipping gradients before each update.
    #[doc(alias = "clip_grad_norm_")]
    #[doc(alias = "clip_grad_value_")]
    #[must_use]
    pub fn clip(mut self, clip: Clip) -> Self {
        self.clip = Some(clip);
        self
    }

    pub(crate) fn loss(&self) -> &L {
        &self.loss
    }

    /// The optimiser.
    pub fn optimizer(&self) -> &Optimizer<R, E> {
        &self.optimizer
    }

    /// The optimiser, for changing its rate, say.
    pub fn optimizer_mut(&mut self) -> &mut Optimizer<R, E> {
        self.checked = None;
        &mut self.optimizer
    }

    /// One step on a batch, in training mode; gives the loss before it. The first one binds the
    /// network. Gradients that were [accumulated](Self::accumulate) take part.
    ///
    /// Classes and tokens are numbers of the network's type: `&classes.mapv(|class| class as f32)`.
    ///
    /// # Errors
    /// If the batch is empty, if a size or a state of the optimiser does not fit, or if the loss does not take a value
    /// ([`BceLoss`](crate::train::BceLoss)); the network is then as it was.
    #[doc(alias = "zero_grad")]
    #[doc(alias = "backward")]
    pub fn step<N: Network<E>>(
        &mut self,
        network: &mut N,
        x: impl Input<E>,
        target: impl Input<E>,
    ) -> Result<E, Error> {
        self.step_on(network, &[&x], &[&target])
    }

    /// As [`Self::step`], for networks with several inputs, and losses of several targets or none.
    ///
    /// # Errors
    /// As [`Self::step`].
    pub fn step_on<N: Network<E>>(
        &mut self,
        network: &mut N,
        inputs: &[&dyn Input<E>],
        targets: &[&dyn Input<E>],
    ) -> Result<E, Error> {
        if !self.accumulated.is_empty() {
            let loss = self.accumulate_on(network, inputs, targets)?;
            self.apply(network)?;
            return Ok(loss);
        }
        let loss = self.forward_backward(network, inputs, targets, true)?;
        self.count += 1;
        let Some(step) = self.steps.last_mut() else {
            return Ok(loss);
        };
        let memory = &self.memory;
        step.update_buffers(network, memory);
        let gradient = |place: usize| step.gradient(place, memory);
        update(
            network,
            (&mut self.optimizer, self.clip),
            &step.paths,
            E::ONE,
            &gradient,
            &mut self.clipped,
        )?;
        Ok(loss)
    }

    /// Takes the gradients of a batch, in training mode, and adds them to those taken since the last
    /// [`Self::apply`]; gives the loss. Parameters stay as they are; running statistics move, and the next batch has
    /// other random numbers, as with [`Self::step`].
    ///
    /// # Errors
    /// As [`Self::step`].
    pub fn accumulate<N: Network<E>>(
        &mut self,
        network: &mut N,
        x: impl Input<E>,
        target: impl Input<E>,
    ) -> Result<E, Error> {
        self.accumulate_on(network, &[&x], &[&target])
    }

    /// As [`Self::accumulate`], for networks with several inputs, and losses of several targets or none.
    ///
    /// # Errors
    /// As [`Self::step`].
    pub fn accumulate_on<N: Network<E>>(
        &mut self,
        network: &mut N,
        inputs: &[&dyn Input<E>],
        targets: &[&dyn Input<E>],
    ) -> Result<E, Error> {
        // Asked before anything is bound or moves.
        if !self.accumulated.is_empty() {
            self.accumulated.check::<N>(network)?;
        }
        let loss = self.forward_backward(network, inputs, targets, true)?;
        self.count += 1;
        let Some(step) = self.steps.last_mut() else {
            return Ok(loss);
        };
        self.accumulated.add(step, &self.memory)?;
        step.update_buffers(network, &self.memory);
        Ok(loss)
    }

    /// One update by the mean of the gradients that were [accumulated](Self::accumulate), each batch weighted by its
    /// samples: that of one step on all batches joined, where the loss is a mean over samples and nothing looks across
    /// a batch. Gradients are clipped after that.
    ///
    /// A trainer knows parameters by their paths, not whose they are: the network has to be the one whose gradients
    /// were accumulated. Where the loss is a sum, or leaves samples out (`ignore_index`), that mean over samples is
    /// not the gradient of the joined batch.
    ///
    /// # Errors
    /// If nothing was accumulated, or if the network has other parameters.
    pub fn apply<N: Network<E>>(&mut self, network: &mut N) -> Result<(), Error> {
        let scale = self.accumulated.scale()?;
        self.accumulated.check::<N>(network)?;
        self.optimizer.check_rates()?;
        let accumulated = &self.accumulated;
        let gradient = |place: usize| accumulated.gradient(place);
        update(
            network,
            (&mut self.optimizer, self.clip),
            &accumulated.paths,
            scale,
            &gradient,
            &mut self.clipped,
        )?;
        self.accumulated.clear();
        Ok(())
    }

    /// The loss and the gradients of a batch, by path, in training mode, for looking at them. Changes nothing but what
    /// is not bound yet: running statistics stay, and the next step has the same random numbers. To update by the gradients
    /// of several batches there is [`Self::accumulate`].
    ///
    /// # Errors
    /// As [`Self::step`].
    #[doc(alias = "grad")]
    pub fn gradients<N: Network<E>>(
        &mut self,
        network: &mut N,
        inputs: &[&dyn Input<E>],
        targets: &[&dyn Input<E>],
    ) -> Result<(E, Gradients<E>), Error> {
        let loss = self.forward_backward(network, inputs, targets, false)?;
        let Some(step) = self.steps.last_mut() else {
            return Ok((loss, Vec::new()));
        };
        Ok((loss, step.named_gradients(&self.memory)))
    }

    /// Runs the plan for a batch, which is then the last of `steps`.
    fn forward_backward<N: Network<E>>(
        &mut self,
        network: &mut N,
        inputs: &[&dyn Input<E>],
        targets: &[&dyn Input<E>],
        update: bool,
    ) -> Result<E, Error> {
        if let ([input], [target]) = (inputs, targets) {
            let (x, y) = (input.array(), target.array());
            if let (Some(x_slice), Some(y_slice)) = (x.as_slice(), y.as_slice()) {
                return self.run(
                    network,
                    (&[x.shape(), y.shape()], 1),
                    &[x_slice, y_slice],
                    update,
                );
            }
        }
        let views: Vec<_> = inputs
            .iter()
            .chain(targets)
            .map(|input| input.array())
            .collect();
        let dense: Vec<_> = views.iter().map(|view| view.as_standard_layout()).collect();
        let shapes: Vec<&[usize]> = dense.iter().map(|array| array.shape()).collect();
        let slices: Vec<&[E]> = dense.iter().filter_map(|array| array.as_slice()).collect();
        self.run(network, (&shapes, inputs.len()), &slices, update)
    }

    /// A first step that fails leaves the network as open as it was. `given` are the shapes of inputs and targets,
    /// and how many of them are inputs.
    fn run<N: Network<E>>(
        &mut self,
        network: &mut N,
        given: (&[&[usize]], usize),
        slices: &[&[E]],
        update: bool,
    ) -> Result<E, Error> {
        let open = Open::of(network);
        let mut loss = self.run_step(network, given, slices);
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
        self.optimizer.check_rates()?;
        let Some(step) = self.steps.last_mut() else {
            return Ok(());
        };
        let (mut place, mut result) = (0, Ok(()));
        each_parameter::<E>(network, &mut |parameter| {
            if step.has_gradient(place) && result.is_ok() {
                let (path, length) = (&step.paths[place], parameter.value().len());
                result = self.optimizer.check_step(path, parameter.draw, length);
            }
            place += 1;
        });
        Ok(result?)
    }

    fn run_step<N: Network<E>>(
        &mut self,
        network: &mut N,
        given: (&[&[usize]], usize),
        slices: &[&[E]],
    ) -> Result<E, Error> {
        let fits = |step: &Step<E>| step.fits(network, given);
        let loss = &self.loss;
        let step = self
            .steps
            .find_or_make(fits, |old| prepare(loss, network, given, old))?;
        if self.checked != Some(step.network) {
            // Groups are told by paths, which come with the network.
            self.optimizer.check_groups(step.trainable())?;
            self.checked = Some(step.network);
        }
        self.memory.fit(&step.plan).map_err(engine_error)?;
        self.seed = self.loaded_seed.unwrap_or(network.core().seed());
        let mut own = recycled(std::mem::take(&mut self.slices));
        let places = step.parameters.len();
        let all = places.max(step.paths.len());
        own.resize(2 * all, &[]);
        let (found, ordered) = own.split_at_mut(all);
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
            (self.seed, self.count),
        );
        self.slices = recycled(own);
        let arrays = slices.split_at(given.1);
        run.map_err(|error| blame::explain_step(network, given.0, arrays, error))?;
        Ok(self.memory.output(&step.plan, 0)[0])
    }
}

/// The gradient of the parameter at a place among those of the network, where it has one.
type GradientOf<'a, 'g, E> = &'a dyn Fn(usize) -> Option<&'g [E]>;

/// Updates the parameters that have gradients, by those times a factor.
fn update<N: Network<E>, R: Rule, E: Element>(
    network: &mut N,
    (optimizer, clip): (&mut Optimizer<R, E>, Option<Clip>),
    paths: &[String],
    factor: E,
    gradient: GradientOf<'_, '_, E>,
    clipped: &mut Vec<E>,
) -> Result<(), Error> {
    let mut scale = factor;
    if let Some(Clip::Norm(limit)) = clip {
        let norm = clip::grad_norm((0..paths.len()).filter_map(gradient), 2.0);
        scale *= E::from_f64(clip::coefficient(norm * factor.to_f64(), limit));
    }
    let (mut place, mut result) = (0, Ok(()));
    each_parameter_mut::<E>(network, &mut |parameter| {
        if let (Some(gradient), true, false) = (gradient(place), result.is_ok(), parameter.frozen) {
            let mut gradient: &[E] = gradient;
            if let Some(Clip::Value(limit)) = clip {
                let limit = E::from_f64(limit);
                let values = gradient.iter();
                clipped.clear();
                clipped
                    .extend(values.map(|&value| (value * factor).minimum(limit).maximum(-limit)));
                gradient = clipped;
            }
            let scale = match clip {
                Some(Clip::Value(_)) => E::ONE,
                _ => scale,
            };
            // Nothing is wrong with it: that was asked before anything was changed.
            optimizer.begin(&paths[place], parameter.draw);
            result = optimizer.step_scaled(&paths[place], scale, parameter.slice_mut(), gradient);
        }
        place += 1;
    });
    Ok(result?)
}

/// An empty vector for slices of another lifetime in the memory of this one.
fn recycled<'a, E>(mut slices: Vec<&[E]>) -> Vec<&'a [E]> {
    slices.clear();
    slices.into_iter().map(|_| -> &'a [E] { &[] }).collect()
}
