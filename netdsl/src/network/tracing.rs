//! Running a definition at run time: the same functions that the compiler runs, on tables that grow.

use crate::error::shown;
use crate::graph::trace::{
    CallCell, Counts, DimCell, Fact, MAX_PARAMETER_RANK, NONE, NodeCell, ParameterCell, Presence,
    Question, ScopeCell, SizeCell, Tables, Trace, path_hash,
};
use crate::graph::{Graph, Scope, Tensor};
use crate::init::Init;
use crate::network::Network;
use crate::{Element, Error, Unresolved, WaitingError};
use std::cell::Cell;

/// What is known of a network's inputs.
#[derive(Clone, Copy, Debug)]
pub enum Inputs<'a> {
    /// Nothing but how many there are.
    Unknown,
    /// Shapes of samples: the batch is open.
    Samples(&'a [Vec<usize>]),
    /// Whole shapes, the batch first.
    Batches(&'a [&'a [usize]]),
}

/// What one run of a definition has shown.
pub struct Traced {
    /// Parameters and buffers, in the order of their first use.
    pub parameters: Vec<TracedParameter>,
    /// Layers and networks, parents before children.
    pub scopes: Vec<TracedScope>,
    /// The operations, where all sizes are known.
    pub graph: Option<Graph>,
    /// The nodes that come out.
    pub outputs: Vec<usize>,
    /// The sizes that stay open.
    pub unresolved: Vec<Unresolved>,
    /// How much of each table the run needed: the next one need not guess.
    pub counts: Counts,
}

/// A parameter as a run of the definition sees it.
#[derive(Clone, Debug)]
pub struct TracedParameter {
    pub path: String,
    pub shape: Vec<Option<usize>>,
    pub init: Init,
    /// Whether the fan is given, and its value where it is known.
    pub fan: Option<Option<usize>>,
    pub buffer: bool,
    /// The name of the first size that is not known: `in_features`.
    pub missing: Option<&'static str>,
    /// Its node in the graph.
    pub node: usize,
    /// The node of its next value.
    pub update: Option<usize>,
}

impl TracedParameter {
    /// Its shape, where all of it is known and it can be drawn.
    pub fn known_shape(&self) -> Option<Vec<usize>> {
        if self.fan == Some(None) {
            return None;
        }
        self.shape.iter().copied().collect()
    }

    /// Its shape in words.
    pub fn shown(&self) -> String {
        shown(&self.shape)
    }

    /// Why it does not exist, and the two shortest ways to have it.
    pub fn waiting(&self) -> WaitingError {
        let (path, shape) = (&self.path, self.shown());
        let layer = path.rsplit_once('.').map_or("", |(layer, _)| layer);
        let missing = self
            .missing
            .map_or("a size".to_owned(), |name| format!("`{name}` of `{layer}`"));
        let message = format!(
            "`{path} {shape}` does not exist yet: {missing} is not known\n  = help: write the number instead of `_`, or give a \
             sample: its shape to `bind`, or itself to `forward`"
        );
        WaitingError {
            parameter: path.clone(),
            shape,
            message,
        }
    }
}

/// A layer or a network as a run of the definition sees it.
#[derive(Clone, Debug)]
pub struct TracedScope {
    pub path: String,
    pub parent: Option<usize>,
    pub kind: &'static str,
    pub member: Option<usize>,
    pub network: bool,
    /// It is declared, but its condition does not hold.
    pub absent: bool,
    /// The shape that it gives a sample, and whether there may be more axes before.
    pub output: Option<(Vec<Option<usize>>, bool)>,
    /// Indices of its own parameters.
    pub parameters: Vec<usize>,
}

/// Settled shapes, sorted for the trace.
pub fn facts<'a>(shapes: impl Iterator<Item = (&'a str, &'a [usize])>) -> Vec<Fact> {
    let mut facts: Vec<_> = shapes
        .filter(|(_, shape)| shape.len() <= MAX_PARAMETER_RANK)
        .map(|(path, sizes)| {
            let mut shape = [0; MAX_PARAMETER_RANK];
            shape[..sizes.len()].copy_from_slice(sizes);
            Fact {
                hash: path_hash(path),
                shape,
                rank: sizes.len(),
            }
        })
        .collect();
    facts.sort_by_key(|fact| fact.hash);
    facts
}

/// What is done with a network's results within the same graph: a loss, say.
pub type Finish<'f> = &'f dyn for<'t> Fn(Scope<'t>, Vec<Tensor<'t>>) -> Vec<Tensor<'t>>;

/// Runs a definition until it teaches nothing more.
pub fn trace<E: Element, N: Network<E>>(
    definition: &N::Definition,
    inputs: Inputs<'_>,
    facts: &[Fact],
    training: bool,
    guess: Counts,
) -> Result<Traced, Error> {
    trace_to::<E, N>(definition, inputs, facts, training, guess, &|_, outputs| {
        outputs
    })
}

/// As [`trace`], going on with the results.
pub fn trace_to<E: Element, N: Network<E>>(
    definition: &N::Definition,
    inputs: Inputs<'_>,
    facts: &[Fact],
    training: bool,
    guess: Counts,
    finish: Finish<'_>,
) -> Result<Traced, Error> {
    let body: Body<'_> = &|trace, at| {
        let given: Vec<Tensor<'_>> = (0..N::INPUTS)
            .map(|index| input(trace, inputs, index))
            .collect();
        finish(at, N::trace(definition, at, &given))
    };
    trace_body(body, facts, training, guess)
}

/// What is run: inputs and what becomes of them.
pub type Body<'b> = &'b dyn for<'t> Fn(&'t Trace<'t>, Scope<'t>) -> Vec<Tensor<'t>>;

/// Runs anything that is made of tensors until it teaches nothing more.
pub fn trace_body(
    body: Body<'_>,
    facts: &[Fact],
    training: bool,
    guess: Counts,
) -> Result<Traced, Error> {
    let mut room = guess;
    loop {
        match attempt(body, facts, training, room) {
            Ok(traced) => return traced,
            // The definition asked for more than there was: give it that, and try again.
            Err(needed) => room = grown(needed),
        }
    }
}

/// Twice what was needed: what was cut off may have hidden more.
fn grown(needed: Counts) -> Counts {
    Counts {
        dims: 2 * needed.dims + 16,
        scopes: needed.scopes + 4,
        sizes: needed.sizes + 8,
        parameters: needed.parameters + 4,
        nodes: needed.nodes + 16,
        edges: needed.edges + 16,
        calls: needed.calls,
    }
}

fn cells<T: Copy>(value: T, count: usize) -> Vec<Cell<T>> {
    vec![value; count].into_iter().map(Cell::new).collect()
}

fn attempt(
    body: Body<'_>,
    facts: &[Fact],
    training: bool,
    room: Counts,
) -> Result<Result<Traced, Error>, Counts> {
    let (dims, scopes) = (
        cells(DimCell::NEW, room.dims),
        cells(ScopeCell::NEW, room.scopes),
    );
    let (sizes, parameters) = (
        cells(SizeCell::NEW, room.sizes),
        cells(ParameterCell::NEW, room.parameters),
    );
    let (nodes, edges) = (cells(NodeCell::NEW, room.nodes), cells(0u32, room.edges));
    let calls = cells(CallCell::NEW, room.calls);
    let tables = Tables {
        dims: &dims,
        scopes: &scopes,
        sizes: &sizes,
        parameters: &parameters,
        nodes: &nodes,
        edges: &edges,
        calls: &calls,
        facts,
    };
    let trace = Trace::new(tables, training).asking(Question::Open);
    let mut outputs;
    loop {
        let at = trace.begin();
        outputs = body(&trace, at);
        trace.make_calls();
        if !room.hold(&trace.counts()) {
            return Err(trace.counts());
        }
        if !trace.again() {
            break;
        }
    }
    let (faults, count) = trace.faults();
    if let Some(fault) = faults[..count].iter().flatten().next() {
        return Ok(Err(Error::from(fault)));
    }
    Ok(Ok(extract(&trace, &outputs)))
}

fn input<'t>(trace: &'t Trace<'t>, inputs: Inputs<'_>, index: usize) -> Tensor<'t> {
    match inputs {
        Inputs::Unknown => trace.unknown_input(index as u32),
        Inputs::Samples(samples) => trace.sample_input(index as u32, &samples[index]),
        Inputs::Batches(batches) => trace.known_input(index as u32, batches[index], true),
    }
}

fn extract(trace: &Trace<'_>, outputs: &[Tensor<'_>]) -> Traced {
    let counts = trace.counts();
    let mut place = (0, 0);
    let unresolved = std::iter::from_fn(|| trace.take_found(&mut place));
    let unresolved = unresolved.map(|open| trace.unresolved(&open)).collect();
    let path = |scope: u32| trace.path(scope).as_str().to_owned();
    let (graph, places) = trace.graph().map_or((None, None), |graph| {
        let (graph, places) = trace.in_order(graph);
        (Some(graph), places)
    });
    // Without a graph nobody asks for nodes.
    let place = |node: u32| match &places {
        Some(places) => places[node as usize],
        None => node as usize,
    };
    let mut scopes: Vec<TracedScope> = (0..counts.scopes as u32)
        .map(|index| {
            let cell = trace.scope(index);
            TracedScope {
                path: path(index),
                parent: (cell.parent != NONE).then_some(cell.parent as usize),
                kind: cell.kind,
                member: cell.index.map(|index| index as usize),
                network: cell.network || index == 0,
                absent: cell.presence == Presence::Absent,
                output: trace.node_sample(cell.output),
                parameters: Vec::new(),
            }
        })
        .collect();
    let parameters = (0..counts.parameters)
        .map(|index| {
            let cell = trace.parameter_cell(index as u32);
            scopes[cell.scope as usize].parameters.push(index);
            TracedParameter {
                path: super::join(&scopes[cell.scope as usize].path, cell.name),
                shape: cell.dims[..cell.rank]
                    .iter()
                    .map(|&dim| trace.value(dim))
                    .collect(),
                init: cell.init,
                fan: cell.fan.map(|fan| trace.value(fan)),
                buffer: cell.buffer,
                missing: cell.dims[..cell.rank]
                    .iter()
                    .filter(|&&dim| trace.value(dim).is_none())
                    .find_map(|&dim| trace.name_of_size(cell.scope, dim)),
                node: place(cell.node),
                update: (cell.update != NONE).then(|| place(cell.update)),
            }
        })
        .collect();
    Traced {
        parameters,
        scopes,
        graph,
        unresolved,
        outputs: outputs.iter().map(|output| place(output.node())).collect(),
        counts,
    }
}
