//! What a network knows beside its layers: how it was asked for, how it was bound, its plans.

use crate::Element;
use crate::graph::Counts;
use crate::init::Init;
use crate::network::bind::Given;
use crate::network::plans::Evaluations;
use crate::shape::Arg;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard};

/// What a network knows beside its layers.
pub struct Core<E> {
    arguments: Vec<Arg>,
    seed: u64,
    nested: bool,
    rules: Vec<InitRule>,
    /// Held while the network is being bound, so that it is bound once.
    pub(crate) binding: Mutex<Option<String>>,
    bound: AtomicBool,
    evaluations: Evaluations<E>,
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

impl<E: Element> Core<E> {
    pub(crate) fn new(arguments: Vec<Arg>, seed: u64) -> Self {
        Self {
            arguments,
            seed,
            nested: false,
            ..Self::nested()
        }
    }

    /// The core of a network that is part of another one.
    pub fn nested() -> Self {
        Self {
            arguments: Vec::new(),
            seed: 0,
            nested: true,
            rules: Vec::new(),
            binding: Mutex::new(None),
            bound: AtomicBool::new(false),
            evaluations: Evaluations::none(),
            counts: Mutex::new(Counts::NONE),
            pending: Mutex::new(Given::new()),
        }
    }

    /// The sizes the network was built with.
    pub fn arguments(&self) -> &[Arg] {
        &self.arguments
    }

    pub(crate) fn is_nested(&self) -> bool {
        self.nested
    }

    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    pub(crate) fn set_seed(&mut self, seed: u64) {
        self.seed = seed;
    }

    pub(crate) fn rules(&self) -> &[InitRule] {
        &self.rules
    }

    pub(crate) fn add_rule(&mut self, rule: InitRule) {
        self.rules.push(rule);
    }

    pub(crate) fn is_bound(&self) -> bool {
        self.bound.load(Ordering::Acquire)
    }

    pub(crate) fn bound_by(&self) -> Option<String> {
        lock(&self.binding).clone()
    }

    pub(crate) fn set_bound(&self, bound: bool) {
        self.bound.store(bound, Ordering::Release);
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
            binding: Mutex::new(lock(&self.binding).clone()),
            bound: AtomicBool::new(self.is_bound()),
            evaluations: Evaluations::none(),
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
