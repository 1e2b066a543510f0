//! Drawing parameters: each from its own stream, all in parallel.

use crate::engine::kernel::memory::zeros;
use crate::init::{self, Job};
use crate::network::bind::{self, existing};
use crate::network::core::Core;
use crate::network::given::Given;
use crate::network::module::{self, Parameter};
use crate::network::parts::Known;
use crate::network::tracing::{Inputs, Traced, TracedParameter};
use crate::network::{Network, Parts};
use crate::places::Places;
use crate::shape::Arg;
use crate::{Element, Error};
use ndarray::{ArrayD, IxDyn};
use std::collections::BTreeMap;

/// Draws every parameter whose sizes are known and that does not exist; says of the others why they wait.
pub(super) fn draw<E: Element>(
    traced: &Traced,
    core: &Core<E>,
    given: &Given<E>,
    existing: &[(String, &Parameter<E>)],
) -> Result<Parts<E>, Error> {
    let mut known = scopes(traced);
    let existing = Places::of(&mut existing.iter().map(|(path, _)| path.as_str()));
    let (closed, open): (Vec<_>, Vec<_>) = traced
        .parameters
        .iter()
        .filter(|parameter| !existing.contains(&parameter.path))
        .partition(|parameter| parameter.known_shape().is_some());
    add_waiting(&mut known, traced, &open);
    let mut parts = Parts::new(known);
    let values = values(&closed, traced, core, core.seed(), given)?;
    for (parameter, value) in closed.into_iter().zip(values) {
        let (path, buffer) = (parameter.path.clone(), parameter.buffer);
        let frozen = !buffer && core.freezes(&path);
        parts.add(
            path,
            Parameter {
                name: String::new(),
                value,
                buffer,
                frozen,
                draw: core.draw(),
            },
        );
    }
    Ok(parts)
}

/// Members of stacks, parts that are not there, and sizes of networks.
fn scopes(traced: &Traced) -> Known {
    let mut known = Known::default();
    for scope in &traced.scopes {
        if let (Some(index), Some(parent)) = (scope.member, scope.parent) {
            known.add_member(traced.scopes[parent].path.clone(), index);
        }
        if scope.absent {
            known.add_absent(scope.path.clone());
        }
    }
    for (path, sizes) in &traced.parts {
        let sizes = sizes.iter();
        let sizes = sizes.map(|(name, size)| (*name, Arg::int(*size)));
        known.add_arguments(path.clone(), sizes.collect());
    }
    known
}

fn add_waiting(known: &mut Known, traced: &Traced, open: &[&TracedParameter]) {
    for parameter in open {
        known.add_waiting(parameter.path.clone(), parameter.waiting());
    }
    for tie in &traced.ties {
        // A layer with a parameter of another layer's waits while that one does.
        let owner = &traced.parameters[tie.owner];
        let mut open = open.iter();
        if let Some(first) = open.find(|parameter| parameter.layer() == owner.layer()) {
            known.add_waiting(tie.path.clone(), first.waiting());
        }
    }
}

/// The values of parameters of known shapes: those given, all others drawn.
fn values<E: Element>(
    parameters: &[&TracedParameter],
    traced: &Traced,
    core: &Core<E>,
    seed: u64,
    given: &Given<E>,
) -> Result<Vec<ArrayD<E>>, Error> {
    let shapes: Vec<Vec<usize>> = parameters
        .iter()
        .filter_map(|parameter| parameter.known_shape())
        .collect();
    let mut values = Vec::with_capacity(shapes.len());
    for (parameter, shape) in parameters.iter().zip(&shapes) {
        values.push(match given.get(&parameter.path) {
            Some(given) => given.as_standard_layout().into_owned(),
            None => {
                parameter.check_size()?;
                room(parameter, shape)?
            }
        });
    }
    let (mut jobs, mut paths) = (Vec::new(), Vec::new());
    for ((parameter, shape), value) in parameters.iter().zip(&shapes).zip(&mut values) {
        if let (false, Some(out)) = (given.contains(&parameter.path), value.as_slice_mut()) {
            paths.push(&parameter.path);
            jobs.push(Job {
                init: core.start(parameter, traced),
                shape,
                fan: parameter.fan.flatten(),
                stream: init::stream(seed, &parameter.path),
                out,
            });
        }
    }
    init::fill_all(jobs).map_err(|(job, source)| Error::Init {
        parameter: paths[job].clone(),
        source,
    })?;
    Ok(values)
}

/// Zeros for a parameter, where memory has room for it.
fn room<E: Element>(parameter: &TracedParameter, shape: &[usize]) -> Result<ArrayD<E>, Error> {
    let (path, shown) = (&parameter.path, parameter.shown());
    let too_large = || Error::Invalid(format!("`{path}` {shown} is too large to hold"));
    let mut sizes = shape.iter();
    let count = sizes
        .try_fold(1usize, |count, &size| count.checked_mul(size))
        .ok_or_else(too_large)?;
    let bytes = count.checked_mul(size_of::<E>());
    if bytes.is_none_or(|bytes| bytes > isize::MAX as usize) {
        return Err(too_large());
    }
    // Tried out first: an error can be told, where a failing allocation ends the program.
    Vec::<E>::new()
        .try_reserve_exact(count)
        .map_err(|_| Error::Invalid(format!("there is no memory for `{path}` {shown}")))?;
    ArrayD::from_shape_vec(IxDyn(shape), zeros(count))
        .map_err(|error| Error::Invalid(format!("`{path}`: {error}")))
}

/// Draws the parameters that exist anew, as a fresh network of the same sizes and of this seed would have them.
pub(crate) fn redraw<E: Element, N: Network<E>>(network: &mut N, seed: u64) -> Result<(), Error> {
    let traced = bind::trace(network, Inputs::Unknown, false)?;
    let order: BTreeMap<&str, &TracedParameter> = traced
        .parameters
        .iter()
        .map(|parameter| (parameter.path.as_str(), parameter))
        .collect();
    let known: Vec<&TracedParameter> = existing::<E>(network)
        .iter()
        .filter_map(|(path, _)| order.get(path.as_str()).copied())
        .collect();
    let values = values(&known, &traced, network.core(), seed, &Given::default())?;
    module::core_mut(network).set_seed(seed);
    let mut values = values.into_iter();
    module::each_parameter_mut::<E>(network, &mut |parameter| {
        if let Some(value) = values.next() {
            parameter.value = value;
        }
    });
    Ok(())
}
