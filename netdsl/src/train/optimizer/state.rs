//! [`Optimizer`]: a rule, its parameter groups, and what it remembers of every parameter.

use crate::Element;
use crate::places::Places;

use super::group::{Group, matches, near_patterns};
use super::parameter::Parameter;
use super::{OptimizerError, Rule};

/// Updates parameters by rule `R`. Parameters are known by their paths and appear with their first step, so an optimiser can
/// be built before any size is known.
#[derive(Clone, Debug)]
pub struct Optimizer<R, E> {
    /// The rule of all parameters that no other group takes, then the groups in order.
    groups: Vec<Group<R>>,
    places: Places,
    /// By their places.
    parameters: Vec<Parameter<E>>,
}

impl<R: Rule, E: Element> Optimizer<R, E> {
    /// An optimiser that has seen no parameter yet.
    pub fn new(rule: R) -> Result<Self, OptimizerError> {
        rule.validate()?;
        let lr_ratio = Some(1.0);
        Ok(Self {
            groups: vec![Group {
                pattern: None,
                rule,
                lr_ratio,
            }],
            places: Places::default(),
            parameters: Vec::new(),
        })
    }

    /// Adds a parameter group: parameters whose path matches `pattern`, in which `*` stands for any characters, and that no
    /// earlier group takes, use the rule that `change` makes of the first one.
    pub fn group(
        mut self,
        pattern: &str,
        change: impl FnOnce(R) -> R,
    ) -> Result<Self, OptimizerError> {
        let base = &self.groups[0].rule;
        let rule = change(base.clone());
        rule.validate()?;
        let ratio = rule.get_lr() / base.get_lr();
        let lr_ratio = ratio.is_finite().then_some(ratio);
        self.groups.push(Group {
            pattern: Some(pattern.to_owned()),
            rule,
            lr_ratio,
        });
        for (path, place) in self.places.all() {
            self.parameters[place].group = group_of(&self.groups, path);
        }
        Ok(self)
    }

    /// Refuses groups whose pattern matches none of `paths`: probably a misspelt name.
    pub fn check_groups<'a>(
        &self,
        paths: impl IntoIterator<Item = &'a str>,
    ) -> Result<(), OptimizerError> {
        let paths: Vec<&str> = paths.into_iter().collect();
        let patterns = self
            .groups
            .iter()
            .filter_map(|group| group.pattern.as_deref());
        let unmatched = patterns.filter(|pattern| !paths.iter().any(|path| matches(pattern, path)));
        let unmatched: Vec<_> = unmatched
            .map(|pattern| (pattern.to_owned(), near_patterns(pattern, &paths)))
            .collect();
        if unmatched.is_empty() {
            Ok(())
        } else {
            Err(OptimizerError::UnmatchedGroups(unmatched))
        }
    }

    /// The rule of the parameter at `path`.
    pub fn rule(&self, path: &str) -> &R {
        &self.groups[group_of(&self.groups, path)].rule
    }

    /// The learning rate, that of parameters in no group.
    pub fn lr(&self) -> f64 {
        self.groups[0].rule.get_lr()
    }

    /// Sets the learning rate, as a schedule does. Groups keep their ratio to it. What no learning rate can be is an
    /// error of the next step.
    pub fn set_lr(&mut self, lr: f64) {
        for group in &mut self.groups {
            if let Some(ratio) = group.lr_ratio {
                group.rule.set_lr(ratio * lr);
            }
        }
    }

    /// The momentum, or Adam's first beta, of parameters in no group.
    pub fn momentum(&self) -> Option<f64> {
        self.groups[0].rule.get_momentum()
    }

    /// Sets the momentum, or Adam's first beta, of all groups; likewise.
    pub fn set_momentum(&mut self, momentum: f64) {
        self.groups
            .iter_mut()
            .for_each(|group| group.rule.set_momentum(momentum));
    }

    /// One update of the parameter at `path`.
    pub fn step_parameter(
        &mut self,
        path: &str,
        value: &mut [E],
        grad: &[E],
    ) -> Result<(), OptimizerError> {
        self.step_scaled(path, E::ONE, value, grad)
    }

    /// One update of the parameter at `path` by `scale` times `grad`: `scale` is the
    /// [clipping coefficient](super::clip::coefficient). On an error, nothing has changed. Large parameters are updated in
    /// parallel; each element is updated on its own, so the result does not depend on that.
    pub fn step_scaled(
        &mut self,
        path: &str,
        scale: E,
        value: &mut [E],
        grad: &[E],
    ) -> Result<(), OptimizerError> {
        if grad.len() != value.len() {
            let path = path.to_owned();
            return Err(OptimizerError::GradientLength {
                path,
                value: value.len(),
                grad: grad.len(),
            });
        }
        let place = self.place(path);
        let parameter = &mut self.parameters[place];
        let rule = &self.groups[parameter.group].rule;
        parameter.fit(rule, path, value.len())?;
        parameter.update(rule, scale, value, grad);
        Ok(())
    }

    /// Whether learning rates and momenta are still such as rules can have: they may have been set since.
    pub(crate) fn check_rates(&self) -> Result<(), OptimizerError> {
        self.groups
            .iter()
            .try_for_each(|group| group.rule.validate())
    }

    /// Whether [`Self::step_scaled`] can update the parameter at `path`, which is of this draw and has so many elements.
    pub(crate) fn check_step(
        &self,
        path: &str,
        draw: u64,
        length: usize,
    ) -> Result<(), OptimizerError> {
        match self.known(path) {
            Some(known) if known.draw.is_none_or(|of| of == draw) => {
                known.check_fit(&self.groups[known.group].rule, path, length)
            }
            _ => Ok(()),
        }
    }

    /// Says of which draw the parameter at `path` is that is stepped next: what is known of another one is void.
    pub(crate) fn begin(&mut self, path: &str, draw: u64) {
        let place = self.place(path);
        let known = &mut self.parameters[place];
        if known.draw.is_some_and(|of| of != draw) {
            known.steps = 0;
            known.state.clear();
        }
        known.draw = Some(draw);
    }

    /// How many updates the parameter at `path` has had: `step` in PyTorch's state.
    pub fn steps(&self, path: &str) -> u64 {
        self.known(path).map_or(0, |parameter| parameter.steps)
    }

    /// The paths of the parameters that were updated, each with the number of its updates.
    pub(crate) fn all_steps(&self) -> impl Iterator<Item = (&str, u64)> {
        self.all().map(|(path, parameter)| (path, parameter.steps))
    }

    /// The same groups, none of whose parameters was updated.
    pub(crate) fn without_state(&self) -> Self {
        Self {
            groups: self.groups.clone(),
            places: Places::default(),
            parameters: Vec::new(),
        }
    }

    /// Learning rate, momentum and pattern of each group, a line each. Numbers are written so that they are read to the
    /// bit.
    pub(crate) fn rates(&self) -> String {
        let lines: Vec<String> = self
            .groups
            .iter()
            .map(|group| {
                let momentum = group.rule.get_momentum();
                let momentum = momentum.map_or("-".to_owned(), |momentum| momentum.to_string());
                let pattern = group.pattern.as_deref().unwrap_or("");
                format!("{} {momentum} {pattern}", group.rule.get_lr())
            })
            .collect();
        lines.join("\n")
    }

    /// Takes over what [`Self::rates`] gave; on an error, which is in words, nothing has changed.
    pub(crate) fn set_rates(&mut self, rates: &str) -> Result<(), String> {
        let read: Option<Vec<(f64, Option<f64>, &str)>> = rates
            .lines()
            .map(|line| {
                let mut parts = line.splitn(3, ' ');
                let (lr, momentum) = (parts.next()?.parse().ok()?, parts.next()?);
                let momentum = match momentum {
                    "-" => None,
                    number => Some(number.parse().ok()?),
                };
                Some((lr, momentum, parts.next()?))
            })
            .collect();
        let read = read.ok_or("the learning rates of the file cannot be read")?;
        let own = self
            .groups
            .iter()
            .map(|group| group.pattern.as_deref().unwrap_or(""));
        let theirs = read.iter().map(|&(_, _, pattern)| pattern);
        if !own.clone().eq(theirs.clone()) {
            let listed = |patterns: &mut dyn Iterator<Item = &str>| {
                let patterns: Vec<&str> = patterns.skip(1).collect();
                if patterns.is_empty() {
                    "no parameter groups".to_owned()
                } else {
                    format!("parameter groups `{}`", patterns.join("`, `"))
                }
            };
            return Err(format!(
                "the optimiser has {}, but that of the file had {}\n  = help: make it with the same groups",
                listed(&mut own.into_iter()),
                listed(&mut theirs.into_iter())
            ));
        }
        for (group, &(lr, momentum, _)) in self.groups.iter_mut().zip(&read) {
            group.rule.set_lr(lr);
            if let Some(momentum) = momentum {
                group.rule.set_momentum(momentum);
            }
        }
        Ok(())
    }

    /// Sets the number of updates that the parameter at `path` has had, to go on from a checkpoint.
    pub fn set_steps(&mut self, path: &str, steps: u64) {
        let place = self.place(path);
        self.parameters[place].steps = steps;
    }

    /// State array `name` of the parameter at `path`, by PyTorch's name, such as `exp_avg`.
    pub fn state(&self, path: &str, name: &str) -> Option<&[E]> {
        let state = &self.known(path)?.state;
        state
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, array)| array.as_slice())
    }

    /// All state arrays with path and name, in order of the paths.
    pub fn states(&self) -> impl Iterator<Item = (&str, &'static str, &[E])> {
        self.all().flat_map(|(path, parameter)| {
            let state = parameter.state.iter();
            state.map(move |(name, array)| (path, *name, array.as_slice()))
        })
    }

    fn known(&self, path: &str) -> Option<&Parameter<E>> {
        Some(&self.parameters[self.places.get(path)?])
    }

    /// What is known of all parameters, in order of the paths.
    fn all(&self) -> impl Iterator<Item = (&str, &Parameter<E>)> {
        let all = self.places.all().into_iter();
        all.map(|(path, place)| (path, &self.parameters[place]))
    }

    /// The place of the parameter at `path`, which is new if need be. Looks up first: a step must not allocate.
    fn place(&mut self, path: &str) -> usize {
        self.places.get(path).unwrap_or_else(|| {
            self.parameters.push(Parameter {
                group: group_of(&self.groups, path),
                steps: 0,
                draw: None,
                state: Vec::new(),
            });
            self.places.add(path.to_owned())
        })
    }

    /// Sets a state array, to go on from a checkpoint. The parameter counts as updated once, if it was not yet; a rule that
    /// counts steps (Adam, Adagrad) wants [`Optimizer::set_steps`] too.
    pub fn load_state(
        &mut self,
        path: &str,
        name: &str,
        values: Vec<E>,
    ) -> Result<(), OptimizerError> {
        let known = self.rule(path).state_names();
        let Some(&name) = known.iter().find(|known| **known == name) else {
            return Err(OptimizerError::UnknownState {
                path: path.to_owned(),
                name: name.to_owned(),
                known,
            });
        };
        let place = self.place(path);
        let parameter = &mut self.parameters[place];
        parameter.steps = parameter.steps.max(1);
        match parameter.state.iter_mut().find(|(known, _)| *known == name) {
            Some((_, array)) => *array = values,
            None => parameter.state.push((name, values)),
        }
        Ok(())
    }
}

/// The first group whose pattern matches, or the one without.
fn group_of<R>(groups: &[Group<R>], path: &str) -> usize {
    let matching = |group: &Group<R>| {
        group
            .pattern
            .as_deref()
            .is_some_and(|pattern| matches(pattern, path))
    };
    groups.iter().position(matching).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::optimizer::{Adagrad, Adam, RmsProp, Sgd};

    #[test]
    fn groups_take_their_parameters() {
        let optimizer: Optimizer<_, f32> = Optimizer::new(Sgd::new(0.1)).unwrap();
        let optimizer = optimizer.group("fc1.*", |rule| rule.lr(0.01)).unwrap();
        let mut optimizer = optimizer
            .group("*.bias", |rule| rule.weight_decay(0.5))
            .unwrap();
        assert_eq!(optimizer.rule("fc1.bias"), &Sgd::new(0.01));
        assert_eq!(optimizer.rule("fc2.bias"), &Sgd::new(0.1).weight_decay(0.5));
        assert_eq!(optimizer.rule("fc2.weight"), &Sgd::new(0.1));
        optimizer.set_lr(0.2);
        assert_eq!(optimizer.rule("fc1.bias").get_lr(), 0.2 * (0.01 / 0.1));
        assert_eq!(optimizer.check_groups(["fc1.weight", "fc2.bias"]), Ok(()));
        let error = optimizer.check_groups(["fc2.weight"]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "no parameter matches `fc1.*`; did you mean `fc2.*`?\nno parameter matches `*.bias`"
        );
        let error = optimizer.group("*", |rule| rule.lr(-1.0)).unwrap_err();
        assert_eq!(error.to_string(), "lr must be 0 or more, but it is -1");
    }

    #[test]
    fn wrong_lengths_change_nothing() {
        let mut optimizer = Optimizer::new(Adam::new(0.1)).unwrap();
        let mut value = [1.0f64, 2.0];
        let error = optimizer
            .step_parameter("w", &mut value, &[1.0])
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "`w` has 2 elements, but its gradient has 1"
        );
        optimizer
            .step_parameter("w", &mut value, &[1.0, 1.0])
            .unwrap();
        let (mut longer, before) = (
            [1.0, 2.0, 3.0],
            optimizer.state("w", "exp_avg").unwrap().to_vec(),
        );
        let error = optimizer
            .step_parameter("w", &mut longer, &[1.0; 3])
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "`w` has 3 elements, but its optimiser state `exp_avg` has 2"
        );
        assert_eq!((longer, optimizer.steps("w")), ([1.0, 2.0, 3.0], 1));
        assert_eq!(optimizer.state("w", "exp_avg").unwrap(), before);
        let error = optimizer.load_state("w", "sum", vec![]).unwrap_err();
        let expected =
            "`sum` of `w` is no state of this optimiser, which keeps [\"exp_avg\", \"exp_avg_sq\"]";
        assert_eq!(error.to_string(), expected);
    }

    /// Steps on after saving and loading are those without.
    fn check_resume<R: Rule>(rule: R) {
        let grads = [[0.3, -0.2], [0.1, 0.4], [-0.5, 0.2]];
        let mut first = Optimizer::new(rule.clone()).unwrap();
        let mut value = [1.0f64, -1.0];
        first.step_parameter("w", &mut value, &grads[0]).unwrap();
        first.step_parameter("w", &mut value, &grads[1]).unwrap();
        let mut second = Optimizer::new(rule).unwrap();
        // In another order than the rule's.
        let mut states: Vec<_> = first
            .states()
            .map(|(p, n, a)| (p.to_owned(), n, a.to_vec()))
            .collect();
        states.reverse();
        for (path, name, array) in states {
            second.load_state(&path, name, array).unwrap();
        }
        second.set_steps("w", first.steps("w"));
        let mut resumed = value;
        first.step_parameter("w", &mut value, &grads[2]).unwrap();
        second.step_parameter("w", &mut resumed, &grads[2]).unwrap();
        assert_eq!(value, resumed, "{:?}", first.groups[0].rule);
    }

    #[test]
    fn resuming_goes_on() {
        check_resume(Sgd::new(0.1).momentum(0.9).dampening(0.5));
        check_resume(Adam::new(0.1).amsgrad(true));
        check_resume(RmsProp::new(0.1).momentum(0.5).centered(true));
        check_resume(
            Adagrad::new(0.1)
                .lr_decay(0.1)
                .initial_accumulator_value(0.2),
        );
    }

    #[test]
    fn the_first_gradient_is_not_dampened() {
        let mut optimizer = Optimizer::new(Sgd::new(1.0).momentum(0.5).dampening(0.75)).unwrap();
        let mut value = [0.0f64];
        optimizer.step_parameter("w", &mut value, &[1.0]).unwrap();
        optimizer.step_parameter("w", &mut value, &[1.0]).unwrap();
        assert_eq!(optimizer.state("w", "momentum_buffer"), Some(&[0.75][..]));
        assert_eq!(value, [-1.75]);
    }

    #[test]
    fn momentum_may_begin_later() {
        let mut optimizer = Optimizer::new(Sgd::new(1.0)).unwrap();
        let mut value = [0.0f64];
        optimizer.step_parameter("w", &mut value, &[1.0]).unwrap();
        assert_eq!(optimizer.states().count(), 0);
        optimizer.set_momentum(0.5);
        optimizer.step_parameter("w", &mut value, &[1.0]).unwrap();
        optimizer.step_parameter("w", &mut value, &[1.0]).unwrap();
        assert_eq!(value, [-1.0 - 1.0 - 1.5]);
    }
}
