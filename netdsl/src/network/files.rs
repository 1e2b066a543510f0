//! State dicts in files.

use crate::error::StateDictError;
use crate::io::{Dtype, TensorFile, near_names, write};
use crate::network::bind::{self, existing};
use crate::network::core::lock;
use crate::network::given::Given;
use crate::network::module::{core_mut, is_whole};
use crate::network::specification::Specification;
use crate::network::state::each_named;
use crate::network::tracing::{Inputs, Traced};
use crate::network::{Core, Network};
use crate::places::Places;
use crate::{Element, Error};
use ndarray::{ArrayD, IxDyn};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

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

pub(crate) fn save<E: Element, N: Network<E>>(network: &N, path: &Path) -> Result<(), Error> {
    // Another thread may bind the network meanwhile. Whether it waits is asked before its values are collected, so
    // that a file that lacks some says what they are drawn from; and values move from those that wait for their
    // layers to the layers, so they are collected in that order.
    let waits = !is_whole::<E>(network);
    let waiting = network.core().pending().clone();
    let existing = existing::<E>(network);
    let mut metadata = BTreeMap::from([(NETWORK_KEY.to_owned(), N::NAME.to_owned())]);
    if waits {
        network.core().check_binds()?;
        Specification::write(network, &mut metadata)?;
    }
    let own = Places::of(&mut existing.iter().map(|(path, _)| path.as_str()));
    let waiting = waiting.iter().filter(|(path, _)| !own.contains(path));
    let values = existing
        .iter()
        .map(|(path, parameter)| (path.as_str(), parameter.value()))
        .chain(waiting);
    let tensors = values.map(|(path, value)| {
        let elements = value
            .as_slice()
            .expect("parameters are kept in standard layout");
        (path, dtype::<E>(path), value.shape(), elements)
    });
    Ok(write(path, tensors, &metadata)?)
}

/// What a parameter or buffer is saved as.
fn dtype<E: Element>(path: &str) -> Dtype {
    if path.ends_with("num_batches_tracked") {
        Dtype::I64
    } else if E::DTYPE == "F64" {
        Dtype::F64
    } else {
        Dtype::F32
    }
}

/// Reads a file, checks it against the network, and only then changes the network.
pub(crate) fn load<E: Element, N: Network<E>>(
    network: &mut N,
    path: &Path,
    strict: bool,
    rename: &dyn Fn(&str) -> Option<String>,
) -> Result<LoadReport, Error> {
    let file = TensorFile::open(path)?;
    let origin = Origin::of::<E, N>(network, &file)?;
    // What a network of another name will be drawn from says nothing about this one.
    let core = match &origin {
        Origin::Unbound(specification) => Some(specification.core::<E, N>(network)?),
        Origin::Bound | Origin::UnboundOther(_) => None,
    };
    let mut names: Vec<String> = file.names().filter_map(rename).collect();
    let mut given = values(&file, rename)?;
    let own = bind::trace(network, Inputs::Unknown, false)?;
    let mut wrong = StateDictError {
        file: path.to_owned(),
        ..StateDictError::default()
    };
    own.gather_ties(&mut given, &mut names, &mut wrong);
    let complete = strict && matches!(origin, Origin::Bound);
    compare(&own, &given, &names, strict, complete, &mut wrong);
    if !wrong.is_empty() {
        return Err(Error::StateDict(Box::new(wrong)));
    }
    if let Origin::UnboundOther(other) = &origin
        && strict
    {
        return Err(Error::Invalid(format!(
            "{} is of a network `{other}` that was not bound, but this is `{}`: load it into `{other}`, or bind that one \
             before it is saved",
            path.display(),
            N::NAME
        )));
    }
    let known: BTreeSet<&String> = own.parameters.iter().map(|own| &own.path).collect();
    let report = report(&known, &given, &names);
    for name in &report.unexpected {
        given.remove(name);
    }
    if network.is_bound() {
        each_named::<E>(network, &mut |path, parameter| {
            if let Some(value) = given.remove(path) {
                parameter.value = value;
            }
        });
    } else {
        let core = core.unwrap_or_else(|| keep(network, &mut given));
        let cause = format!("the file {}", path.display());
        rebuild(network, core, given, complete, cause)?;
    }
    Ok(report)
}

/// What the network was whose file is loaded into one that is not bound.
enum Origin {
    /// Bound, or nobody knows; or it does not matter, as nothing is left to be drawn.
    Bound,
    /// One of the same name, which will be drawn from this.
    Unbound(Specification),
    /// One of another name.
    UnboundOther(String),
}

impl Origin {
    fn of<E: Element, N: Network<E>>(network: &N, file: &TensorFile) -> Result<Self, Error> {
        if network.is_bound() {
            return Ok(Self::Bound);
        }
        let name = file.metadata().get(NETWORK_KEY);
        Ok(match (Specification::read(file)?, name) {
            (None, _) => Self::Bound,
            (Some(_), Some(name)) if name != N::NAME => Self::UnboundOther(name.clone()),
            (Some(specification), _) => Self::Unbound(specification),
        })
    }
}

/// The values in a file, by the network's names.
fn values<E: Element>(
    file: &TensorFile,
    rename: &dyn Fn(&str) -> Option<String>,
) -> Result<Given<E>, Error> {
    let (mut given, mut sources) = (Given::default(), BTreeMap::new());
    for tensor in file.iter() {
        let Some(name) = rename(tensor.name) else {
            continue;
        };
        if let Some(other) = sources.insert(name.clone(), tensor.name) {
            return Err(Error::Invalid(format!(
                "`{other}` and `{}` of the file were both given the name `{name}`\n  = help: leave one of them out",
                tensor.name
            )));
        }
        let value = ArrayD::from_shape_vec(IxDyn(tensor.shape), tensor.to_vec::<E>()?)
            .map_err(|error| Error::Invalid(format!("{}: {error}", tensor.name)))?;
        given.insert(name, value);
    }
    Ok(given)
}

/// What has no counterpart.
fn report<E: Element>(known: &BTreeSet<&String>, given: &Given<E>, names: &[String]) -> LoadReport {
    LoadReport {
        missing: known
            .iter()
            .filter(|path| !given.contains(path))
            .map(|path| (*path).clone())
            .collect(),
        unexpected: names
            .iter()
            .filter(|name| !known.contains(name))
            .cloned()
            .collect(),
    }
}

/// Adds to values from a file those that the network has already. Gives what it knows beside its layers.
fn keep<E: Element, N: Network<E>>(network: &N, given: &mut Given<E>) -> Core<E> {
    let core = network.core().clone();
    let waiting = std::mem::take(&mut *core.pending());
    for (path, parameter) in existing::<E>(network) {
        if !given.contains(&path) {
            given.insert(path, parameter.value.clone());
        }
    }
    given.fill_in(waiting);
    core
}

/// Builds a network that is not bound once more, with values that it takes in place of being drawn: as far as
/// sizes are known then, all of its parameters exist.
fn rebuild<E: Element, N: Network<E>>(
    network: &mut N,
    mut core: Core<E>,
    mut given: Given<E>,
    whole: bool,
    cause: String,
) -> Result<(), Error> {
    network.core().check_binds()?;
    core.take_freezes(network.core());
    // The definition follows from the sizes that the core was asked for.
    std::mem::swap(core_mut(network), &mut core);
    let definition = network.definition();
    std::mem::swap(core_mut(network), &mut core);
    let mut built: N = bind::construct(&definition, core, &given, whole)?;
    let frozen: BTreeSet<String> = existing::<E>(network)
        .into_iter()
        .filter(|(_, parameter)| parameter.frozen)
        .map(|(path, _)| path)
        .collect();
    each_named::<E>(&mut built, &mut |path, parameter| {
        parameter.frozen = frozen.contains(path);
        given.remove(path);
    });
    // Parameters that wait still take theirs when they are bound.
    *built.core().pending() = given;
    if built.is_bound() {
        *lock(&built.core().binding) = Some(cause);
    }
    *network = built;
    Ok(())
}

/// Adds what does not fit: shapes; with `strict` names that the network lacks; with `complete` parameters that the file
/// lacks.
fn compare<E: Element>(
    own: &Traced,
    given: &Given<E>,
    names: &[String],
    strict: bool,
    complete: bool,
    wrong: &mut StateDictError,
) {
    let paths: Vec<&str> = own
        .parameters
        .iter()
        .map(|parameter| parameter.path.as_str())
        .collect();
    // A name that has its counterpart is not the one that was meant.
    let near = |name: &str, among: Vec<&str>| -> Vec<String> {
        let near = near_names(name, among).into_iter();
        near.map(str::to_owned).collect()
    };
    let known = |name: &str| paths.contains(&name);
    let is_given = |path: &str| names.iter().any(|name| name == path);
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
            None if complete => {
                let others = names.iter().map(String::as_str);
                let others = others.filter(|name| !known(name)).collect();
                let like = near(&parameter.path, others);
                wrong.missing.push((parameter.path.clone(), like));
            }
            None => {}
        }
    }
    if strict {
        for name in names.iter().filter(|name| !known(name)) {
            let others = paths.iter().copied();
            let like = near(name, others.filter(|path| !is_given(path)).collect());
            wrong.unexpected.push((name.clone(), like));
        }
    }
}
