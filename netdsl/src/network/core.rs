//! What a network knows beside its layers: how it was asked for, how it was bound, its plans.

use crate::Element;
use crate::Error;
use crate::graph::Counts;
use crate::init::Init;
use crate::network::Parts;
use crate::network::given::Given;
use crate::network::plans::Evaluations;
use crate::network::tracing::{Traced, TracedParameter};
use crate::shape::Arg;
use crate::train::optimizer::matches;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard};

/// What a network knows beside its layers.
pub struct Core<E> {
    arguments: Vec<Arg>,
    seed: u64,
    nested: bool,
    rules: Vec<InitRule>,
    /// Which parameters training leaves alone, by patterns; the last one that matches counts.
    freezes: Vec<(String, bool)>,
    /// How often the network was bound anew.
    draw: u64,
    /// Held while the network is being bound, so that it is bound once.
    pub(crate) binding: Mutex<Option<String>>,
    evaluations: Evaluations<E>,
    /// Runs so far outside of training: each has its own random numbers.
    runs: AtomicU64,
    counts: Mutex<Counts>,
    /// Values from a file for parameters that wait still, by path.
    pending: Mutex<Given<E>>,
}

/// Says how parameters start, in place of their layer's own way.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum InitRule {
    /// Parameters whose path matches a pattern.
    Path(String, Init),
    /// Parameters of a name in all layers of a kind.
    Kind(String, String, Init),
}

impl InitRule {
    /// Whether a parameter is to start so.
    pub(crate) fn fits(&self, parameter: &TracedParameter, traced: &Traced) -> bool {
        if parameter.buffer {
            return false;
        }
        match self {
            Self::Path(pattern, _) => matches(pattern, &parameter.path),
            Self::Kind(kind, name, _) => {
                parameter.name == name && traced.kind_of(parameter.layer()) == Some(kind.as_str())
            }
        }
    }

    /// How it is to start.
    pub(crate) fn init(&self) -> Init {
        let (Self::Path(_, init) | Self::Kind(_, _, init)) = self;
        *init
    }
}

impl<E: Element> Core<E> {
    pub(crate) fn new(arguments: Vec<Arg>, seed: u64) -> Self {
        Self {
            arguments,
            seed,
            nested: false,
            rules: Vec::new(),
            freezes: Vec::new(),
            draw: 0,
            binding: Mutex::new(None),
            evaluations: Evaluations::none(),
            runs: AtomicU64::new(0),
            counts: Mutex::new(Counts::NONE),
            pending: Mutex::new(Given::default()),
        }
    }

    /// The core of a network that is part of another one: that of the sizes with these names.
    pub fn part(parts: &Parts<E>, path: &str, names: &[&str]) -> Self {
        Self {
            nested: true,
            ..Self::new(parts.known.arguments(path, names), 0)
        }
    }

    /// The sizes the network was built with.
    pub fn arguments(&self) -> &[Arg] {
        &self.arguments
    }

    /// Fails where something is to be known of parameters that wait and that the network does not bind itself: what
    /// they are drawn from is known by the network that it is part of.
    pub(crate) fn check_binds(&self) -> Result<(), Error> {
        if self.nested {
            return Err(Error::Invalid(
                "a part of this network waits, and it is part of another network: bind or run that one, which says how \
                 its parameters start"
                    .to_owned(),
            ));
        }
        Ok(())
    }

    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    /// Runs then begin anew with their random numbers.
    pub(crate) fn set_seed(&mut self, seed: u64) {
        self.seed = seed;
        self.runs = AtomicU64::new(0);
    }

    /// Makes a run with what its random numbers are drawn from: the seed, and a number that is its own. Training counts
    /// its steps from 0 upwards, so these go down from the greatest. A run that fails leaves its number to the next.
    pub(crate) fn in_next_run<T, F>(
        &self,
        run: impl FnOnce((u64, u64)) -> Result<T, F>,
    ) -> Result<T, F> {
        let number = self.runs.fetch_add(1, Ordering::Relaxed);
        let done = run((self.seed, !number));
        if done.is_err() {
            let next = number + 1;
            // Unless another thread has taken the next one.
            let _ = self
                .runs
                .compare_exchange(next, number, Ordering::Relaxed, Ordering::Relaxed);
        }
        done
    }

    pub(crate) fn rules(&self) -> &[InitRule] {
        &self.rules
    }

    pub(crate) fn add_rule(&mut self, rule: InitRule) {
        self.rules.push(rule);
    }

    /// How a parameter starts: the last rule that fits, else its layer's own way.
    pub(crate) fn start(&self, parameter: &TracedParameter, traced: &Traced) -> Init {
        let mut rules = self.rules.iter().rev();
        match rules.find(|rule| rule.fits(parameter, traced)) {
            Some(rule) => rule.init(),
            None => parameter.init,
        }
    }

    /// Whether training is to leave a parameter alone.
    pub(crate) fn freezes(&self, path: &str) -> bool {
        let mut rules = self.freezes.iter().rev();
        rules
            .find(|(pattern, _)| matches(pattern, path))
            .is_some_and(|(_, frozen)| *frozen)
    }

    pub(crate) fn set_freezes(&mut self, pattern: &str, frozen: bool) {
        self.freezes.retain(|(known, _)| known != pattern);
        self.freezes.push((pattern.to_owned(), frozen));
    }

    /// Takes over which parameters training leaves alone.
    pub(crate) fn take_freezes(&mut self, other: &Self) {
        self.freezes.clone_from(&other.freezes);
    }

    pub(crate) fn draw(&self) -> u64 {
        self.draw
    }

    /// Parameters that are drawn from now on are others than those so far.
    pub(crate) fn next_draw(&mut self) {
        self.draw += 1;
    }

    pub(crate) fn bound_by(&self) -> Option<String> {
        lock(&self.binding).clone()
    }

    pub(crate) fn counts(&self) -> Counts {
        *lock(&self.counts)
    }

    /// Values from a file for parameters that wait still.
    pub(crate) fn pending(&self) -> MutexGuard<'_, Given<E>> {
        lock(&self.pending)
    }

    pub(crate) fn set_counts(&self, counts: Counts) {
        *lock(&self.counts) = counts;
    }

    /// What evaluation keeps from run to run.
    pub(crate) fn evaluations(&self) -> &Evaluations<E> {
        &self.evaluations
    }
}

impl<E: Element> Clone for Core<E> {
    fn clone(&self) -> Self {
        Self {
            arguments: self.arguments.clone(),
            seed: self.seed,
            nested: self.nested,
            rules: self.rules.clone(),
            freezes: self.freezes.clone(),
            draw: self.draw,
            binding: Mutex::new(lock(&self.binding).clone()),
            evaluations: Evaluations::none(),
            runs: AtomicU64::new(self.runs.load(Ordering::Relaxed)),
            counts: Mutex::new(self.counts()),
            pending: Mutex::new(self.pending().clone()),
        }
    }
}

/// A lock whose holder may have panicked: what it guards is replaced whole, never half.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}
