//! Compiling and running the training step of a LeNet: `cargo bench --bench engine`.

#![allow(missing_docs, reason = "a program")]

use netdsl::engine::kernel::unary::Unary;
use netdsl::engine::{Program, pool};
use netdsl::graph::op::{Convolution, Pooling, Reduction};
use netdsl::graph::{Graph, NodeId, Op, loss_gradients};
use netdsl::shape::rule::Window;
use std::hint::black_box;
use std::time::Instant;

fn window(kernel: usize, stride: usize, pad: usize) -> [Window; 3] {
    [Window {
        kernel,
        stride,
        low: pad,
        high: pad,
        dilation: 1,
    }; 3]
}

/// LeNet on 28 by 28 images, its loss and gradients.
fn lenet(batch: usize) -> (Graph, Vec<NodeId>, Vec<usize>) {
    let mut graph = Graph::default();
    let (mut weights, mut lengths) = (Vec::new(), Vec::new());
    let mut parameter = |graph: &mut Graph, sizes: &[usize]| {
        let node = graph.push(Op::Parameter(weights.len() as u32), &[], sizes);
        weights.push(node);
        lengths.push(sizes.iter().product());
        node
    };
    let relu = Op::Unary(Unary::Relu);
    let conv = |pad| {
        Op::Conv(Convolution {
            rank: 2,
            windows: window(5, 1, pad),
            groups: 1,
        })
    };
    let pool = Op::MaxPool(Pooling {
        rank: 2,
        windows: window(2, 2, 0),
        count_include_pad: true,
        divisor: None,
    });
    let mut y = graph.push(Op::Input(0), &[], &[batch, 1, 28, 28]);
    for (inward, outward, pad, size) in [(1, 6, 2, 28), (6, 16, 0, 10)] {
        let w = parameter(&mut graph, &[outward, inward, 5, 5]);
        let b = parameter(&mut graph, &[outward]);
        let sizes = [batch, outward, size, size];
        y = graph.push(conv(pad), &[y, w, b], &sizes);
        y = graph.push(relu, &[y], &sizes);
        y = graph.push(pool, &[y], &[batch, outward, size / 2, size / 2]);
    }
    y = graph.push(Op::Reshape, &[y], &[batch, 400]);
    for (inward, outward) in [(400, 120), (120, 84), (84, 10)] {
        let w = parameter(&mut graph, &[outward, inward]);
        let b = parameter(&mut graph, &[outward]);
        y = graph.push(Op::Linear, &[y, w, b], &[batch, outward]);
        if outward > 10 {
            y = graph.push(relu, &[y], &[batch, outward]);
        }
    }
    let log = graph.push(Op::LogSoftmax(1), &[y], &[batch, 10]);
    let labels = graph.push(Op::Input(1), &[], &[batch]);
    let pick = Op::Pick {
        axis: 1,
        ignore: None,
    };
    let picked = graph.push(pick, &[log, labels], &[batch]);
    let mean = graph.push(Op::Reduce(Reduction::Mean, 1), &[picked], &[]);
    let loss = graph.push(Op::Unary(Unary::Neg), &[mean], &[]);
    let mut outputs: Vec<NodeId> = loss_gradients(&mut graph, loss, &weights)
        .into_iter()
        .flatten()
        .collect();
    outputs.push(loss);
    (graph, outputs, lengths)
}

fn time(name: &str, rounds: usize, mut body: impl FnMut()) {
    let mut best = f64::INFINITY;
    for _ in 0..5 {
        let start = Instant::now();
        (0..rounds).for_each(|_| body());
        best = best.min(start.elapsed().as_secs_f64() / rounds as f64);
    }
    println!("{name:>28}: {:9.2} us", best * 1e6);
}

fn main() {
    let batch = 64;
    let (graph, outputs, lengths) = lenet(batch);
    println!("{} nodes", graph.nodes.len());
    time("graph and gradients", 200, || drop(black_box(lenet(batch))));
    time("compile", 200, || {
        drop(black_box(Program::<f32>::compile(&graph, &outputs)));
    });
    let mut program = Program::<f32>::compile(&graph, &outputs).unwrap();
    println!(
        "{} instructions, {} bytes",
        program.instructions(),
        program.memory()
    );
    time("recompile", 200, || {
        program.recompile(&graph, &outputs).unwrap();
    });
    let images: Vec<f32> = (0..batch * 784).map(|i| (i as f32 * 0.37).sin()).collect();
    let labels: Vec<f32> = (0..batch).map(|i| (i % 10) as f32).collect();
    let values: Vec<Vec<f32>> = lengths
        .iter()
        .map(|&n| (0..n).map(|i| (i as f32 * 0.71).cos() * 0.1).collect())
        .collect();
    let values: Vec<&[f32]> = values.iter().map(Vec::as_slice).collect();
    for threads in [1, 2] {
        pool::with_threads(threads, || {
            time(&format!("step, {threads} threads"), 20, || {
                program.run(&[&images, &labels], &values, (0, 0)).unwrap();
            });
        });
    }
}
