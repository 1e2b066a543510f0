//! How programs are run: errors, outputs, random masks and memory.

use crate::harness::{check, numbers, random};
use netdsl::engine::kernel::binary::Binary;
use netdsl::engine::kernel::random::Law;
use netdsl::engine::kernel::unary::Unary;
use netdsl::engine::{EngineError, Program, pool};
use netdsl::graph::op::Reduction;
use netdsl::graph::{Graph, Op, gradients, loss_gradients};

const GATHER: Op = Op::Gather {
    skip: None,
    by_frequency: false,
};

#[test]
fn wrong_lengths_are_errors() {
    let mut graph = Graph::default();
    let x = graph.push(Op::Input(1), &[], &[2, 3]);
    let w = graph.push(Op::Parameter(2), &[], &[4, 3]);
    let y = graph.push(Op::Linear, &[x, w], &[2, 4]);
    let mut program = Program::<f32>::compile(&graph, &[y]).unwrap();
    let (six, twelve) = ([1.0; 6], [1.0; 12]);
    let error = program.run(&[&[]], &[], (0, 0)).unwrap_err();
    let missing = EngineError::Input {
        index: 1,
        wanted: 6,
        found: 0,
    };
    assert_eq!(error, missing);
    let error = program
        .run(&[&[], &six], &[&[], &[], &six], (0, 0))
        .unwrap_err();
    let short = EngineError::Parameter {
        index: 2,
        wanted: 12,
        found: 6,
    };
    assert_eq!(error, short);
    assert_eq!(
        error.to_string(),
        "parameter 2 has 6 elements instead of 12"
    );
    // Those that nothing reads may be anything.
    program
        .run(&[&[], &six], &[&[], &six, &twelve], (0, 0))
        .unwrap();
    assert_eq!(program.output(0), [3.0; 8]);
    assert_eq!(*program.extent(0), [2, 4]);
}

#[test]
fn bad_indices_are_errors() {
    let mut graph = Graph::default();
    let table = graph.push(Op::Parameter(0), &[], &[3, 2]);
    let indices = graph.push(Op::Input(0), &[], &[4]);
    let y = graph.push(GATHER, &[table, indices], &[4, 2]);
    let mut program = Program::<f32>::compile(&graph, &[y]).unwrap();
    let table = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0];
    for bad in [3.0, -1.0, 0.5, f32::NAN] {
        let error = program.run(&[&[0.0, 2.0, bad, 9.0]], &[&table], (0, 0));
        let Err(EngineError::Index {
            position,
            value,
            limit,
        }) = error
        else {
            panic!("{error:?}");
        };
        assert_eq!((position, limit), (2, 3));
        assert!(value == f64::from(bad) || bad.is_nan());
    }
    // And the program still runs.
    program
        .run(&[&[2.0, 0.0, 1.0, 2.0]], &[&table], (0, 0))
        .unwrap();
    assert_eq!(program.output(0), [4.0, 5.0, 0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
}

#[test]
fn absurd_sizes_are_errors() {
    for size in [1 << 20, 1 << 31, usize::MAX / 2] {
        let mut graph = Graph::default();
        let x = graph.push(Op::Parameter(0), &[], &[1]);
        let y = graph.push(Op::Broadcast, &[x], &[size, 1 << 31]);
        let error = Program::<f32>::compile(&graph, &[y]).unwrap_err();
        assert!(matches!(error, EngineError::TooLarge { .. }), "{error}");
    }
}

#[test]
fn outputs_are_copies() {
    let mut graph = Graph::default();
    let x = graph.push(Op::Input(0), &[], &[2, 2]);
    let w = graph.push(Op::Parameter(0), &[], &[4]);
    let row = Op::Slice {
        axis: 0,
        start: 1,
        step: 1,
    };
    let part = graph.push(row, &[x], &[1, 2]);
    let constant = graph.push(Op::Constant(2.5), &[], &[3]);
    let twice = graph.push(Op::Unary(Unary::Scale(2.0)), &[x], &[2, 2]);
    let flat = graph.push(Op::Reshape, &[twice], &[4]);
    let detached = graph.push(Op::Detach, &[twice], &[2, 2]);
    let outputs = [w, part, constant, flat, detached, flat];
    let mut program = Program::<f64>::compile(&graph, &outputs).unwrap();
    program
        .run(&[&[1.0, 2.0, 3.0, 4.0]], &[&[5.0; 4]], (0, 0))
        .unwrap();
    assert_eq!(program.output(0), [5.0; 4]);
    assert_eq!(program.output(1), [3.0, 4.0]);
    assert_eq!(program.output(2), [2.5; 3]);
    for index in 3..6 {
        assert_eq!(program.output(index), [2.0, 4.0, 6.0, 8.0]);
    }
    assert_eq!(*program.extent(4), [2, 2]);
}

fn masked(p: f64, stream: u32) -> Op {
    let law = Law::Mask { p };
    Op::Random { law, stream }
}

#[test]
fn masks_differ_by_step_and_stream() {
    let mut graph = Graph::default();
    let mask = |graph: &mut Graph, stream| graph.push(masked(0.25, stream), &[], &[100, 100]);
    let (a, b) = (mask(&mut graph, 0), mask(&mut graph, 1));
    let mut program = Program::<f32>::compile(&graph, &[a, b]).unwrap();
    let mut seen = Vec::new();
    for randomness in [(1, 0), (1, 1), (2, 0)] {
        program.run(&[], &[], randomness).unwrap();
        for index in 0..2 {
            let mask = program.output(index).to_vec();
            let kept = mask.iter().filter(|&&x| x == 1.0 / 0.75).count();
            let dropped = mask.iter().filter(|&&x| x == 0.0).count();
            assert_eq!(kept + dropped, 10_000);
            assert!((7300..7700).contains(&kept), "{kept}");
            assert!(!seen.contains(&mask));
            seen.push(mask);
        }
    }
    program.run(&[], &[], (1, 0)).unwrap();
    assert_eq!(program.output(0), &seen[0][..]);

    // The gradient goes through the same mask.
    check(&[random(&[30])], |graph, n| {
        let mask = graph.push(masked(0.5, 3), &[], &[30]);
        graph.push(Op::Binary(Binary::Mul), &[n[0], mask], &[30])
    });
}

#[test]
fn memory_is_used_again() {
    let mut graph = Graph::default();
    let n = 1000;
    let mut x = graph.push(Op::Parameter(0), &[], &[n]);
    for _ in 0..20 {
        x = graph.push(Op::Softmax(0), &[x], &[n]);
        x = graph.push(Op::Unary(Unary::Exp), &[x], &[n]);
    }
    let program = Program::<f32>::compile(&graph, &[x]).unwrap();
    assert_eq!(program.memory(), 2 * n * 4);
}

#[test]
fn gradients_stop_where_they_must() {
    let mut graph = Graph::default();
    let a = graph.push(Op::Parameter(0), &[], &[3]);
    let b = graph.push(Op::Parameter(1), &[], &[3]);
    let unused = graph.push(Op::Parameter(2), &[], &[3]);
    let detached = graph.push(Op::Detach, &[b], &[3]);
    let product = graph.push(Op::Binary(Binary::Mul), &[a, detached], &[3]);
    let loss = graph.push(Op::Reduce(Reduction::Mean, 1), &[product], &[]);
    let found = loss_gradients(&mut graph, loss, &[a, b, unused, product]);
    assert_eq!((found[1], found[2]), (None, None));
    let outputs = [found[0].unwrap(), found[3].unwrap()];
    let mut program = Program::<f64>::compile(&graph, &outputs).unwrap();
    program
        .run(&[], &[&[1.0; 3], &[3.0, 6.0, 9.0]], (0, 0))
        .unwrap();
    assert_eq!(program.output(0), [1.0, 2.0, 3.0]);
    assert_eq!(program.output(1), [1.0 / 3.0; 3]);
}

#[test]
fn an_output_may_be_wanted_and_seeded_twice() {
    let mut graph = Graph::default();
    let x = graph.push(Op::Parameter(0), &[], &[2]);
    let y = graph.push(Op::Unary(Unary::Square), &[x], &[2]);
    let one = graph.push(Op::Constant(1.0), &[], &[2]);
    let found = gradients(&mut graph, &[(y, one), (x, one), (y, one)], &[x, y]);
    let outputs: Vec<usize> = found.into_iter().flatten().collect();
    let mut program = Program::<f64>::compile(&graph, &outputs).unwrap();
    program.run(&[], &[&[3.0, -1.0]], (0, 0)).unwrap();
    assert_eq!(program.output(0), [13.0, -3.0]);
    assert_eq!(program.output(1), [2.0, 2.0]);
}

/// Enough elements for several tasks, in every kind of kernel at once.
#[test]
fn threads_do_not_show() {
    let mut graph = Graph::default();
    let x = graph.push(Op::Input(0), &[], &[300, 200]);
    let weight = graph.push(Op::Parameter(0), &[], &[150, 200]);
    let bias = graph.push(Op::Parameter(1), &[], &[150]);
    let linear = graph.push(Op::Linear, &[x, weight, bias], &[300, 150]);
    let y = graph.push(Op::Unary(Unary::Gelu), &[linear], &[300, 150]);
    let log = graph.push(Op::LogSoftmax(1), &[y], &[300, 150]);
    let labels = graph.push(Op::Input(1), &[], &[300]);
    let pick = Op::Pick {
        axis: 1,
        ignore: None,
    };
    let picked = graph.push(pick, &[log, labels], &[300]);
    let loss = graph.push(Op::Reduce(Reduction::Mean, 1), &[picked], &[]);
    let found = loss_gradients(&mut graph, loss, &[weight, bias, x]);
    let mut outputs: Vec<usize> = found.into_iter().flatten().collect();
    outputs.push(loss);
    let mut program = Program::<f32>::compile(&graph, &outputs).unwrap();
    let single = |n: usize| -> Vec<f32> { numbers(n, 3).iter().map(|&x| x as f32).collect() };
    let (x, weight, bias) = (single(60_000), single(30_000), single(150));
    let labels: Vec<f32> = (0..300u16).map(|i| f32::from(i % 150)).collect();
    let mut results = Vec::new();
    for threads in [1, 2, 5] {
        pool::with_threads(threads, || {
            program
                .run(&[&x, &labels], &[&weight, &bias], (0, 0))
                .unwrap();
        });
        let all = (0..program.outputs()).flat_map(|i| program.output(i));
        results.push(all.map(|x| x.to_bits()).collect::<Vec<u32>>());
    }
    assert_eq!(results[0], results[1]);
    assert_eq!(results[0], results[2]);
}
