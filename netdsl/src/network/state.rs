//! Single parameters by path, how they start, and binding anew.

use crate::io::near_names;
use crate::network::bind::{self, Given, existing};
use crate::network::module::{Module, Parameter, join, walk_mut};
use crate::network::tracing::{Inputs, Traced};
use crate::network::{InitRule, Network, layer};
use crate::train::optimizer::matches;
use crate::{Element, Error};
use ndarray::{ArrayD, ArrayViewD};
use std::collections::BTreeMap;

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
fn absent(traced: &Traced, path: &str) -> Error {
    let mut parameters = traced.parameters.iter();
    match parameters.find(|parameter| parameter.path == path) {
        Some(parameter) => Error::Waiting(Box::new(parameter.waiting())),
        None => unknown(traced, path),
    }
}

/// Why no parameter of its own has a path, or one that matches a pattern.
fn unknown(traced: &Traced, pattern: &str) -> Error {
    if let Some(tie) = traced.ties.iter().find(|tie| matches(pattern, &tie.path)) {
        return Error::Tied {
            parameter: tie.path.clone(),
            owner: traced.parameters[tie.owner].path.clone(),
            transposed: tie.transposed,
        };
    }
    let paths = traced.parameters.iter().map(|own| own.path.as_str());
    let near = near_names(pattern, paths);
    Error::NoSuchName {
        name: pattern.to_owned(),
        near: near.into_iter().map(str::to_owned).collect(),
    }
}

/// Calls `change` with each existing parameter and its path.
pub(super) fn each_named<E: Element>(
    module: &mut dyn Module<E>,
    change: &mut dyn FnMut(&str, &mut Parameter<E>),
) {
    walk_mut("", module, &mut |path, module| {
        for parameter in module.own_parameters_mut() {
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
    let mut count = 0;
    each_named::<E>(network, &mut |path, parameter| {
        if matches(pattern, path) && !parameter.buffer {
            parameter.frozen = frozen;
            count += 1;
        }
    });
    if count > 0 {
        return Ok(count);
    }
    let traced = bind::trace(network, Inputs::Unknown, false)?;
    let mut parameters = traced.parameters.iter();
    match parameters.find(|parameter| matches(pattern, &parameter.path)) {
        Some(parameter) => Err(absent(&traced, &parameter.path)),
        None => Err(unknown(&traced, pattern)),
    }
}

pub(crate) fn initialize<E: Element, N: Network<E>>(
    network: &mut N,
    rule: InitRule,
) -> Result<(), Error> {
    let traced = bind::trace(network, Inputs::Unknown, false)?;
    let kind_of = |path: &str| {
        traced
            .scopes
            .iter()
            .find(|scope| scope.path == path)
            .map(|scope| scope.kind)
    };
    let fits = |path: &str| match &rule {
        InitRule::Path(pattern, _) => matches(pattern, path),
        InitRule::Kind(kind, name, _) => path
            .rsplit_once('.')
            .is_some_and(|(layer, own)| own == name && kind_of(layer) == Some(kind.as_str())),
    };
    let (InitRule::Path(name, init) | InitRule::Kind(name, _, init)) = &rule;
    let chosen: Vec<_> = traced
        .parameters
        .iter()
        .filter(|parameter| !parameter.buffer && fits(&parameter.path))
        .collect();
    if chosen.is_empty() {
        return Err(unknown(&traced, name));
    }
    for parameter in &chosen {
        // Sizes that are still open are taken for 1: what is checked is the number of axes.
        let shape: Vec<usize> = parameter
            .shape
            .iter()
            .map(|size| size.unwrap_or(1))
            .collect();
        init.check(&shape, parameter.fan.map(|fan| fan.unwrap_or(1)))
            .map_err(|source| Error::Init {
                parameter: parameter.path.clone(),
                source,
            })?;
    }
    let fans: BTreeMap<&str, Option<usize>> = chosen
        .iter()
        .map(|parameter| (parameter.path.as_str(), parameter.fan.flatten()))
        .collect();
    let seed = network.core().seed();
    let mut drawn = BTreeMap::new();
    for (path, parameter) in existing::<E>(network) {
        let Some(fan) = fans.get(path.as_str()) else {
            continue;
        };
        let mut fresh = parameter.clone();
        let shape = parameter.value.shape();
        let stream = crate::init::stream(seed, &path);
        match crate::init::fill(init, shape, *fan, stream, fresh.slice_mut()) {
            Ok(()) => drawn.insert(path, fresh.value),
            Err(source) => {
                return Err(Error::Init {
                    parameter: path,
                    source,
                });
            }
        };
    }
    each_named::<E>(network, &mut |path, parameter| {
        if let Some(value) = drawn.remove(path) {
            parameter.value = value;
        }
    });
    network.core_mut().add_rule(rule);
    Ok(())
}

pub(crate) fn rebind<E: Element, N: Network<E> + Clone>(
    network: &mut N,
    samples: &[Vec<usize>],
) -> Result<Vec<String>, Error> {
    let mut fresh = network.clone();
    walk_mut::<E>("", &mut fresh, &mut |path, module| module.release(path));
    fresh.core().set_bound(false);
    let cause = format!(
        "`rebind` to a sample of shape {}",
        super::shapes_shown(samples)
    );
    bind::bind(&fresh, Inputs::Samples(samples), &Given::new(), &cause)?;
    let kept: BTreeMap<String, Parameter<E>> = existing::<E>(network)
        .into_iter()
        .map(|(path, parameter)| (path, parameter.clone()))
        .collect();
    let mut drawn = Vec::new();
    each_named::<E>(&mut fresh, &mut |path, parameter| match kept.get(path) {
        Some(old) if old.value.shape() == parameter.value.shape() => *parameter = old.clone(),
        _ => drawn.push(path.to_owned()),
    });
    *network = fresh;
    Ok(drawn)
}
