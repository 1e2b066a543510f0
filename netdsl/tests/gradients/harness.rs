//! One check for all operations.

use netdsl::engine::{Program, pool};
use netdsl::graph::{Graph, NodeId, Op, gradients};

/// Batch sizes everything is tried at.
pub const BATCHES: [usize; 3] = [3, 1, 0];

/// Repeatable numbers between -1 and 1, no two alike.
pub fn numbers(n: usize, seed: u64) -> Vec<f64> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    };
    // The first few follow the seed too closely.
    (0..n + 4).map(|_| next()).skip(4).collect()
}

/// An operand of an operation under test.
#[derive(Clone)]
pub struct Operand {
    sizes: Vec<usize>,
    values: Vec<f64>,
    differentiated: bool,
}

/// Random numbers between -1 and 1.
pub fn random(sizes: &[usize]) -> Operand {
    let count = sizes.iter().product();
    Operand {
        sizes: sizes.to_vec(),
        values: numbers(count, 7 + count as u64 * 31 + sizes.len() as u64),
        differentiated: true,
    }
}

impl Operand {
    /// The numbers as an array.
    pub fn array(&self) -> ndarray::ArrayD<f64> {
        ndarray::ArrayD::from_shape_vec(self.sizes.clone(), self.values.clone()).unwrap()
    }

    /// The numbers changed.
    pub fn map(mut self, f: impl Fn(f64) -> f64) -> Self {
        self.values.iter_mut().for_each(|x| *x = f(*x));
        self
    }

    /// Given numbers, repeated.
    pub fn of(mut self, values: &[f64]) -> Self {
        let all = values.iter().cycle();
        self.values.iter_mut().zip(all).for_each(|(x, v)| *x = *v);
        self
    }

    /// Without a gradient.
    pub fn fixed(mut self) -> Self {
        self.differentiated = false;
        self
    }
}

/// The sum of a program's first output weighted by `dy`.
fn loss(program: &mut Program<f64>, dy: &[f64], fixed: &[&[f64]], at: &[Vec<f64>]) -> f64 {
    let at: Vec<&[f64]> = at.iter().map(Vec::as_slice).collect();
    program.run(fixed, &at, (1, 2)).unwrap();
    let y = program.output(0);
    y.iter().zip(dy).map(|(y, dy)| y * dy).sum()
}

/// Checks the gradients of what `build` makes of operands against central differences, that
/// joining operations changes nothing, and that the number of threads does not show. Gives the
/// result.
#[track_caller]
pub fn check(operands: &[Operand], build: impl Fn(&mut Graph, &[NodeId]) -> NodeId) -> Vec<f64> {
    let mut graph = Graph::default();
    let (mut parameters, mut inputs) = (Vec::new(), Vec::new());
    let mut wanted = Vec::new();
    let nodes: Vec<NodeId> = operands
        .iter()
        .map(|operand| {
            let (op, list) = if operand.differentiated {
                (Op::Parameter(parameters.len() as u32), &mut parameters)
            } else {
                (Op::Input(inputs.len() as u32), &mut inputs)
            };
            list.push(operand.values.clone());
            let node = graph.push(op, &[], &operand.sizes);
            if operand.differentiated {
                wanted.push(node);
            }
            node
        })
        .collect();
    let y = build(&mut graph, &nodes);
    let extent = graph.extent(y);
    let mut forward = Program::<f64>::compile(&graph, &[y]).unwrap();
    let dy = numbers(extent.count(), 99);
    let seed = graph.push(Op::Input(inputs.len() as u32), &[], &extent);
    inputs.push(dy.clone());
    let found = gradients(&mut graph, &[(y, seed)], &wanted);
    let mut outputs = vec![y];
    for (gradient, &node) in found.iter().zip(&wanted) {
        let gradient = gradient.expect("a gradient");
        assert_eq!(
            *graph.extent(gradient),
            *graph.extent(node),
            "shape of a gradient"
        );
        outputs.push(gradient);
    }

    let mut at = parameters.clone();
    let inputs: Vec<&[f64]> = inputs.iter().map(Vec::as_slice).collect();
    let run = |fuse: bool, threads: usize| -> Vec<Vec<f64>> {
        let mut program = Program::<f64>::compile_with(&graph, &outputs, fuse).unwrap();
        let parameters: Vec<&[f64]> = parameters.iter().map(Vec::as_slice).collect();
        pool::with_threads(threads, || {
            // Twice, so that a second run finds memory in use.
            program.run(&inputs, &parameters, (1, 2)).unwrap();
            program.run(&inputs, &parameters, (1, 2)).unwrap();
        });
        let outputs = (0..program.outputs()).map(|index| program.output(index).to_vec());
        outputs.collect()
    };
    let results = run(true, 1);
    assert_eq!(bits(&results), bits(&run(true, 2)), "with two threads");
    for (fused, plain) in results.iter().zip(&run(false, 1)) {
        assert_close(fused, plain, 1e-12);
    }

    let h = 1e-5;
    for (index, gradient) in results[1..].iter().enumerate() {
        let mut numeric = vec![0.0; gradient.len()];
        for i in 0..gradient.len() {
            let x = at[index][i];
            at[index][i] = x + h;
            let above = loss(&mut forward, &dy, &inputs, &at);
            at[index][i] = x - h;
            let below = loss(&mut forward, &dy, &inputs, &at);
            at[index][i] = x;
            numeric[i] = (above - below) / (2.0 * h);
        }
        assert_close(gradient, &numeric, 1e-6);
    }
    results.into_iter().next().unwrap()
}

/// The bits of some arrays.
pub fn bits(arrays: &[Vec<f64>]) -> Vec<Vec<u64>> {
    let of = |array: &Vec<f64>| array.iter().map(|x| x.to_bits()).collect();
    arrays.iter().map(of).collect()
}

/// Asserts two arrays equal within a tolerance, relative where they exceed 1.
#[track_caller]
pub fn assert_close(found: &[f64], wanted: &[f64], tolerance: f64) {
    assert_eq!(found.len(), wanted.len());
    for (i, (f, w)) in found.iter().zip(wanted).enumerate() {
        let same = f == w || f.is_nan() && w.is_nan();
        assert!(
            same || (f - w).abs() <= tolerance * (1.0 + w.abs()),
            "at {i}: {f}, not {w}\n{found:?}\n{wanted:?}"
        );
    }
}

/// The result of one operation on operands that are parameters, without gradients.
pub fn value(operands: &[Operand], op: Op, sizes: &[usize]) -> Vec<f64> {
    let mut graph = Graph::default();
    let nodes: Vec<NodeId> = operands
        .iter()
        .enumerate()
        .map(|(i, operand)| graph.push(Op::Parameter(i as u32), &[], &operand.sizes))
        .collect();
    let y = graph.push(op, &nodes, sizes);
    let arrays: Vec<&[f64]> = operands.iter().map(|x| x.values.as_slice()).collect();
    let mut program = Program::<f64>::compile(&graph, &[y]).unwrap();
    program.run(&[], &arrays, (1, 2)).unwrap();
    program.output(0).to_vec()
}
