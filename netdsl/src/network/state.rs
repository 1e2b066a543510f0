//! Single parameters by path, how they start, and binding anew.

use crate::init::Init;
use crate::io::near_names;
use crate::network::bind::{self, existing};
use crate::network::given::Given;
use crate::network::module::{
    Module, Parameter, core_mut, join, own_parameters_mut, release, walk_mut,
};
use crate::network::tracing::{Inputs, Traced, TracedParameter, TracedTie};
use crate::network::{InitRule, Network, layer};
use crate::train::optimizer::matches;
use crate::{Element, Error};
use ndarray::{ArrayD, ArrayViewD};
use std::collections::{BTreeMap, BTreeSet};

pub(crate) fn find<'n, E: Element, N: Network<E>>(
    network: &'n N,
    path: &str,
) -> Result<ArrayViewD<'n, E>, Error> {
    if let Some(value) = value(network, path) {
        return Ok(value.view());
    }
    let traced = bind::trace(network, Inputs::Unknown, false)?;
    let Some((tie, owner)) = traced.tie(path) else {
        return Err(absent(&traced, path));
    };
    match value(network, owner) {
        Some(value) if tie.transposed => Ok(value.t()),
        Some(value) => Ok(value.view()),
        None => Err(absent(&traced, owner)),
    }
}

/// The value of a parameter that exists under a path of its own.
fn value<'n, E: Element, N: Network<E>>(network: &'n N, path: &str) -> Option<&'n ArrayD<E>> {
    let mut existing = existing::<E>(network).into_iter();
    let (_, parameter) = existing.find(|(own, _)| own == path)?;
    Some(&parameter.value)
}

/// Why a parameter cannot be had: it waits, or there is none.
pub(super) fn absent(traced: &Traced, path: &str) -> Error {
    let mut parameters = traced.parameters.iter();
    match parameters.find(|parameter| parameter.path == path) {
        Some(parameter) => Error::Waiting(Box::new(traced.waiting(parameter))),
        None => unknown(traced, path),
    }
}

/// Fails where a pattern matches a tied parameter and not what it is tied to.
fn check_owners(traced: &Traced, pattern: &str) -> Result<(), Error> {
    let owner = |tie: &TracedTie| traced.parameters[tie.owner].path.clone();
    let half = |tie: &&TracedTie| matches(pattern, &tie.path) && !matches(pattern, &owner(tie));
    match traced.ties.iter().find(half) {
        Some(tie) => Err(Error::Tied {
            parameter: tie.path.clone(),
            owner: owner(tie),
            transposed: tie.transposed,
        }),
        None => Ok(()),
    }
}

/// Why nothing that is trained has a path, or one that matches a pattern.
pub(super) fn unknown(traced: &Traced, pattern: &str) -> Error {
    if let Err(tied) = check_owners(traced, pattern) {
        return tied;
    }
    let mut parameters = traced.parameters.iter();
    if let Some(own) = parameters.find(|own| own.buffer && matches(pattern, &own.path)) {
        return Error::Invalid(format!(
            "`{}` is a buffer, which is not drawn and not trained: give it a value with `set_parameter`",
            own.path
        ));
    }
    let below = format!("{pattern}.");
    let within = traced
        .parameters
        .iter()
        .filter(|own| own.path.starts_with(&below));
    let mut near: Vec<&str> = within.map(|own| own.path.as_str()).collect();
    if near.is_empty() {
        near = near_names(
            pattern,
            traced.parameters.iter().map(|own| own.path.as_str()),
        );
    }
    Error::NoSuchName {
        name: pattern.to_owned(),
        near: near.into_iter().map(str::to_owned).collect(),
    }
}

/// Why nothing that is trained matches a pattern: the name of a layer is none of all its parameters.
fn unmatched(traced: &Traced, pattern: &str) -> Error {
    let mut error = unknown(traced, pattern);
    let below = format!("{pattern}.");
    if let Error::NoSuchName { near, .. } = &mut error
        && near.iter().any(|path| path.starts_with(&below))
    {
        near.insert(0, format!("{pattern}.*"));
    }
    error
}

/// Calls `change` with each existing parameter and its path.
pub(super) fn each_named<E: Element>(
    module: &mut dyn Module<E>,
    change: &mut dyn FnMut(&str, &mut Parameter<E>),
) {
    walk_mut("", module, &mut |path, module| {
        for parameter in own_parameters_mut(module) {
            change(&join(path, parameter.name()), parameter);
        }
    });
}

pub(crate) fn set<E: Element, N: Network<E>>(
    network: &mut N,
    path: &str,
    value: ArrayD<E>,
) -> Result<(), Error> {
    let (mut value, mut result) = (Some(value), None);
    each_named::<E>(network, &mut |own, parameter| {
        if own == path
            && let Some(value) = value.take()
        {
            result = Some(layer::replace(parameter, path, value));
        }
    });
    match result {
        Some(result) => result,
        None => Err(absent(&bind::trace(network, Inputs::Unknown, false)?, path)),
    }
}

pub(crate) fn set_frozen<E: Element, N: Network<E>>(
    network: &mut N,
    pattern: &str,
    frozen: bool,
) -> Result<usize, Error> {
    let traced = bind::trace(network, Inputs::Unknown, false)?;
    let chosen: BTreeSet<&str> = traced
        .parameters
        .iter()
        .filter(|parameter| !parameter.buffer && matches(pattern, &parameter.path))
        .map(|parameter| parameter.path.as_str())
        .collect();
    if chosen.is_empty() {
        return Err(unmatched(&traced, pattern));
    }
    check_owners(&traced, pattern)?;
    check_waiting(network, chosen.iter().copied())?;
    each_named::<E>(network, &mut |path, parameter| {
        if chosen.contains(path) {
            parameter.frozen = frozen;
        }
    });
    core_mut(network).set_freezes(pattern, frozen);
    Ok(chosen.len())
}

/// Fails where one of some parameters waits and is not drawn by this network.
fn check_waiting<'p, E: Element, N: Network<E>>(
    network: &N,
    mut paths: impl Iterator<Item = &'p str>,
) -> Result<(), Error> {
    let existing = existing::<E>(network);
    let existing: BTreeSet<&str> = existing.iter().map(|(path, _)| path.as_str()).collect();
    match paths.any(|path| !existing.contains(path)) {
        true => network.core().check_binds(),
        false => Ok(()),
    }
}

pub(crate) fn initialize<E: Element, N: Network<E>>(
    network: &mut N,
    rule: InitRule,
) -> Result<(), Error> {
    let traced = bind::trace(network, Inputs::Unknown, false)?;
    let chosen: BTreeMap<&str, &TracedParameter> = traced
        .parameters
        .iter()
        .filter(|parameter| rule.fits(parameter, &traced))
        .map(|parameter| (parameter.path.as_str(), parameter))
        .collect();
    if chosen.is_empty() {
        return Err(match &rule {
            InitRule::Path(pattern, _) => unmatched(&traced, pattern),
            InitRule::Kind(kind, name, _) => unknown_of_kind(&traced, kind, name),
        });
    }
    if let InitRule::Path(pattern, _) = &rule {
        check_owners(&traced, pattern)?;
    }
    let init = rule.init();
    for parameter in chosen.values() {
        check_start(&init, parameter)?;
    }
    check_waiting(network, chosen.keys().copied())?;
    let seed = network.core().seed();
    let mut drawn = BTreeMap::new();
    for (path, parameter) in existing::<E>(network) {
        if let Some(traced) = chosen.get(path.as_str()) {
            let value = redrawn(&init, parameter, traced, seed)?;
            drawn.insert(path, value);
        }
    }
    each_named::<E>(network, &mut |path, parameter| {
        if let Some(value) = drawn.remove(path) {
            parameter.value = value;
        }
    });
    core_mut(network).add_rule(rule);
    Ok(())
}

/// Whether a parameter can start so. Sizes that are still open are taken for 1: what is checked is the number of axes.
pub(super) fn check_start(init: &Init, parameter: &TracedParameter) -> Result<(), Error> {
    let sizes = parameter.shape.iter();
    let shape: Vec<usize> = sizes.map(|size| size.unwrap_or(1)).collect();
    let fan = parameter.fan.map(|fan| fan.unwrap_or(1));
    init.check(&shape, fan).map_err(|source| Error::Init {
        parameter: parameter.path.clone(),
        source,
    })
}

/// The values that a parameter starts with.
pub(super) fn redrawn<E: Element>(
    init: &Init,
    parameter: &Parameter<E>,
    traced: &TracedParameter,
    seed: u64,
) -> Result<ArrayD<E>, Error> {
    let mut fresh = parameter.clone();
    let (shape, fan) = (parameter.value.shape(), traced.fan.flatten());
    let stream = crate::init::stream(seed, &traced.path);
    let filled = crate::init::fill(init, shape, fan, stream, fresh.slice_mut());
    filled.map_err(|source| Error::Init {
        parameter: traced.path.clone(),
        source,
    })?;
    Ok(fresh.value)
}

/// Why no parameter has a name in layers of a kind.
fn unknown_of_kind(traced: &Traced, kind: &str, name: &str) -> Error {
    let kinds = each_once(&mut traced.scopes.iter().map(|scope| scope.kind));
    if !kinds.contains(&kind) {
        return Error::NoSuchName {
            name: kind.to_owned(),
            near: near_names(kind, kinds.into_iter().filter(|kind| !kind.is_empty()))
                .into_iter()
                .map(str::to_owned)
                .collect(),
        };
    }
    let of_kind = traced.scopes.iter().filter(|scope| scope.kind == kind);
    let own = of_kind
        .flat_map(|scope| &scope.parameters)
        .map(|&own| &traced.parameters[own]);
    if own.clone().any(|own| own.name == name && own.buffer) {
        return Error::Invalid(format!(
            "`{name}` of `{kind}` is a buffer, which is not drawn and not trained: give it a value with `set_parameter`"
        ));
    }
    let names = each_once(&mut own.filter(|own| !own.buffer).map(|own| own.name)).into_iter();
    Error::NoSuchName {
        name: format!("{kind}.{name}"),
        near: names.map(|name| format!("{kind}.{name}")).collect(),
    }
}

/// Some names in their order, each where it is first.
fn each_once<'a>(names: &mut dyn Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut once = Vec::new();
    for name in names {
        if !once.contains(&name) {
            once.push(name);
        }
    }
    once
}

pub(crate) fn rebind<E: Element, N: Network<E>>(
    network: &mut N,
    samples: &[Vec<usize>],
) -> Result<Vec<String>, Error> {
    let mut fresh = network.clone();
    release::<E>(&mut fresh, &|_| true);
    core_mut(&mut fresh).next_draw();
    let cause = format!(
        "`rebind` to a sample of shape {}",
        super::shapes_shown(samples)
    );
    bind::bind(&fresh, Inputs::Samples(samples), &Given::default(), &cause)?;
    let kept: BTreeMap<String, Parameter<E>> = existing::<E>(network)
        .into_iter()
        .map(|(path, parameter)| (path, parameter.clone()))
        .collect();
    let mut drawn = Vec::new();
    each_named::<E>(&mut fresh, &mut |path, parameter| match kept.get(path) {
        Some(old) if old.value.shape() == parameter.value.shape() => *parameter = old.clone(),
        old => {
            parameter.frozen = old.map_or(parameter.frozen, |old| old.frozen);
            drawn.push(path.to_owned());
        }
    });
    *network = fresh;
    Ok(drawn)
}
