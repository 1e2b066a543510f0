//! What an optimiser keeps of one parameter, and the update of its elements, in parallel if there are many.

use std::sync::Mutex;

use crate::Element;
use crate::engine::kernel::memory::zeros;
use crate::engine::kernel::simd::simd;
use crate::engine::pool;

use super::{OptimizerError, Rule};

/// The most state arrays a rule may keep. RMSprop, centred and with momentum, has three.
const MAX_STATES: usize = 4;
/// Elements that one thread updates in less time than waking another takes.
const PARALLEL: usize = 1 << 15;
/// The most tasks an update is split in; enough for the machines at hand, and few enough for the stack.
const MAX_TASKS: usize = 32;

/// What is kept of one parameter.
#[derive(Clone, Debug)]
pub(super) struct Parameter<E> {
    /// Index of the group.
    pub(super) group: usize,
    /// Updates so far.
    pub(super) steps: u64,
    /// Of which draw of the parameter the state is; any where nobody said.
    pub(super) draw: Option<u64>,
    /// The rule's arrays, in its order once the parameter is stepped.
    pub(super) state: Vec<(&'static str, Vec<E>)>,
}

impl<E: Element> Parameter<E> {
    /// Whether [`Self::fit`] can be.
    pub(super) fn check_fit<R: Rule>(
        &self,
        rule: &R,
        path: &str,
        length: usize,
    ) -> Result<(), OptimizerError> {
        for (name, array) in &self.state {
            if array.len() != length {
                let (path, name) = (path.to_owned(), (*name).to_owned());
                return Err(OptimizerError::StateLength {
                    path,
                    name,
                    value: length,
                    state: array.len(),
                });
            }
        }
        if rule.state_names().len() > MAX_STATES {
            return Err(OptimizerError::Option {
                option: "the number of state arrays",
                range: "at most 4",
                value: rule.state_names().len() as f64,
            });
        }
        Ok(())
    }

    /// Makes the state what `rule` keeps for `length` elements: in its order, and new where there is none yet.
    pub(super) fn fit<R: Rule>(
        &mut self,
        rule: &R,
        path: &str,
        length: usize,
    ) -> Result<(), OptimizerError> {
        self.check_fit(rule, path, length)?;
        let names = rule.state_names();
        if !self.state.iter().map(|(name, _)| name).eq(names) {
            let mut old = std::mem::take(&mut self.state);
            self.state.extend(names.iter().map(|&name| {
                let kept = old
                    .iter_mut()
                    .find(|(known, _)| *known == name)
                    .map(|(_, array)| std::mem::take(array));
                (name, kept.unwrap_or_else(|| initial(rule, length)))
            }));
        }
        Ok(())
    }

    /// One more update by `rule`, which the state fits.
    pub(super) fn update<R: Rule>(&mut self, rule: &R, scale: E, value: &mut [E], grad: &[E]) {
        self.steps += 1;
        let mut state: [&mut [E]; MAX_STATES] = Default::default();
        let kept = self.state.len();
        for (slot, (_, array)) in state.iter_mut().zip(&mut self.state) {
            *slot = array;
        }
        update(rule, self.steps, scale, value, grad, (state, kept));
    }
}

/// A state array before the first update.
fn initial<R: Rule, E: Element>(rule: &R, length: usize) -> Vec<E> {
    let mut array = zeros(length);
    let first = E::from_f64(rule.initial_state());
    if first != E::ZERO {
        array.fill(first);
    }
    array
}

simd! {
    /// The rule over some elements.
    fn share[R: Rule, E: Element](
        rule: &R,
        step: u64,
        scale: E,
        value: &mut [E],
        grad: &[E],
        state: &mut [&mut [E]],
    ) {
        rule.update(step, scale, value, grad, state);
    }
}

/// The rule over all elements, split among the threads if there are many. `state` holds `kept` arrays.
fn update<R: Rule, E: Element>(
    rule: &R,
    step: u64,
    scale: E,
    value: &mut [E],
    grad: &[E],
    (mut state, kept): ([&mut [E]; MAX_STATES], usize),
) {
    let tasks = (value.len() / PARALLEL).min(pool::threads()).min(MAX_TASKS);
    if tasks <= 1 {
        return share(rule, step, scale, value, grad, &mut state[..kept]);
    }
    // On the stack, because a step must not allocate; each lock is taken once.
    let slots: [Mutex<Option<_>>; MAX_TASKS] = [const { Mutex::new(None) }; MAX_TASKS];
    let length = value.len().div_ceil(tasks);
    let parts = value.chunks_mut(length).zip(grad.chunks(length));
    for (slot, (value, grad)) in slots.iter().zip(parts) {
        let state = state.each_mut().map(|array| {
            let whole = std::mem::take(array);
            let (part, rest) = whole.split_at_mut(value.len().min(whole.len()));
            *array = rest;
            part
        });
        if let Ok(mut slot) = slot.lock() {
            *slot = Some((value, grad, state));
        }
    }
    pool::parallel_for(tasks, |task| {
        let part = slots[task].lock().ok().and_then(|mut slot| slot.take());
        if let Some((value, grad, mut state)) = part {
            share(rule, step, scale, value, grad, &mut state[..kept]);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::optimizer::{Adam, Optimizer};

    #[test]
    fn split_updates_are_the_same() {
        let length = 3 * PARALLEL + 5;
        let grad: Vec<f32> = (0..length).map(|i| (i % 17) as f32 - 8.0).collect();
        let (mut whole, mut parts) = (vec![1f32; length], vec![1f32; length]);
        let mut optimizer = Optimizer::new(Adam::new(0.1).amsgrad(true)).unwrap();
        let rule = Adam::new(0.1).amsgrad(true);
        let mut state = [vec![0f32; length], vec![0f32; length], vec![0f32; length]];
        for step in 1..4 {
            optimizer.step_scaled("w", 0.5, &mut parts, &grad).unwrap();
            rule.update(
                step,
                0.5,
                &mut whole,
                &grad,
                &mut state.each_mut().map(|array| &mut array[..]),
            );
        }
        assert_eq!(whole, parts);
    }
}
