//! What programs join gives what the operations give one by one.

use crate::harness::{assert_close, bits, check, numbers, random};
use netdsl::engine::kernel::binary::Binary;
use netdsl::engine::kernel::unary::Unary;
use netdsl::engine::{Program, pool};
use netdsl::graph::op::Convolution;
use netdsl::graph::{Graph, NodeId, Op};
use netdsl::shape::rule::Window;

/// A repeatable choice below a limit.
struct Chooser(u64);

impl Chooser {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(0x5851_f42d_4c95_7f2d)
            .wrapping_add(0x1405_7b7e_f767_814f);
        (self.0 >> 33) as usize % limit
    }
}

const SHAPES: [&[usize]; 6] = [&[4, 3, 700], &[700], &[3, 1], &[], &[4, 1, 1], &[4, 1, 700]];

/// A graph of operations on single elements, chosen at random, with random outputs.
fn random_graph(choose: &mut Chooser) -> (Graph, Vec<NodeId>) {
    let mut graph = Graph::default();
    for (index, shape) in SHAPES.iter().enumerate() {
        graph.push(Op::Parameter(index as u32), &[], shape);
    }
    graph.push(Op::Constant(0.75), &[], &[]);
    graph.push(Op::Constant(-0.5), &[], &[3, 1]);
    // Nodes whose shapes broadcast to one another.
    let mut nodes: Vec<NodeId> = (0..graph.nodes.len()).collect();
    for _ in 0..choose.below(40) + 3 {
        let recent = nodes.len().min(12);
        let mut pick = || nodes[nodes.len() - 1 - choose.below(recent)];
        let (a, b, c) = (pick(), pick(), pick());
        let joint = |graph: &Graph, x: NodeId, y: NodeId| {
            let (x, y) = (graph.extent(x), graph.extent(y));
            let rank = x.len().max(y.len());
            let size = |sizes: &[usize], axis: usize| {
                (axis + sizes.len())
                    .checked_sub(rank)
                    .map_or(1, |axis| sizes[axis])
            };
            let sizes = (0..rank).map(|axis| size(&x, axis).max(size(&y, axis)));
            sizes.collect::<Vec<usize>>()
        };
        let node = match choose.below(9) {
            0 | 1 => {
                let functions = [Unary::Tanh, Unary::Relu, Unary::Scale(1.5), Unary::Sigmoid];
                let extent = graph.extent(a);
                graph.push(Op::Unary(functions[choose.below(4)]), &[a], &extent)
            }
            2 => {
                let extent = graph.extent(a);
                let y = graph.push(Op::Unary(Unary::Tanh), &[a], &extent);
                let function = [Unary::Tanh, Unary::Gelu][choose.below(2)];
                graph.push(Op::UnaryGradient(function), &[a, y, a], &extent)
            }
            3 => {
                let flat = [graph.extent(a).count()];
                let extent = graph.extent(a);
                let x = graph.push(Op::Reshape, &[a], &flat);
                let y = graph.push(Op::Unary(Unary::Square), &[x], &flat);
                graph.push(Op::Reshape, &[y], &extent)
            }
            4 => {
                let sizes = joint(&graph, a, b);
                graph.push(Op::Broadcast, &[a], &sizes)
            }
            5 => {
                let sizes = joint(&graph, a, b);
                let first = graph.push(Op::Binary(Binary::Less), &[a, b], &sizes);
                let sizes = joint(&graph, first, c);
                graph.push(Op::Select, &[first, c, a], &sizes)
            }
            _ => {
                let functions = [Binary::Add, Binary::Mul, Binary::Sub, Binary::Max];
                let sizes = joint(&graph, a, b);
                graph.push(Op::Binary(functions[choose.below(4)]), &[a, b], &sizes)
            }
        };
        nodes.push(node);
    }
    let outputs = (0..choose.below(3) + 1).map(|_| nodes[choose.below(nodes.len())]);
    let mut outputs: Vec<NodeId> = outputs.collect();
    outputs.extend(nodes.last());
    (graph, outputs)
}

#[test]
fn chains_give_what_single_operations_give() {
    let values: Vec<Vec<f64>> = SHAPES
        .iter()
        .enumerate()
        .map(|(i, shape)| numbers(shape.iter().product(), i as u64 + 5))
        .collect();
    let values: Vec<&[f64]> = values.iter().map(Vec::as_slice).collect();
    let mut reused = Program::<f64>::compile(&Graph::default(), &[]).unwrap();
    for seed in 0..300 {
        let (graph, outputs) = random_graph(&mut Chooser(seed));
        let run = |program: &mut Program<f64>, threads: usize| {
            pool::with_threads(threads, || program.run(&[], &values, (0, 0)).unwrap());
            let outputs = (0..program.outputs()).map(|i| program.output(i).to_vec());
            bits(&outputs.collect::<Vec<_>>())
        };
        let mut plain = Program::compile_with(&graph, &outputs, false).unwrap();
        let mut fused = Program::compile(&graph, &outputs).unwrap();
        assert!(fused.instructions() <= plain.instructions());
        let wanted = run(&mut plain, 1);
        assert_eq!(run(&mut fused, 1), wanted, "{seed}");
        assert_eq!(run(&mut fused, 2), wanted, "{seed} with two threads");
        assert_eq!(run(&mut plain, 2), wanted, "{seed} with two threads");
        reused.recompile(&graph, &outputs).unwrap();
        assert_eq!(run(&mut reused, 1), wanted, "{seed} in used memory");
    }
}

#[test]
fn rectifiers_join_products() {
    let window = Window {
        kernel: 3,
        stride: 1,
        low: 1,
        high: 1,
        dilation: 1,
    };
    let how = Convolution {
        rank: 2,
        windows: [window; 3],
        groups: 1,
    };
    let relu = Op::Unary(Unary::Relu);
    let mut graph = Graph::default();
    let x = graph.push(Op::Input(0), &[], &[2, 1, 4, 4]);
    let weight = graph.push(Op::Parameter(0), &[], &[3, 1, 3, 3]);
    let bias = graph.push(Op::Parameter(1), &[], &[3]);
    let conv = graph.push(Op::Conv(how), &[x, weight, bias], &[2, 3, 4, 4]);
    let first = graph.push(relu, &[conv], &[2, 3, 4, 4]);
    let flat = graph.push(Op::Reshape, &[first], &[2, 48]);
    let matrix = graph.push(Op::Parameter(2), &[], &[5, 48]);
    let linear = graph.push(Op::Linear, &[flat, matrix], &[2, 5]);
    let y = graph.push(relu, &[linear], &[2, 5]);
    let mut fused = Program::<f64>::compile(&graph, &[y]).unwrap();
    assert_eq!(fused.instructions(), 2);
    let mut plain = Program::<f64>::compile_with(&graph, &[y], false).unwrap();
    assert_eq!(plain.instructions(), 4);
    let [a, b, c, d] = [32, 27, 3, 240].map(|n| numbers(n, n as u64));
    for program in [&mut fused, &mut plain] {
        program.run(&[&a], &[&b, &c, &d], (0, 0)).unwrap();
    }
    assert_close(fused.output(0), plain.output(0), 1e-14);
    // Not if the product itself is wanted.
    let both = Program::<f64>::compile(&graph, &[linear, y]).unwrap();
    assert_eq!(both.instructions(), 3);

    check(
        &[random(&[4, 3]), random(&[5, 3]), random(&[5])],
        |graph, n| {
            let y = graph.push(Op::Linear, n, &[4, 5]);
            graph.push(relu, &[y], &[4, 5])
        },
    );
}

/// Nodes that are read twice, partly, and through views.
#[test]
fn results_are_read_in_many_ways() {
    let half = |start| Op::Slice {
        axis: 0,
        start,
        step: 1,
    };
    for batch in [2, 1, 0] {
        check(&[random(&[2, batch, 3]), random(&[3])], |graph, n| {
            let y = graph.push(Op::Unary(Unary::Tanh), &[n[0]], &[2, batch, 3]);
            let a = graph.push(half(0), &[y], &[1, batch, 3]);
            let b = graph.push(half(1), &[y], &[1, batch, 3]);
            let gate = graph.push(Op::Unary(Unary::Sigmoid), &[b], &[1, batch, 3]);
            let gated = graph.push(Op::Binary(Binary::Mul), &[a, gate], &[1, batch, 3]);
            let wide = graph.push(Op::Broadcast, &[gated], &[2, batch, 3]);
            let sum = graph.push(Op::Binary(Binary::Add), &[wide, y], &[2, batch, 3]);
            let flat = graph.push(Op::Reshape, &[sum], &[2 * batch, 3]);
            graph.push(Op::Binary(Binary::Mul), &[flat, n[1]], &[2 * batch, 3])
        });
    }
}

#[test]
fn long_chains_are_cut() {
    let operands: Vec<_> = (1..40).map(|n| random(&[n % 2 + 1, 9])).collect();
    check(&operands, |graph, n| {
        n.iter().skip(1).fold(n[0], |sum, &x| {
            let sum = graph.push(Op::Binary(Binary::Add), &[sum, x], &[2, 9]);
            graph.push(Op::Unary(Unary::Tanh), &[sum], &[2, 9])
        })
    });
}
