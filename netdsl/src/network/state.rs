//! Single parameters by path, and state dicts in files.

use crate::error::StateDictError;
use crate::io::{Dtype, TensorFile, near_names, write};
use crate::network::bind::{self, Given, existing};
use crate::network::module::{Module, Parameter, join, walk_mut};
use crate::network::tracing::{Inputs, Traced};
use crate::network::{InitRule, Network, layer};
use crate::shape::{Arg, Value};
use crate::train::optimizer::matches;
use crate::{Element, Error};
use ndarray::{ArrayD, ArrayViewD, IxDyn};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Under which a file of an unbound network says what it will be drawn from.
const SEED_KEY: &str = "netdsl.seed";
/// Under which a file of an unbound network says which sizes it was built with.
const SIZES_KEY: &str = "netdsl.sizes";
/// Under which a file says which network it is of.
const NETWORK_KEY: &str = "netdsl.network";

/// What loading left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoadReport {
    /// Parameters of the network that the file lacks: they keep their values.
    pub missing: Vec<String>,
    /// Names in the file that the network lacks.
    pub unexpected: Vec<String>,
}

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
fn each_named<E: Element>(
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
    let again: BTreeMap<String, Option<usize>> = chosen
        .iter()
        .map(|parameter| (parameter.path.clone(), parameter.fan.flatten()))
        .collect();
    let (init, seed) = (*init, network.core().seed());
    let mut result = Ok(());
    each_named::<E>(network, &mut |path, parameter| {
        if let Some(fan) = again.get(path) {
            let (shape, stream) = (
                parameter.value.shape().to_vec(),
                crate::init::stream(seed, path),
            );
            if let Err(source) =
                crate::init::fill(&init, &shape, *fan, stream, parameter.slice_mut())
            {
                result = Err(Error::Init {
                    parameter: path.to_owned(),
                    source,
                });
            }
        }
    });
    network.core_mut().add_rule(rule);
    result
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

pub(crate) fn save<E: Element, N: Network<E>>(network: &N, path: &Path) -> Result<(), Error> {
    let existing = existing::<E>(network);
    let mut metadata = BTreeMap::from([(NETWORK_KEY.to_owned(), N::NAME.to_owned())]);
    if !network.is_bound() {
        metadata.insert(SEED_KEY.to_owned(), network.core().seed().to_string());
        metadata.insert(SIZES_KEY.to_owned(), sizes_shown::<E, N>(network));
    }
    let own = if E::DTYPE == "F64" {
        Dtype::F64
    } else {
        Dtype::F32
    };
    let tensors = existing.iter().map(|(path, parameter)| {
        let counts = path.ends_with("num_batches_tracked");
        let dtype = if counts { Dtype::I64 } else { own };
        (
            path.as_str(),
            dtype,
            parameter.value.shape().to_vec(),
            parameter.slice(),
        )
    });
    Ok(write(path, tensors, &metadata)?)
}

/// Reads a file, checks it against the network, and only then changes the network.
pub(crate) fn load<E: Element, N: Network<E>>(
    network: &mut N,
    path: &Path,
    strict: bool,
    rename: &dyn Fn(&str) -> String,
) -> Result<LoadReport, Error> {
    let file = TensorFile::open(path)?;
    let built_with = network.core().arguments().to_vec();
    if !network.is_bound() {
        let sizes = adopted_sizes::<E, N>(network, &file)?;
        network.core_mut().set_arguments(sizes);
    }
    let loaded = load_file(network, &file, path, strict, rename);
    if loaded.is_err() {
        network.core_mut().set_arguments(built_with);
    }
    loaded
}

/// The sizes a network was built with, in words: `inputs=20,classes=_`.
fn sizes_shown<E: Element, N: Network<E>>(network: &N) -> String {
    let sizes = N::arguments(&network.definition()).into_iter();
    let sizes: Vec<String> = sizes
        .map(|(name, size)| match size.value {
            Value::Int(number) => format!("{name}={number}"),
            _ => format!("{name}=_"),
        })
        .collect();
    sizes.join(",")
}

/// The sizes of a network, those that it left open taken from a file of the same network.
fn adopted_sizes<E: Element, N: Network<E>>(
    network: &N,
    file: &TensorFile,
) -> Result<Vec<Arg>, Error> {
    let written = file.metadata().get(SIZES_KEY).map_or("", String::as_str);
    let told: BTreeMap<&str, usize> = written
        .split(',')
        .filter_map(|size| size.split_once('='))
        .filter_map(|(name, number)| Some((name, number.parse().ok()?)))
        .collect();
    N::arguments(&network.definition())
        .into_iter()
        .map(|(name, own)| match (own.value, told.get(name)) {
            (Value::Open, Some(&size)) => Ok(Arg::int(size)),
            (Value::Int(own), Some(&size)) if own != size as i64 => Err(Error::Invalid(format!(
                "the network was built with `{name}` = {own}, but the one in the file with {size}; build it with {size} or `_`"
            ))),
            _ => Ok(own),
        })
        .collect()
}

/// Takes over what a file holds.
fn load_file<E: Element, N: Network<E>>(
    network: &mut N,
    file: &TensorFile,
    path: &Path,
    strict: bool,
    rename: &dyn Fn(&str) -> String,
) -> Result<LoadReport, Error> {
    let seed =
        match file.metadata().get(SEED_KEY) {
            Some(seed) if !network.is_bound() => Some(seed.parse::<u64>().map_err(|_| {
                Error::Invalid(format!("{}: `{seed}` is not a seed", path.display()))
            })?),
            _ => None,
        };
    let mut names: Vec<String> = file.names().map(rename).collect();
    let mut given = Given::new();
    for tensor in file.iter() {
        let value = ArrayD::from_shape_vec(IxDyn(tensor.shape), tensor.to_vec::<E>()?)
            .map_err(|error| Error::Invalid(format!("{}: {error}", tensor.name)))?;
        given.insert(rename(tensor.name), value);
    }
    let own = bind::trace(network, Inputs::Unknown, false)?;
    let known: BTreeSet<String> = own
        .parameters
        .iter()
        .map(|parameter| parameter.path.clone())
        .collect();
    let mut wrong = StateDictError::default();
    own.gather_ties(&mut given, &mut names, &mut wrong);
    compare(&own, &given, &names, strict && seed.is_none(), &mut wrong);
    let report = LoadReport {
        missing: known
            .iter()
            .filter(|path| !given.contains_key(*path))
            .cloned()
            .collect(),
        unexpected: names
            .iter()
            .filter(|name| !known.contains(*name))
            .cloned()
            .collect(),
    };
    if !wrong.is_empty() {
        return Err(Error::StateDict(Box::new(wrong)));
    }
    given.retain(|path, _| known.contains(path));
    let old_seed = network.core().seed();
    if let Some(seed) = seed {
        network.core_mut().set_seed(seed);
    }
    if !network.is_bound() && seed.is_none() {
        let cause = format!("the file {}", path.display());
        if let Err(error) = bind::bind(network, Inputs::Unknown, &given, &cause)
            && (strict || !matches!(error, Error::Unresolved(_)))
        {
            network.core_mut().set_seed(old_seed);
            return Err(error);
        }
    } else if seed.is_some() {
        bind::redraw(network)?;
    }
    each_named::<E>(network, &mut |path, parameter| {
        if let Some(value) = given.remove(path) {
            parameter.value = value;
        }
    });
    if !network.is_bound() {
        // Parameters that wait still take theirs when they are bound.
        network.core().pending().extend(given);
    }
    Ok(report)
}

fn compare<E: Element>(
    own: &Traced,
    given: &Given<E>,
    names: &[String],
    strict: bool,
    wrong: &mut StateDictError,
) {
    let paths: Vec<&str> = own
        .parameters
        .iter()
        .map(|parameter| parameter.path.as_str())
        .collect();
    let near = |name: &str, among: &mut dyn Iterator<Item = &str>| -> Vec<String> {
        let among: Vec<String> = among.map(str::to_owned).collect();
        near_names(name, among.iter().map(String::as_str))
            .into_iter()
            .map(str::to_owned)
            .collect()
    };
    for parameter in &own.parameters {
        match given.get(&parameter.path) {
            Some(value) => {
                let same = value.ndim() == parameter.shape.len()
                    && value
                        .shape()
                        .iter()
                        .zip(&parameter.shape)
                        .all(|(&size, own)| own.is_none_or(|own| own == size));
                if !same {
                    let file = format!("{:?}", value.shape());
                    wrong
                        .mismatched
                        .push((parameter.path.clone(), parameter.shown(), file));
                }
            }
            None if strict => {
                let names = near(&parameter.path, &mut names.iter().map(String::as_str));
                wrong.missing.push((parameter.path.clone(), names));
            }
            None => {}
        }
    }
    if strict {
        for name in names.iter().filter(|name| !paths.contains(&name.as_str())) {
            wrong
                .unexpected
                .push((name.clone(), near(name, &mut paths.iter().copied())));
        }
    }
}
