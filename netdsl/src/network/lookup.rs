//! Which layer was given an index that it has no row for: the engine knows of arrays only.

use crate::engine::EngineError;
use crate::engine::graph::custom::Custom;
use crate::graph::tensor::POSITIONS;
use crate::graph::trace::Trace;
use crate::graph::{Op, Tensor};
use crate::network::Network;
use crate::network::bind;
use crate::network::run::engine_error;
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
    /// They are the positions along an axis.
    Positions,
}

/// Why a run has failed, with the layer where that is one that looks up rows at indices of an input or at positions.
pub(crate) fn explain<E: Element, N: Network<E>>(
    network: &N,
    shapes: &[&[usize]],
    inputs: &[&[E]],
    error: EngineError,
) -> Error {
    let EngineError::Index {
        position,
        value,
        limit,
    } = error
    else {
        return engine_error(error);
    };
    let batches = Inputs::Batches(shapes);
    let found = bind::run(network, batches, false, &|_, outputs| outputs, lookups);
    let found = found.unwrap_or_default();
    let is_to_blame = |lookup: &&Lookup| {
        let is_there = match lookup.indices {
            Indices::Input(input) => {
                let index = inputs.get(input).and_then(|input| input.get(position));
                index.is_some_and(|index| index.to_f64() == value)
            }
            Indices::Positions => value == position as f64,
        };
        lookup.rows == Some(limit) && is_there
    };
    match (found.iter().find(is_to_blame), engine_error(error)) {
        (Some(lookup), Error::Invalid(message)) => {
            Error::Invalid(format!("layer `{}`: {message}", lookup.layer))
        }
        (_, error) => error,
    }
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
            Op::Custom(custom) if custom == Custom(&POSITIONS) => Indices::Positions,
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
