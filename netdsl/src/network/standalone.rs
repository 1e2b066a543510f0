//! A layer by itself, or any function of tensors: with parameters, without a network around it.
//!
//! ```
//! use ndarray::{ArrayD, array};
//! use netdsl::prelude::*;
//! use netdsl::Standalone;
//!
//! let layer = Linear::BLANK.sizes(Arg::OPEN, Arg::int(2));
//! let mut halves = Standalone::<f64>::new(&[Some(&[1, 3])], false, 7, &|at, x| vec![layer.forward(at, x[0])])?;
//! halves.set("weight", ArrayD::from_elem(vec![2, 3], 0.5))?;
//! halves.set("bias", ArrayD::zeros(vec![2]))?;
//! let x = array![[1.0, 2.0, 3.0]].into_dyn();
//! assert_eq!(halves.run(&[x.view()])?, [array![[3.0, 3.0]].into_dyn()]);
//! # Ok::<(), netdsl::Error>(())
//! ```

use crate::engine::Program;
use crate::graph::Counts;
use crate::graph::trace::Mode;
use crate::graph::{Graph, NodeId, Op, Scope, Tensor, gradients};
use crate::init;
use crate::network::run::engine_error;
use crate::network::tracing::{self, Recorded, RecordedParameter, Traced, TracedParameter};
use crate::{Element, Error};
use ndarray::{ArrayD, ArrayViewD, IxDyn};

/// What is to be run: from a scope and inputs to results.
pub type Forward<'f> = &'f dyn for<'t> Fn(Scope<'t>, &[Tensor<'t>]) -> Vec<Tensor<'t>>;

/// A function of tensors with its parameters; see the module's documentation.
///
/// Inputs are PyTorch's tensors: no axis of theirs is the batch unless a layer takes it for that.
pub struct Standalone<E: Element> {
    parameters: Vec<Own<E>>,
    inputs: Vec<Vec<usize>>,
    graph: Option<Graph>,
    outputs: Vec<NodeId>,
    seed: u64,
}

/// A parameter or a buffer.
struct Own<E> {
    path: String,
    buffer: bool,
    value: ArrayD<E>,
    node: NodeId,
    update: Option<NodeId>,
}

/// What a run with gradients gives.
pub struct Backward<E> {
    /// The results.
    pub outputs: Vec<ArrayD<E>>,
    /// For each input its gradient; none where nothing flows.
    pub inputs: Vec<Option<ArrayD<E>>>,
    /// For each parameter its gradient, by path; none where nothing flows.
    pub parameters: Vec<(String, Option<ArrayD<E>>)>,
    /// The values that buffers then have, by path; only those that change.
    pub buffers: Vec<(String, ArrayD<E>)>,
}

impl<E: Element> Standalone<E> {
    /// Traces a function on inputs of these shapes and draws its parameters. With an input of
    /// unknown shape (a batch of anything) there are parameters, but nothing to run.
    ///
    /// # Errors
    /// If a size does not fit, or that of a parameter stays open.
    pub fn new(
        shapes: &[Option<&[usize]>],
        training: bool,
        seed: u64,
        forward: Forward<'_>,
    ) -> Result<Self, Error> {
        let (traced, recorded) = trace(shapes, Mode::of::<E>(training), forward)?;
        if !traced.unresolved.is_empty() {
            return Err(Error::Unresolved(traced.unresolved));
        }
        let parameters = traced
            .parameters
            .iter()
            .zip(&recorded.parameters)
            .map(|(parameter, recorded)| drawn(parameter, recorded, seed))
            .collect::<Result<_, _>>()?;
        let inputs = shapes
            .iter()
            .map(|shape| shape.unwrap_or(&[]).to_vec())
            .collect();
        Ok(Self {
            parameters,
            inputs,
            graph: recorded.graph,
            outputs: recorded.outputs,
            seed,
        })
    }

    /// Paths, values and whether they are buffers, in PyTorch's order.
    pub fn parameters(&self) -> impl ExactSizeIterator<Item = (&str, &ArrayD<E>, bool)> {
        self.parameters
            .iter()
            .map(|own| (own.path.as_str(), &own.value, own.buffer))
    }

    /// Gives a parameter or a buffer another value of the same shape.
    ///
    /// # Errors
    /// If there is none of that path, or the shape is another one.
    pub fn set(&mut self, path: &str, value: ArrayD<E>) -> Result<(), Error> {
        let Some(own) = self.parameters.iter_mut().find(|own| own.path == path) else {
            return Err(Error::NoSuchName {
                name: path.to_owned(),
                near: Vec::new(),
            });
        };
        if own.value.shape() != value.shape() {
            let (old, new) = (own.value.shape(), value.shape());
            return Err(Error::Invalid(format!(
                "`{path}` is {old:?}, but the new value is {new:?}"
            )));
        }
        own.value = value.as_standard_layout().into_owned();
        Ok(())
    }

    /// The results for inputs of the shapes given at the start.
    ///
    /// # Errors
    /// If the inputs have other shapes.
    pub fn run(&self, inputs: &[ArrayViewD<'_, E>]) -> Result<Vec<ArrayD<E>>, Error> {
        self.compute(self.graph()?, &self.outputs, inputs)
    }

    /// Results and gradients: of the sum of those outputs that have a weight beside them, each times
    /// that weight.
    ///
    /// # Errors
    /// As [`Self::run`], or if a weight does not have its output's shape.
    pub fn backward(
        &self,
        inputs: &[ArrayViewD<'_, E>],
        weights: &[Option<ArrayViewD<'_, E>>],
    ) -> Result<Backward<E>, Error> {
        let mut graph = self.graph()?.clone();
        let (mut given, mut seeds) = (inputs.to_vec(), Vec::new());
        for (&output, weight) in self.outputs.iter().zip(weights) {
            let Some(weight) = weight else { continue };
            let extent = graph.extent(output);
            if weight.shape() != &*extent {
                let (found, wanted) = (weight.shape(), &*extent);
                return Err(Error::Invalid(format!(
                    "a result is {wanted:?}, but its weight is {found:?}"
                )));
            }
            let seed = graph.push(Op::Input(given.len() as u32), &[], &extent);
            seeds.push((output, seed));
            given.push(weight.view());
        }
        let mut wanted = self.input_nodes(&graph);
        wanted.extend(self.parameters.iter().map(|own| own.node));
        let found = gradients(&mut graph, &seeds, &wanted);
        let updates: Vec<_> = self
            .parameters
            .iter()
            .filter_map(|own| Some((&own.path, own.update?)))
            .collect();
        let mut nodes = self.outputs.clone();
        nodes.extend(found.iter().flatten());
        nodes.extend(updates.iter().map(|(_, node)| *node));
        let mut values = self.compute(&graph, &nodes, &given)?.into_iter();
        let outputs = values.by_ref().take(self.outputs.len()).collect();
        let mut gradients = found
            .iter()
            .map(|found| found.and_then(|_| values.next()))
            .collect::<Vec<_>>()
            .into_iter();
        let inputs = gradients.by_ref().take(self.inputs.len()).collect();
        let paths = self.parameters.iter().map(|own| own.path.clone());
        let parameters = paths.zip(gradients).collect();
        let buffers = updates
            .into_iter()
            .map(|(path, _)| path.clone())
            .zip(values)
            .collect();
        Ok(Backward {
            outputs,
            inputs,
            parameters,
            buffers,
        })
    }

    fn graph(&self) -> Result<&Graph, Error> {
        self.graph
            .as_ref()
            .ok_or_else(|| Error::Invalid("a size stays open for these inputs".to_owned()))
    }

    fn input_nodes(&self, graph: &Graph) -> Vec<NodeId> {
        let place = |index| {
            graph
                .nodes
                .iter()
                .position(|node| matches!(node.op, Op::Input(own) if own as usize == index))
        };
        (0..self.inputs.len()).filter_map(place).collect()
    }

    fn compute(
        &self,
        graph: &Graph,
        nodes: &[NodeId],
        inputs: &[ArrayViewD<'_, E>],
    ) -> Result<Vec<ArrayD<E>>, Error> {
        if inputs.len() < self.inputs.len() {
            return Err(Error::Invalid(format!(
                "{} inputs are wanted, {} were given",
                self.inputs.len(),
                inputs.len()
            )));
        }
        for (wanted, input) in self.inputs.iter().zip(inputs) {
            if wanted != input.shape() {
                return Err(Error::Invalid(format!(
                    "an input is {:?}, but {wanted:?} is wanted",
                    input.shape()
                )));
            }
        }
        let dense: Vec<_> = inputs
            .iter()
            .map(|input| input.as_standard_layout())
            .collect();
        let slices: Vec<&[E]> = dense.iter().filter_map(|input| input.as_slice()).collect();
        let parameters: Vec<&[E]> = self
            .parameters
            .iter()
            .filter_map(|own| own.value.as_slice())
            .collect();
        let mut program = Program::compile(graph, nodes).map_err(engine_error)?;
        program
            .run(&slices, &parameters, (self.seed, 0))
            .map_err(engine_error)?;
        (0..nodes.len())
            .map(|index| {
                let (values, extent) = (program.output(index).to_vec(), program.extent(index));
                ArrayD::from_shape_vec(IxDyn(&extent), values)
                    .map_err(|error| Error::Invalid(error.to_string()))
            })
            .collect()
    }
}

fn trace(
    shapes: &[Option<&[usize]>],
    mode: Mode,
    forward: Forward<'_>,
) -> Result<(Traced, Recorded), Error> {
    let body: tracing::Body<'_> = &|trace, at| {
        let given: Vec<Tensor<'_>> = (0..)
            .zip(shapes)
            .map(|(index, shape)| match shape {
                Some(sizes) => trace.known_input(index, sizes, false),
                None => trace.unknown_input(index),
            })
            .collect();
        forward(at, &given)
    };
    let (traced, _) = tracing::trace_body(body, &[], mode, Counts::NONE, |trace, outputs| {
        (Traced::of(trace, outputs), Recorded::of(trace, outputs))
    })?;
    Ok(traced)
}

fn drawn<E: Element>(
    parameter: &TracedParameter,
    recorded: &RecordedParameter,
    seed: u64,
) -> Result<Own<E>, Error> {
    let path = parameter.path.clone();
    let Some(shape) = parameter.known_shape() else {
        return Err(Error::Waiting(Box::new(parameter.waiting())));
    };
    let mut value = ArrayD::from_elem(IxDyn(&shape), E::ZERO);
    if let Some(out) = value.as_slice_mut() {
        init::fill(
            &parameter.init,
            &shape,
            parameter.fan.flatten(),
            init::stream(seed, &path),
            out,
        )
        .map_err(|source| Error::Init {
            parameter: path.clone(),
            source,
        })?;
    }
    Ok(Own {
        path,
        buffer: parameter.buffer,
        value,
        node: recorded.node,
        update: recorded.update,
    })
}
