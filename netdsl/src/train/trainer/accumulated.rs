//! Gradients of several batches, until they are applied.

use super::Step;
use crate::engine::Workspace;
use crate::network::Network;
use crate::network::module::each_parameter;
use crate::{Element, Error};

/// Sums of gradients, each times the samples of its batch.
pub(super) struct Accumulated<E> {
    /// The paths of all parameters of the network.
    pub(super) paths: Vec<String>,
    network: &'static str,
    /// For each parameter its sum; its room is kept from update to update.
    sums: Vec<Vec<E>>,
    /// Whether the sum is more than room.
    filled: Vec<bool>,
    batches: usize,
    samples: usize,
}

impl<E: Element> Accumulated<E> {
    pub(super) const NONE: Self = Self {
        paths: Vec::new(),
        network: "",
        sums: Vec::new(),
        filled: Vec::new(),
        batches: 0,
        samples: 0,
    };

    pub(super) fn is_empty(&self) -> bool {
        self.batches == 0
    }

    /// Adds the gradients of the batch that a step was just run on.
    pub(super) fn add(&mut self, step: &Step<E>, memory: &Workspace<E>) -> Result<(), Error> {
        if self.network != step.network || self.paths != step.paths {
            if !self.is_empty() {
                return Err(other_network());
            }
            self.network = step.network;
            self.paths.clone_from(&step.paths);
            self.sums = step.paths.iter().map(|_| Vec::new()).collect();
            self.filled = vec![false; step.paths.len()];
        }
        let weight = E::from_f64(step.samples() as f64);
        let slots = self.sums.iter_mut().zip(&mut self.filled);
        for (place, (sum, filled)) in slots.enumerate() {
            let Some(gradient) = step.gradient(place, memory) else {
                continue;
            };
            if *filled {
                for (sum, &value) in sum.iter_mut().zip(gradient) {
                    *sum += weight * value;
                }
            } else {
                sum.clear();
                sum.extend(gradient.iter().map(|&value| weight * value));
                *filled = true;
            }
        }
        self.batches += 1;
        self.samples += step.samples();
        Ok(())
    }

    /// What makes a mean of the sums.
    pub(super) fn scale(&self) -> Result<E, Error> {
        if self.is_empty() {
            return Err(Error::Invalid(
                "there are no gradients to apply\n  = help: call `accumulate` before `apply`, or `step`, which does both"
                    .to_owned(),
            ));
        }
        Ok(E::from_f64(1.0 / self.samples.max(1) as f64))
    }

    /// Whether the sums are a network's.
    pub(super) fn check<N: Network<E>>(&self, network: &N) -> Result<(), Error> {
        let (mut place, mut same) = (0, self.network == std::any::type_name::<N>());
        each_parameter::<E>(network, &mut |parameter| {
            same &= self
                .sums
                .get(place)
                .is_some_and(|sum| !self.filled[place] || sum.len() == parameter.slice().len());
            place += 1;
        });
        if same && place == self.sums.len() {
            Ok(())
        } else {
            Err(other_network())
        }
    }

    pub(super) fn gradient(&self, place: usize) -> Option<&[E]> {
        self.filled[place].then(|| self.sums[place].as_slice())
    }

    pub(super) fn clear(&mut self) {
        self.filled.fill(false);
        (self.batches, self.samples) = (0, 0);
    }
}

fn other_network() -> Error {
    Error::Invalid(
        "the gradients were accumulated for another network\n  = help: `apply` them there first, or train each \
         network by a trainer of its own"
            .to_owned(),
    )
}
