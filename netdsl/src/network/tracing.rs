//! Running a definition at run time: the same functions that the compiler runs, on tables that grow.

use crate::error::shown;
use crate::graph::trace::{
    CallCell, Counts, DimCell, Fact, Mode, NONE, NodeCell, ParameterCell, Presence, Question,
    ScopeCell, SizeCell, Tables, TieCell, Trace,
};
use crate::graph::{Graph, Scope, Tensor};
use crate::init::Init;
use crate::network::Network;
use crate::shape::Fault;
use crate::{Element, Error, ShapeError, Unresolved, WaitingError};
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

impl Inputs<'_> {
    /// Whether that is so of inputs two of which are exchanged.
    fn with_exchanged(self, (i, j): (usize, usize), so: &dyn Fn(Inputs<'_>) -> bool) -> bool {
        match self {
            Self::Unknown => false,
            Self::Samples(samples) => {
                let mut samples = samples.to_vec();
                samples.swap(i, j);
                so(Inputs::Samples(&samples))
            }
            Self::Batches(batches) => {
                let mut batches = batches.to_vec();
                batches.swap(i, j);
                so(Inputs::Batches(&batches))
            }
        }
    }
}

/// What one run of a definition has shown: all names and shapes.
pub struct Traced {
    /// Parameters and buffers, in the order of their first use.
    pub parameters: Vec<TracedParameter>,
    /// Parameters that are other layers'.
    pub ties: Vec<TracedTie>,
    /// Layers and networks, parents before children.
    pub scopes: Vec<TracedScope>,
    /// The sizes that stay open.
    pub unresolved: Vec<Unresolved>,
    /// Some of those are in networks of which nothing may wait.
    pub refused: bool,
    /// The sizes of the networks within.
    pub parts: PartSizes,
}

/// What one run of a definition computes, without names: a network is planned anew for each shape.
pub struct Recorded {
    /// The operations, where all sizes are known.
    pub graph: Option<Graph>,
    /// A size that it computes with and that is not known.
    pub missed_number: Option<&'static str>,
    /// The sizes of the network's own that have a name and are not known, where there is no graph.
    pub untold: Vec<&'static str>,
    /// The nodes that come out.
    pub outputs: Vec<usize>,
    /// Parameters and buffers, in the order of their first use.
    pub parameters: Vec<RecordedParameter>,
}

/// A parameter of a graph.
#[derive(Clone, Copy, Debug)]
pub struct RecordedParameter {
    /// Its place among the network's parameters, where it exists.
    pub place: Option<usize>,
    pub buffer: bool,
    /// Its node in the graph.
    pub node: usize,
    /// The node of its next value.
    pub update: Option<usize>,
}

/// A parameter as a run of the definition sees it.
#[derive(Clone, Debug)]
pub struct TracedParameter {
    pub path: String,
    /// Its name within its layer, the end of its path; empty where that is its layer's.
    pub name: &'static str,
    pub shape: Vec<Option<usize>>,
    pub init: Init,
    /// Whether the fan is given, and its value where it is known.
    pub fan: Option<Option<usize>>,
    pub buffer: bool,
    /// The name of the first size that is not known: `in_features`.
    pub missing: Option<&'static str>,
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

    /// An error where a size of it is 0, so that it would hold nothing.
    pub fn check_size(&self) -> Result<(), Error> {
        if !self.shape.contains(&Some(0)) {
            return Ok(());
        }
        Err(Error::Invalid(format!(
            "`{}` {} would hold nothing: give inputs whose sizes are 1 or more",
            self.path,
            self.shown()
        )))
    }

    /// The path of its layer.
    pub fn layer(&self) -> &str {
        layer_of(&self.path, self.name)
    }

    /// Why it does not exist, and the two shortest ways to have it.
    pub fn waiting(&self) -> WaitingError {
        let missing = self.missing.map_or("a size".to_owned(), |name| {
            format!("`{name}` of `{}`", self.layer())
        });
        let why = match self.fan {
            Some(None) if !self.shape.contains(&None) => ", from which its initial values follow,",
            _ => "",
        };
        self.waiting_for(&missing, why)
    }

    fn waiting_for(&self, missing: &str, why: &str) -> WaitingError {
        let (path, shape) = (&self.path, self.shown());
        let message = format!(
            "`{path} {shape}` does not exist yet: {missing}{why} is not known\n  = help: write the number instead of `_`, or give a \
             sample: its shape to `bind`, or itself to `forward`"
        );
        WaitingError {
            parameter: path.clone(),
            shape,
            message,
        }
    }
}

/// The path of the layer that a parameter of a path and a name is of.
fn layer_of<'p>(path: &'p str, name: &str) -> &'p str {
    let above = path.strip_suffix(name).unwrap_or_default();
    above.strip_suffix('.').unwrap_or(above)
}

/// A parameter that is another layer's.
#[derive(Clone, Debug)]
pub struct TracedTie {
    pub path: String,
    /// Its name within its layer, as [`TracedParameter::name`].
    pub name: &'static str,
    /// Its place among the parameters.
    pub owner: usize,
    pub transposed: bool,
}

impl TracedTie {
    /// The path of the layer that has it from another one.
    pub fn layer(&self) -> &str {
        layer_of(&self.path, self.name)
    }
}

impl Traced {
    /// The tie of a parameter with a path, and the path of what it is tied to.
    pub fn tie(&self, path: &str) -> Option<(&TracedTie, &str)> {
        let tie = self.ties.iter().find(|tie| tie.path == path)?;
        Some((tie, &self.parameters[tie.owner].path))
    }

    /// Why a parameter does not exist, which may be what its layer waits for.
    pub fn waiting(&self, parameter: &TracedParameter) -> WaitingError {
        if parameter.known_shape().is_none() {
            return parameter.waiting();
        }
        let layer = parameter.layer();
        let mut siblings = self.parameters.iter().filter(|own| own.layer() == layer);
        let open = siblings.find_map(|own| Some((own.known_shape().is_none(), own.missing?)));
        let missing = match open {
            Some((true, name)) => format!("`{name}` of `{layer}`"),
            _ => format!("what `{layer}` takes"),
        };
        parameter.waiting_for(&missing, "")
    }

    /// The kind of the layer at a path.
    pub fn kind_of(&self, path: &str) -> Option<&'static str> {
        let mut scopes = self.scopes.iter();
        scopes
            .find(|scope| scope.path == path)
            .map(|scope| scope.kind)
    }
}

/// A layer or a network as a run of the definition sees it.
#[derive(Clone, Debug)]
pub struct TracedScope {
    pub path: String,
    pub parent: Option<usize>,
    pub kind: &'static str,
    pub member: Option<usize>,
    /// When it was declared among all.
    pub order: u32,
    pub network: bool,
    /// It is declared, but its condition does not hold.
    pub absent: bool,
    /// It is a stack of no members.
    pub empty: bool,
    /// The body called it.
    pub called: bool,
    /// The shape that it gives a sample, and whether there may be more axes before.
    pub output: Option<(Vec<Option<usize>>, bool)>,
    /// Indices of its own parameters.
    pub parameters: Vec<usize>,
}

/// What is done with a network's results within the same graph: a loss, say.
pub type Finish<'f> = &'f dyn for<'t> Fn(Scope<'t>, Vec<Tensor<'t>>) -> Vec<Tensor<'t>>;

/// What is kept of a trace: [`Traced::of`] or [`Recorded::of`].
pub type Extract<T> = fn(&Trace<'_>, &[Tensor<'_>]) -> T;

/// Runs a definition until it teaches nothing more. Gives what is extracted, and how much of each
/// table the run needed: the next one need not guess.
pub fn trace<E: Element, N: Network<E>, T>(
    definition: &N::Definition,
    inputs: Inputs<'_>,
    facts: &[Fact],
    training: bool,
    guess: Counts,
    finish: Finish<'_>,
    extract: Extract<T>,
) -> Result<(T, Counts), Error> {
    let run: &RunOn<'_> = &|trace, at, inputs| {
        let given: Vec<Tensor<'_>> = (0..N::INPUTS)
            .map(|index| input(trace, inputs, index))
            .collect();
        finish(at, N::trace(definition, at, &given))
    };
    let mode = Mode::of::<E>(training);
    let traced = trace_body(
        &|trace, at| run(trace, at, inputs),
        facts,
        mode,
        guess,
        extract,
    );
    traced.map_err(|error| {
        in_another_order(error, inputs, N::INPUTS, &|inputs| {
            let body: Body<'_> = &|trace, at| run(trace, at, inputs);
            trace_body(body, facts, mode, guess, |_, _| ()).is_ok()
        })
    })
}

/// As [`Body`], of inputs of which it is not settled which is which.
type RunOn<'b> = dyn for<'t> Fn(&'t Trace<'t>, Scope<'t>, Inputs<'_>) -> Vec<Tensor<'t>> + 'b;

/// What is wrong with inputs that all fit once two of them are exchanged is their order, and nothing else.
fn in_another_order(
    error: Error,
    inputs: Inputs<'_>,
    count: usize,
    fit: &dyn Fn(Inputs<'_>) -> bool,
) -> Error {
    let Error::Shape(mut wrong) = error else {
        return error;
    };
    let mut pairs = (1..count).flat_map(|second| (0..second).map(move |first| (first, second)));
    if let Some((first, second)) = pairs.find(|&pair| inputs.with_exchanged(pair, fit)) {
        wrong.others.clear();
        wrong.instead(&format!(
            "exchange inputs {} and {}: then all sizes fit",
            first + 1,
            second + 1
        ));
    }
    Error::Shape(wrong)
}

/// What is run: inputs and what becomes of them.
pub type Body<'b> = &'b dyn for<'t> Fn(&'t Trace<'t>, Scope<'t>) -> Vec<Tensor<'t>>;

/// Runs anything that is made of tensors until it teaches nothing more.
pub fn trace_body<T>(
    body: Body<'_>,
    facts: &[Fact],
    mode: Mode,
    guess: Counts,
    extract: Extract<T>,
) -> Result<(T, Counts), Error> {
    let mut extracted = None;
    let counts = run(body, facts, mode, guess, &mut |trace, outputs| {
        extracted = Some(extract(trace, outputs));
    })?;
    let extracted = extracted.expect("a run without mistakes is looked at");
    Ok((extracted, counts))
}

/// What looks at a trace that has learned all it can. No type of its own for each: all that runs is compiled once.
type Look<'l> = &'l mut dyn FnMut(&Trace<'_>, &[Tensor<'_>]);

fn run(
    body: Body<'_>,
    facts: &[Fact],
    mode: Mode,
    guess: Counts,
    look: Look<'_>,
) -> Result<Counts, Error> {
    let mut room = guess;
    loop {
        match attempt(body, facts, mode, room, look) {
            Ok(counts) => return counts,
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
        ties: needed.ties,
        nodes: needed.nodes + 16,
        edges: needed.edges + 16,
        calls: needed.calls,
    }
}

fn cells<T: Copy>(value: T, count: usize) -> Vec<Cell<T>> {
    vec![value; count].into_iter().map(Cell::new).collect()
}

/// One run, in tables of a size. The outer error says how large they would have to be.
fn attempt(
    body: Body<'_>,
    facts: &[Fact],
    mode: Mode,
    room: Counts,
    look: Look<'_>,
) -> Result<Result<Counts, Error>, Counts> {
    let (dims, scopes) = (
        cells(DimCell::NEW, room.dims),
        cells(ScopeCell::NEW, room.scopes),
    );
    let (sizes, parameters) = (
        cells(SizeCell::NEW, room.sizes),
        cells(ParameterCell::NEW, room.parameters),
    );
    let ties = cells(TieCell::NEW, room.ties);
    let (nodes, edges) = (cells(NodeCell::NEW, room.nodes), cells(0u32, room.edges));
    let calls = cells(CallCell::NEW, room.calls);
    let tables = Tables {
        dims: &dims,
        scopes: &scopes,
        sizes: &sizes,
        parameters: &parameters,
        ties: &ties,
        nodes: &nodes,
        edges: &edges,
        flows: &[],
        calls: &calls,
        facts,
    };
    let trace = Trace::new(tables, mode).asking(Question::Open);
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
    trace.report_ties();
    if let Some(error) = mistakes(&trace) {
        return Ok(Err(Error::Shape(Box::new(error))));
    }
    look(&trace, &outputs);
    Ok(Ok(trace.counts()))
}

/// What is wrong, in the order of the source.
fn mistakes(trace: &Trace<'_>) -> Option<ShapeError> {
    let (faults, count) = trace.faults();
    let mut faults: Vec<&Fault> = faults[..count].iter().flatten().collect();
    faults.sort_by_key(|fault| fault.at.map(|at| (at.file(), at.line(), at.column())));
    let error =
        |fault: &&Fault, others| ShapeError::new(fault, trace.whole_path(fault.scope), others);
    let (first, others) = faults.split_first()?;
    let others = others
        .iter()
        .map(|fault| error(fault, Vec::new()))
        .collect();
    Some(error(first, others))
}

fn input<'t>(trace: &'t Trace<'t>, inputs: Inputs<'_>, index: usize) -> Tensor<'t> {
    match inputs {
        Inputs::Unknown => trace.unknown_input(index as u32),
        Inputs::Samples(samples) => trace.sample_input(index as u32, &samples[index]),
        Inputs::Batches(batches) => trace.known_input(index as u32, batches[index], true),
    }
}

impl Traced {
    /// The names and shapes of a trace.
    pub fn of(trace: &Trace<'_>, _: &[Tensor<'_>]) -> Self {
        let counts = trace.counts();
        let mut scopes: Vec<TracedScope> = (0..counts.scopes as u32)
            .map(|index| traced_scope(trace, index))
            .collect();
        let parameters = (0..counts.parameters)
            .map(|index| {
                let cell = trace.parameter_cell(index as u32);
                let scope = &mut scopes[cell.scope as usize];
                scope.parameters.push(index);
                traced_parameter(trace, &cell, &scope.path)
            })
            .collect();
        let ties = (0..trace.tie_count())
            .filter_map(|index| traced_tie(trace, trace.tie_cell(index)))
            .collect();
        let (mut place, mut refused) = ((0, 0), false);
        let unresolved = std::iter::from_fn(|| trace.take_found(&mut place))
            .inspect(|open| refused |= trace.eager_around(open.scope).is_some())
            .map(|open| trace.unresolved(&open))
            .collect();
        Self {
            parameters,
            ties,
            scopes,
            unresolved,
            refused,
            parts: part_sizes(trace),
        }
    }
}

/// The networks within a network that have dimension parameters: their paths, and the numbers written for those.
pub type PartSizes = Vec<(String, Vec<(&'static str, usize)>)>;

/// Those of a trace.
pub fn part_sizes(trace: &Trace<'_>) -> PartSizes {
    let parts = (1..trace.counts().scopes as u32).filter(|&index| trace.scope(index).network);
    let sizes = parts.map(|index| (index, trace.written_sizes(index)));
    let sizes = sizes.filter(|(_, sizes)| !sizes.is_empty());
    sizes
        .map(|(index, sizes)| (trace.whole_path(index), sizes))
        .collect()
}

fn traced_scope(trace: &Trace<'_>, index: u32) -> TracedScope {
    let cell = trace.scope(index);
    TracedScope {
        path: trace.whole_path(index),
        parent: (cell.parent != NONE).then_some(cell.parent as usize),
        kind: cell.kind,
        member: cell.index.map(|index| index as usize),
        order: cell.order,
        network: cell.network || index == 0,
        absent: cell.presence == Presence::Absent,
        empty: cell.presence == Presence::Empty,
        called: cell.calls > 0,
        output: trace.output_sample(&cell),
        parameters: Vec::new(),
    }
}

fn traced_parameter(trace: &Trace<'_>, cell: &ParameterCell, scope: &str) -> TracedParameter {
    let dims = &cell.dims[..cell.rank];
    TracedParameter {
        path: super::join(scope, cell.name),
        name: cell.name,
        shape: dims.iter().map(|&dim| trace.value(dim)).collect(),
        init: cell.init,
        fan: cell.fan.map(|fan| trace.value(fan)),
        buffer: cell.buffer,
        missing: dims
            .iter()
            .chain(&cell.fan)
            .filter(|&&dim| trace.value(dim).is_none())
            .find_map(|&dim| trace.name_of_size(cell.scope, dim)),
    }
}

fn traced_tie(trace: &Trace<'_>, tie: TieCell) -> Option<TracedTie> {
    let (owner, transposed) = trace.owner(tie)?;
    Some(TracedTie {
        path: super::join(&trace.whole_path(tie.scope), tie.name),
        name: tie.name,
        owner: owner as usize,
        transposed,
    })
}

impl Recorded {
    /// Why there is no graph.
    pub fn unmade(&self) -> Error {
        Error::Invalid(match (self.missed_number, &self.untold[..]) {
            (Some(name), _) => format!(
                "`{name}` is computed with, and nothing tells it\n  = help: give a number for it where the network is built"
            ),
            (None, []) => "a size stays open for these inputs".to_owned(),
            (None, names) => format!(
                "nothing tells `{}`: neither these inputs nor parameters\n  = help: give a number where the network is built; \
                 a part that is run by itself does not know what the network around it tells",
                names.join("`, `")
            ),
        })
    }

    /// The graph of a trace.
    pub fn of(trace: &Trace<'_>, outputs: &[Tensor<'_>]) -> Self {
        let (graph, places) = trace.graph().map_or((None, None), |graph| {
            let (graph, places) = trace.in_order(graph);
            (Some(graph), places)
        });
        // Without a graph nobody asks for nodes.
        let node = |node: u32| match &places {
            Some(places) => places[node as usize],
            None => node as usize,
        };
        let parameters = (0..trace.counts().parameters as u32).map(|index| {
            let cell = trace.parameter_cell(index);
            RecordedParameter {
                place: (cell.place != NONE).then_some(cell.place as usize),
                buffer: cell.buffer,
                node: node(cell.node),
                update: (cell.update != NONE).then(|| node(cell.update)),
            }
        });
        Self {
            outputs: outputs.iter().map(|output| node(output.node())).collect(),
            parameters: parameters.collect(),
            missed_number: trace.missed_number(),
            untold: match graph {
                Some(_) => Vec::new(),
                None => trace.untold_sizes(0),
            },
            graph,
        }
    }
}
