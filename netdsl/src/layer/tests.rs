//! What the tests of definitions share: a trace of one definition, run until nothing is learned any more, by the compiler
//! or at run time.

use crate::graph::trace::{
    Counts, DimCell, MAX_FAULTS, Mode, NodeCell, ParameterCell, ScopeCell, SizeCell, Tables,
    TieCell, Trace,
};
use crate::graph::{Graph, Scope, Tensor};
use crate::shape::{Arg, Dim, MAX_RANK, Value};
use std::cell::Cell;

/// Sizes, −1 standing for an unknown one.
pub type Sizes = Vec<i64>;

/// An input: its sizes, −1 standing for an unknown one.
#[derive(Clone, Copy)]
pub enum Given<'a> {
    /// With the batch first, as within a network.
    Batched(&'a [i64]),
    /// As PyTorch's tensors.
    Raw(&'a [i64]),
    /// A batch of which nothing is known.
    Unknown,
}

/// What is known in the end.
pub struct Outcome {
    /// The shapes of the inputs.
    pub inputs: Vec<Sizes>,
    /// The shapes of the outputs.
    pub outputs: Vec<Sizes>,
    /// Names and shapes of parameters and buffers, in their order.
    pub parameters: Vec<(String, Sizes)>,
    /// Mistakes.
    pub faults: Vec<String>,
    /// The graph, where all sizes are known.
    pub graph: Option<Graph>,
}

impl Outcome {
    /// `name [sizes]` of each parameter.
    pub fn listing(&self) -> Vec<String> {
        self.parameters
            .iter()
            .map(|(name, sizes)| format!("{name} {sizes:?}"))
            .collect()
    }
}

fn sizes(trace: &Trace<'_>, dims: impl Iterator<Item = Dim>) -> Sizes {
    dims.map(|dim| trace.value(dim).map_or(-1, |size| size as i64))
        .collect()
}

fn shape(trace: &Trace<'_>, tensor: Tensor<'_>) -> Sizes {
    sizes(trace, tensor.shape().axes().iter().map(|axis| axis.dim))
}

/// Runs a definition until nothing is learned any more.
pub fn run(
    training: bool,
    given: &[Given<'_>],
    forward: impl for<'t> Fn(Scope<'t>, &[Tensor<'t>]) -> Vec<Tensor<'t>>,
) -> Outcome {
    let dims = vec![Cell::new(DimCell::NEW); 512];
    let scopes = vec![Cell::new(ScopeCell::NEW); 64];
    let names = vec![Cell::new(SizeCell::NEW); 64];
    let parameters = vec![Cell::new(ParameterCell::NEW); 256];
    let ties = vec![Cell::new(TieCell::NEW); 8];
    let nodes = vec![Cell::new(NodeCell::NEW); 100_000];
    let edges = vec![Cell::new(0); 200_000];
    let tables = Tables {
        dims: &dims,
        scopes: &scopes,
        sizes: &names,
        parameters: &parameters,
        ties: &ties,
        nodes: &nodes,
        edges: &edges,
        flows: &[],
        calls: &[],
        facts: &[],
    };
    let trace = Trace::new(tables, Mode::of::<f32>(training));
    let mut counts: Option<Counts> = None;
    loop {
        let root = trace.begin();
        let inputs: Vec<_> = (0..)
            .zip(given)
            .map(|(i, given)| input(&trace, i, *given))
            .collect();
        let outputs = forward(root, &inputs);
        let after = trace.counts();
        if let Some(before) = counts.replace(after)
            && !given.iter().any(|given| matches!(given, Given::Unknown))
        {
            assert_eq!(
                before.dims, after.dims,
                "unknowns come up in the same order in every run"
            );
        }
        if trace.again() {
            continue;
        }
        let (found, count) = trace.faults();
        assert!(count <= MAX_FAULTS);
        return Outcome {
            inputs: inputs.iter().map(|x| shape(&trace, *x)).collect(),
            outputs: outputs.iter().map(|y| shape(&trace, *y)).collect(),
            parameters: parameters[..after.parameters]
                .iter()
                .map(|cell| {
                    let cell = cell.get();
                    let path = trace.path(cell.scope);
                    let separator = if path.as_str().is_empty() { "" } else { "." };
                    let name = format!("{}{separator}{}", path.as_str(), cell.name);
                    (name, sizes(&trace, cell.dims[..cell.rank].iter().copied()))
                })
                .collect(),
            faults: found[..count]
                .iter()
                .flatten()
                .map(|fault| fault.text().as_str().to_owned())
                .collect(),
            graph: trace.graph(),
        };
    }
}

/// The two results of a definition.
pub fn both<'t>((a, b): (Tensor<'t>, Tensor<'t>)) -> Vec<Tensor<'t>> {
    vec![a, b]
}

fn input<'t>(trace: &'t Trace<'t>, index: u32, given: Given<'_>) -> Tensor<'t> {
    let (sizes, batched) = match given {
        Given::Batched(sizes) => (sizes, true),
        Given::Raw(sizes) => (sizes, false),
        Given::Unknown => return trace.unknown_input(index),
    };
    let known: Vec<usize> = sizes.iter().map(|&size| size.max(0) as usize).collect();
    let tensor = trace.known_input(index, &known, batched);
    let mut shape = *tensor.shape();
    for (axis, &size) in sizes.iter().enumerate() {
        if size < 0 {
            shape = shape.with_axis(
                axis,
                crate::shape::Axis {
                    dim: trace.fresh(),
                    ..shape.axis(axis)
                },
            );
        }
    }
    // The node keeps what was given; only shapes matter where some are unknown.
    if sizes.contains(&-1) {
        tensor.view_as(shape.axes(), batched)
    } else {
        tensor
    }
}

/// A size named elsewhere, for what must flow back into it.
pub const fn named(at: Scope<'_>, name: &'static str) -> Arg {
    Arg::new(Value::Size(at.size(name, Arg::OPEN).dim))
}

/// Runs a definition with one output by the compiler: gives its shape, −1 for unknowns, and the number of mistakes.
macro_rules! at_compile_time {
    ([$($given:expr),*], |$at:ident, $($x:ident),*| $forward:expr) => {{
        const OUTCOME: ([i64; crate::shape::MAX_RANK], usize, usize) = {
            let dims = [const { std::cell::Cell::new(crate::graph::trace::DimCell::NEW) }; 64];
            let scopes = [const { std::cell::Cell::new(crate::graph::trace::ScopeCell::NEW) }; 16];
            let names = [const { std::cell::Cell::new(crate::graph::trace::SizeCell::NEW) }; 16];
            let parameters = [const { std::cell::Cell::new(crate::graph::trace::ParameterCell::NEW) }; 32];
            let tables = crate::graph::trace::Tables {
                dims: &dims,
                scopes: &scopes,
                sizes: &names,
                parameters: &parameters,
                ties: &[],
                nodes: &[],
                edges: &[],
                flows: &[],
                calls: &[],
                facts: &[],
            };
            let trace = crate::graph::trace::Trace::new(tables, crate::graph::trace::Mode::SIZES);
            loop {
                let $at = trace.begin();
                let given: &[&[i64]] = &[$(&$given),*];
                let mut next = 0;
                $(
                    let $x = crate::layer::tests::const_input(&trace, next, given[next as usize]);
                    next += 1;
                )*
                let _ = next;
                let y = $forward;
                if !trace.again() {
                    let (shape, rank) = crate::layer::tests::const_shape(&trace, y);
                    break (shape, rank, trace.faults().1);
                }
            }
        };
        (OUTCOME.0[..OUTCOME.1].to_vec(), OUTCOME.2)
    }};
}
pub(crate) use at_compile_time;

/// A batched input; −1 stands for an unknown size.
pub const fn const_input<'t>(trace: &'t Trace<'t>, index: u32, sizes: &[i64]) -> Tensor<'t> {
    let tensor = trace.known_input(index, &[1; MAX_RANK], true);
    let (mut axes, mut i) = (*tensor.shape(), 0);
    let mut shape = crate::shape::Shape::new(&[], true);
    while i < sizes.len() {
        let dim = if sizes[i] < 0 {
            trace.fresh()
        } else {
            Dim::Known(sizes[i] as usize)
        };
        axes = axes.with_axis(
            i,
            crate::shape::Axis {
                dim,
                ..axes.axis(i)
            },
        );
        shape = shape.with_last(axes.axis(i));
        i += 1;
    }
    tensor.reshaped_as(shape)
}

/// The sizes of a tensor, −1 for unknowns, and how many there are.
pub const fn const_shape(trace: &Trace<'_>, y: Tensor<'_>) -> ([i64; MAX_RANK], usize) {
    let (mut sizes, mut i) = ([-1; MAX_RANK], 0);
    while i < y.shape().rank() {
        if let Some(size) = trace.value(y.shape().axis(i).dim) {
            sizes[i] = size as i64;
        }
        i += 1;
    }
    (sizes, y.shape().rank())
}
