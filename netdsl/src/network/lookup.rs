//! Which layer was given an index that it has no row for: the engine knows of arrays only.

use crate::engine::EngineError;
use crate::graph::trace::Trace;
use crate::graph::{Op, Tensor};
use crate::network::Network;
use crate::network::bind;
use crate::network::run::engine_error;
use crate::network::tracing::Inputs;
use crate::{Element, Error};

/// A layer that looks up rows of a parameter at the indices of an input.
struct Lookup {
    layer: String,
    rows: Option<usize>,
    input: usize,
}

/// Why a run has failed, with the layer where that is one that looks up rows at indices of an input.
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
        let index = inputs
            .get(lookup.input)
            .and_then(|input| input.get(position));
        lookup.rows == Some(limit) && index.is_some_and(|index| index.to_f64() == value)
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
        let (Op::Parameter(table), Op::Input(input)) = (operand(0).op, operand(1).op) else {
            return None;
        };
        let table = trace.parameter_cell(table);
        Some(Lookup {
            layer: trace.whole_path(table.scope),
            rows: trace.value(table.dims[0]),
            input: input as usize,
        })
    });
    lookups.collect()
}
