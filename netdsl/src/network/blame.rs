//! Which layer a run has failed in, for an index that it has no row for or for want of memory: the engine knows of arrays
//! only.

use crate::engine::EngineError;
use crate::engine::graph::custom::Custom;
use crate::graph::tensor::POSITIONS;
use crate::graph::trace::Trace;
use crate::graph::{Op, Tensor};
use crate::network::Network;
use crate::network::bind;
use crate::network::run::{engine_error, which_target};
use crate::network::tracing::Inputs;
use crate::{Element, Error};

/// A layer that looks up rows of a parameter.
struct Lookup {
    layer: String,
    rows: Option<usize>,
    indices: Indices,
}

/// Where the indices are from.
enum Indices {
    Input(usize),
    /// They are the positions along an axis, so many.
    Positions(Option<usize>),
}

/// Why a run has failed, with the layer: one that looks up rows at indices of an input or at positions, or one whose
/// result is too large.
pub(crate) fn explain<E: Element, N: Network<E>>(
    network: &N,
    shapes: &[&[usize]],
    inputs: &[&[E]],
    error: EngineError,
) -> Error {
    explain_step(network, shapes, (inputs, &[]), error)
}

/// As [`explain`], for a step, in which it may be a target that holds a class which there is not.
pub(crate) fn explain_step<E: Element, N: Network<E>>(
    network: &N,
    shapes: &[&[usize]],
    (inputs, targets): (&[&[E]], &[&[E]]),
    error: EngineError,
) -> Error {
    let (position, value, limit) = match error {
        EngineError::Index {
            position,
            value,
            limit,
        } => (position, value, limit),
        EngineError::TooLarge { elements } => {
            return too_large(network, shapes, elements).unwrap_or_else(|| engine_error(error));
        }
        _ => return engine_error(error),
    };
    let holds = |array: &&[E]| {
        let found = array.get(position).map(|found| found.to_f64());
        found.is_some_and(|found| found == value || found.is_nan() && value.is_nan())
    };
    let found = traced(network, shapes, lookups).unwrap_or_default();
    let is_to_blame = |lookup: &&Lookup| {
        let is_there = match lookup.indices {
            Indices::Input(input) => inputs.get(input).is_some_and(holds),
            Indices::Positions(_) => value == position as f64,
        };
        lookup.rows == Some(limit) && is_there
    };
    let lookup = found.iter().find(is_to_blame);
    Error::Invalid(
        match lookup.map(|lookup| (&lookup.layer, &lookup.indices)) {
            Some((layer, Indices::Input(_))) => format!(
                "layer `{layer}`: {error}\n  = help: tokens are whole numbers below {limit}, the number of its rows"
            ),
            Some((layer, Indices::Positions(count))) => {
                let count = count.unwrap_or(position + 1);
                format!(
                    "layer `{layer}` has {limit} rows, but there are {count} positions\n  = help: write {count} for its rows, or as \
                 many as the longest input has positions; or give inputs of at most {limit}"
                )
            }
            None => match targets.iter().position(holds) {
                Some(target) => format!(
                    "{} has class {value} at position {position}, but there are {limit} classes, from 0\n  = help: give classes below \
                 {limit}, or have the network give a score for each class there is",
                    which_target(target, targets.len())
                ),
                None => return engine_error(error),
            },
        },
    )
}

/// What a trace shows of a run on batches of some shapes; nothing where that is no run.
fn traced<E: Element, N: Network<E>, T>(
    network: &N,
    shapes: &[&[usize]],
    extract: fn(&Trace<'_>, &[Tensor<'_>]) -> T,
) -> Option<T> {
    let batches = Inputs::Batches(shapes);
    bind::run(network, batches, false, &|_, outputs| outputs, extract).ok()
}

/// The mistake of the first array that has too many elements to be held, if it is a layer's or the body's.
fn too_large<E: Element, N: Network<E>>(
    network: &N,
    shapes: &[&[usize]],
    elements: usize,
) -> Option<Error> {
    let made = traced(network, shapes, made)?;
    let is_too_large = |(_, shape): &&(String, Vec<usize>)| {
        let sizes = shape.iter().copied();
        sizes.fold(1, usize::saturating_mul) >= elements
    };
    let (layer, shape) = made.iter().find(is_too_large)?;
    let what = match layer.as_str() {
        "" => "the network computes".to_owned(),
        layer => format!("layer `{layer}` produces"),
    };
    Some(Error::Invalid(format!(
        "{what} an array {shape:?}, which does not fit the memory\n  = help: give smaller inputs or a smaller batch, or sizes and \
         options that make less of them"
    )))
}

/// The arrays that operations make, each with the layer that it is in.
fn made(trace: &Trace<'_>, _: &[Tensor<'_>]) -> Vec<(String, Vec<usize>)> {
    let tables = trace.tables();
    let nodes = (0..trace.node_count()).map(|node| tables.nodes[node as usize].get());
    let arrays = nodes.map(|node| {
        let dims = node.dims[..node.rank as usize].iter();
        let shape = dims.map(|&dim| trace.value(dim).unwrap_or(1)).collect();
        (trace.whole_path(node.scope), shape)
    });
    arrays.collect()
}

fn lookups(trace: &Trace<'_>, _: &[Tensor<'_>]) -> Vec<Lookup> {
    let tables = trace.tables();
    let nodes = (0..trace.node_count()).map(|node| tables.nodes[node as usize].get());
    let gathers = nodes.filter(|node| matches!(node.op, Op::Gather { .. }));
    let lookups = gathers.filter_map(|node| {
        let operand = |index: usize| {
            let operand = tables.edges[node.first_input as usize + index].get();
            tables.nodes[operand as usize].get()
        };
        let Op::Parameter(table) = operand(0).op else {
            return None;
        };
        let indices = match operand(1).op {
            Op::Input(input) => Indices::Input(input as usize),
            Op::Custom(custom) if custom == Custom(&POSITIONS) => {
                let positions = operand(1);
                Indices::Positions(
                    trace.value(positions.dims[(positions.rank as usize).max(1) - 1]),
                )
            }
            _ => return None,
        };
        let table = trace.parameter_cell(table);
        Some(Lookup {
            layer: trace.whole_path(table.scope),
            rows: trace.value(table.dims[0]),
            indices,
        })
    });
    lookups.collect()
}
