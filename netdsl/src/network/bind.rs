//! Binding: from sizes to parameters, in one step for the whole network.
//!
//! Solve everything, check everything, draw everything, publish once. Nothing is changed before the
//! last step, and the last step cannot fail.

use crate::graph::trace::{Fact, path_hash};
use crate::network::core::{Core, lock};
use crate::network::draw::draw;
use crate::network::given::Given;
use crate::network::module::{self, Module, Parameter, PathHash, is_whole, publish, walk};
use crate::network::tracing::{
    self, Extract, Finish, Inputs, PartSizes, Recorded, Traced, TracedParameter, part_sizes,
};
use crate::network::{Network, Parts, Status, join};
use crate::{Element, Error, ShapeError};
use ndarray::ArrayD;
use std::panic::Location;

/// The parameters of a network that exist, by path, in order.
pub(crate) fn existing<E: Element>(module: &dyn Module<E>) -> Vec<(String, &Parameter<E>)> {
    let mut found = Vec::new();
    collect("", module, &mut found);
    found
}

fn collect<'a, E: Element>(
    path: &str,
    module: &'a dyn Module<E>,
    found: &mut Vec<(String, &'a Parameter<E>)>,
) {
    found.extend(
        module
            .own_parameters()
            .iter()
            .map(|parameter| (join(path, &parameter.name), parameter)),
    );
    module.children(&mut |name, child| collect(&join(path, name), child, found));
}

/// The shapes of the parameters that exist and of those that are given, for a trace to look up.
fn facts<E: Element>(network: &dyn Module<E>, given: &Given<E>) -> Vec<Fact> {
    let (mut facts, mut place) = (Vec::new(), 0);
    settled(PathHash::TOP, network, &mut |hash, fixed, shape| {
        facts.extend(Fact::new(hash, Some(place), fixed, shape));
        place += 1;
    });
    facts.extend(given_facts(given));
    Fact::sort(&mut facts);
    facts
}

/// The shapes of values that are given, in no order.
fn given_facts<E: Element>(given: &Given<E>) -> Vec<Fact> {
    let fact =
        |(path, value): (&str, &ArrayD<E>)| Fact::new(path_hash(path), None, false, value.shape());
    given.iter().filter_map(fact).collect()
}

/// Calls `visit` with the hash of each existing parameter's path, whether the definition fixes its shape, and that, in
/// the order of [`existing`].
fn settled<E: Element>(
    own: PathHash,
    module: &dyn Module<E>,
    visit: &mut dyn FnMut(u64, bool, &[usize]),
) {
    let fixed = module.status() == Status::Static;
    for parameter in module.own_parameters() {
        visit(
            own.parameter(&parameter.name),
            fixed,
            parameter.value.shape(),
        );
    }
    module.children(&mut |name, child| settled(own.part(name), child, visit));
}

/// Runs the definition with what is settled already, for its names and shapes.
pub(crate) fn trace<E: Element, N: Network<E>>(
    network: &N,
    inputs: Inputs<'_>,
    training: bool,
) -> Result<Traced, Error> {
    run(network, inputs, training, &|_, outputs| outputs, Traced::of)
}

/// Runs the definition with what is settled already, going on with the results, for its graph.
pub(crate) fn record<E: Element, N: Network<E>>(
    network: &N,
    inputs: Inputs<'_>,
    training: bool,
    finish: Finish<'_>,
) -> Result<Recorded, Error> {
    let (recorded, parts) = run(network, inputs, training, finish, |trace, outputs| {
        (Recorded::of(trace, outputs), part_sizes(trace))
    })?;
    check_parts(network, &parts)?;
    Ok(recorded)
}

/// Runs the definition with what is settled already, for anything that is to be taken from that.
pub(super) fn run<E: Element, N: Network<E>, T>(
    network: &N,
    inputs: Inputs<'_>,
    training: bool,
    finish: Finish<'_>,
    extract: Extract<T>,
) -> Result<T, Error> {
    let core = network.core();
    let facts = facts(network, &core.pending());
    let (definition, guess) = (network.definition(), core.counts());
    let traced = tracing::trace::<E, N, T>(
        &definition,
        inputs,
        &facts,
        training,
        guess,
        finish,
        extract,
    );
    let (traced, counts) = traced.map_err(|error| explain(error, core))?;
    core.set_counts(counts);
    Ok(traced)
}

/// Adds to a mistake in a later input by which input the network was bound.
fn explain<E: Element>(mut error: Error, core: &Core<E>) -> Error {
    if let (Error::Shape(shape), Some(cause)) = (&mut error, &*lock(&core.binding)) {
        let is_for = |error: &ShapeError| error.message.contains("was bound to");
        shape.note(&format!("it was bound by {cause}"), &is_for);
    }
    error
}

/// Adds to a mistake in building a network where that was asked for: its numbers stand there.
pub(crate) fn built_at(mut error: Error, at: &Location<'_>) -> Error {
    if let Error::Shape(shape) = &mut error {
        shape.note(&format!("built at {}:{}", at.file(), at.line()), &|_| true);
    }
    error
}

/// A network with its parameters drawn as far as sizes are known.
pub(crate) fn build<E: Element, N: Network<E>>(
    definition: N::Definition,
    seed: u64,
) -> Result<N, Error> {
    let arguments: Vec<_> = N::arguments(&definition)
        .into_iter()
        .map(|(_, argument)| argument)
        .collect();
    construct(
        &definition,
        Core::new(arguments, seed),
        &Given::default(),
        false,
    )
}

/// As [`build`], with values that parameters take in place of being drawn; `whole` allows no size to stay open.
pub(crate) fn construct<E: Element, N: Network<E>>(
    definition: &N::Definition,
    core: Core<E>,
    given: &Given<E>,
    whole: bool,
) -> Result<N, Error> {
    let mut facts = given_facts(given);
    Fact::sort(&mut facts);
    let (traced, counts) = tracing::trace::<E, N, _>(
        definition,
        Inputs::Unknown,
        &facts,
        false,
        core.counts(),
        &|_, outputs| outputs,
        Traced::of,
    )?;
    core.set_counts(counts);
    if traced.refused || whole && !traced.unresolved.is_empty() {
        return Err(Error::Unresolved(traced.unresolved));
    }
    let mut parts = draw(&traced, &core, given, &[])?;
    let mut network = N::assemble(&mut parts, "");
    *module::core_mut(&mut network) = core;
    Ok(network)
}

/// Binds what is open; `cause` tells later errors what bound it. Where nothing is open, only checks the sizes.
pub(crate) fn bind<E: Element, N: Network<E>>(
    network: &N,
    inputs: Inputs<'_>,
    given: &Given<E>,
    cause: &str,
) -> Result<(), Error> {
    let bound = bind_after(network, inputs, given, cause, false, &mut |_| Ok(()))?;
    if !bound {
        trace(network, inputs, false)?;
    }
    Ok(())
}

/// What a network is about to be bound to.
pub(crate) struct Drawn<'n, E> {
    pub recorded: Recorded,
    traced: Traced,
    existing: Vec<(String, &'n Parameter<E>)>,
    parts: Parts<E>,
}

impl<E: Element> Drawn<'_, E> {
    /// The values of the graph's parameters, in its order.
    pub(crate) fn values(&self) -> Result<Vec<&[E]>, Error> {
        let all = self.recorded.parameters.iter().zip(&self.traced.parameters);
        all.map(|(recorded, traced)| match recorded.place {
            Some(place) => Ok(self.existing[place].1.slice()),
            None => self
                .parts
                .value(&traced.path)
                .ok_or_else(|| taken_out(traced)),
        })
        .collect()
    }

    /// The paths of the graph's parameters, in its order.
    pub(crate) fn paths(&self) -> Vec<String> {
        self.traced
            .parameters
            .iter()
            .map(|parameter| parameter.path.clone())
            .collect()
    }
}

/// As [`bind`], with a trial of what the network would be: data that cannot be run leave it open. Gives whether
/// anything was open: another thread may have been faster.
pub(crate) fn bind_after<E: Element, N: Network<E>>(
    network: &N,
    inputs: Inputs<'_>,
    given: &Given<E>,
    cause: &str,
    training: bool,
    trial: &mut dyn FnMut(&Drawn<'_, E>) -> Result<(), Error>,
) -> Result<bool, Error> {
    if is_whole::<E>(network) {
        return Ok(false);
    }
    let core = network.core();
    core.check_binds()?;
    let mut record = lock(&core.binding);
    if is_whole::<E>(network) {
        return Ok(false);
    }
    // What a file has given before counts, too.
    let mut pending = core.pending();
    let mut all = pending.clone();
    for (path, value) in given.iter() {
        all.insert(path.to_owned(), value.clone());
    }
    let given = &all;
    let ((traced, recorded), counts) = tracing::trace::<E, N, _>(
        &network.definition(),
        inputs,
        &facts(network, given),
        training,
        core.counts(),
        &|_, outputs| outputs,
        |trace, outputs| (Traced::of(trace, outputs), Recorded::of(trace, outputs)),
    )?;
    core.set_counts(counts);
    check_parts(network, &traced.parts)?;
    if !traced.unresolved.is_empty() {
        return Err(Error::Unresolved(traced.unresolved));
    }
    let existing = existing::<E>(network);
    let parts = draw(&traced, core, given, &existing)?;
    let mut drawn = Drawn {
        recorded,
        traced,
        existing,
        parts,
    };
    trial(&drawn)?;
    publish(network, &mut drawn.parts);
    *pending = Given::default();
    drop(pending);
    *record = Some(cause.to_owned());
    Ok(true)
}

/// Holds the networks within a network against what its definition says of them: one that was put in the place of
/// another may have been built with other sizes.
fn check_parts<E: Element>(network: &dyn Module<E>, parts: &PartSizes) -> Result<(), Error> {
    let mut result = Ok(());
    walk("", network, &mut |path, module| {
        let own = module.built_with();
        if path.is_empty() || own.is_empty() || result.is_err() {
            return;
        }
        let Some((_, sizes)) = parts.iter().find(|(known, _)| known == path) else {
            return;
        };
        for (own, name) in own.iter().zip(module.built_with_names()) {
            let wanted = sizes.iter().find(|(known, _)| known == name);
            if let (Some(own), Some((_, wanted))) = (own.known(), wanted)
                && own != *wanted
            {
                result = Err(Error::Invalid(format!(
                    "layer `{path}` was exchanged for a network built with `{name}` = {own}, but {wanted} is written\n  \
                     = help: put one in its place that was built with {wanted}"
                )));
            }
        }
    });
    result
}

/// For each parameter of a graph, its place among those of a network that is bound.
pub(crate) fn places<E: Element, N: Network<E>>(
    network: &N,
    recorded: &Recorded,
) -> Result<Vec<usize>, Error> {
    let places = recorded.parameters.iter().map(|parameter| parameter.place);
    if let Some(places) = places.collect::<Option<_>>() {
        return Ok(places);
    }
    let existing = existing::<E>(network);
    let traced = trace(network, Inputs::Unknown, false)?;
    let mut parameters = traced.parameters.iter();
    let missing = parameters.find(|wanted| existing.iter().all(|(path, _)| *path != wanted.path));
    Err(missing.map_or_else(
        || Error::Invalid("a parameter does not exist".to_owned()),
        taken_out,
    ))
}

/// Why a parameter of a network that is bound does not exist.
fn taken_out(parameter: &TracedParameter) -> Error {
    Error::Invalid(format!(
        "`{}` does not exist: layer `{}` was taken out of its network or exchanged for one without it\n  = help: put \
         a layer of the same kind in its place",
        parameter.path,
        parameter.layer()
    ))
}

/// What of a network is not bound: the paths of its waiting parts, and values that a file has for them.
pub(crate) struct Open<E> {
    waiting: Vec<String>,
    pending: Given<E>,
}

impl<E: Element> Open<E> {
    /// `None` for a network that is bound.
    pub(crate) fn of<N: Network<E>>(network: &N) -> Option<Self> {
        if network.is_bound() {
            return None;
        }
        let mut waiting = Vec::new();
        walk::<E>("", network, &mut |path, module| {
            if module.status() == Status::Waiting {
                waiting.push(path.to_owned());
            }
        });
        let pending = network.core().pending().clone();
        Some(Self { waiting, pending })
    }

    /// Has the network as open as it was.
    pub(crate) fn restore<N: Network<E>>(self, network: &mut N) {
        module::release::<E>(network, &|path| {
            self.waiting.iter().any(|waiting| waiting == path)
        });
        let core = network.core();
        *lock(&core.binding) = None;
        *core.pending() = self.pending;
    }
}
