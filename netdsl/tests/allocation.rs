//! Running a program allocates nothing once its memory is warm.

use netdsl::engine::kernel::binary::Binary;
use netdsl::engine::kernel::random::Law;
use netdsl::engine::kernel::unary::Unary;
use netdsl::engine::{Program, pool};
use netdsl::graph::op::{Convolution, Pooling, Reduction, Statistics};
use netdsl::graph::{Graph, NodeId, Op, loss_gradients};
use netdsl::shape::rule::Window;
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The system's allocator, counting.
struct Counting;

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.realloc(pointer, layout, size) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn window(kernel: usize, stride: usize, pad: usize) -> [Window; 3] {
    [Window {
        kernel,
        stride,
        low: pad,
        high: pad,
        dilation: 1,
    }; 3]
}

/// A convolutional network, its loss and gradients: the graph, the outputs, and the lengths of
/// the parameters.
fn network(batch: usize) -> (Graph, Vec<NodeId>, Vec<usize>) {
    let mut graph = Graph::default();
    let (mut weights, mut lengths) = (Vec::new(), Vec::new());
    let mut parameter = |graph: &mut Graph, sizes: &[usize]| {
        let node = graph.push(Op::Parameter(weights.len() as u32), &[], sizes);
        weights.push(node);
        lengths.push(sizes.iter().product());
        node
    };
    let relu = Op::Unary(Unary::Relu);
    let how = Convolution {
        rank: 2,
        windows: window(5, 1, 2),
        groups: 1,
    };
    let pool = Pooling {
        rank: 2,
        windows: window(2, 2, 0),
        count_include_pad: true,
        divisor: None,
    };
    let norm = Statistics {
        first: 1,
        end: 2,
        eps: 1e-5,
        rms: false,
    };
    let x = graph.push(Op::Input(0), &[], &[batch, 1, 28, 28]);
    let w = parameter(&mut graph, &[6, 1, 5, 5]);
    let b = parameter(&mut graph, &[6]);
    let y = graph.push(Op::Conv(how), &[x, w, b], &[batch, 6, 28, 28]);
    let y = graph.push(relu, &[y], &[batch, 6, 28, 28]);
    let y = graph.push(Op::MaxPool(pool), &[y], &[batch, 6, 14, 14]);
    let w = parameter(&mut graph, &[16, 6, 5, 5]);
    let y = graph.push(Op::Conv(how), &[y, w], &[batch, 16, 14, 14]);
    let moments = graph.push(Op::Moments(norm), &[y], &[2, 16]);
    let y = graph.push(Op::Normalize(norm), &[y, moments], &[batch, 16, 14, 14]);
    let w = parameter(&mut graph, &[16, 1, 1]);
    let y = graph.push(Op::Binary(Binary::Mul), &[y, w], &[batch, 16, 14, 14]);
    let y = graph.push(Op::Unary(Unary::Gelu), &[y], &[batch, 16, 14, 14]);
    let y = graph.push(Op::AvgPool(pool), &[y], &[batch, 16, 7, 7]);
    let y = graph.push(Op::Reshape, &[y], &[batch, 784]);
    let w = parameter(&mut graph, &[120, 784]);
    let b = parameter(&mut graph, &[120]);
    let y = graph.push(Op::Linear, &[y, w, b], &[batch, 120]);
    let y = graph.push(relu, &[y], &[batch, 120]);
    let dropped = Op::Random {
        law: Law::Mask { p: 0.5 },
        stream: 0,
    };
    let mask = graph.push(dropped, &[], &[batch, 120]);
    let y = graph.push(Op::Binary(Binary::Mul), &[y, mask], &[batch, 120]);
    let w = parameter(&mut graph, &[10, 120]);
    let b = parameter(&mut graph, &[10]);
    let y = graph.push(Op::Linear, &[y, w, b], &[batch, 10]);
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

#[test]
fn runs_allocate_nothing() {
    let batch = 32;
    let (graph, outputs, lengths) = network(batch);
    let mut program = Program::<f32>::compile(&graph, &outputs).unwrap();
    let images: Vec<f32> = (0..batch * 784).map(|i| (i as f32 * 0.37).sin()).collect();
    let labels: Vec<f32> = (0..batch).map(|i| (i % 10) as f32).collect();
    let values: Vec<Vec<f32>> = lengths
        .iter()
        .map(|&n| (0..n).map(|i| (i as f32 * 0.71).cos() * 0.1).collect())
        .collect();
    let values: Vec<&[f32]> = values.iter().map(Vec::as_slice).collect();
    for threads in [1, 2] {
        pool::with_threads(threads, || {
            let mut run = |step| {
                program
                    .run(&[&images, &labels], &values, (1, step))
                    .unwrap();
            };
            // Which thread takes which task is chance, and each must have had the largest.
            let quiet = (0..50).any(|round| {
                let before = ALLOCATIONS.load(Ordering::Relaxed);
                (0..10).for_each(|step| run(round * 10 + step));
                ALLOCATIONS.load(Ordering::Relaxed) == before
            });
            assert!(quiet, "allocations with {threads} threads");
            if threads == 1 {
                let before = ALLOCATIONS.load(Ordering::Relaxed);
                (0..10).for_each(&mut run);
                assert_eq!(ALLOCATIONS.load(Ordering::Relaxed), before);
            }
        });
    }
    assert!(program.output(program.outputs() - 1)[0].is_finite());

    // Another batch size of the same network hardly needs any either.
    let (smaller, outputs, _) = network(batch / 2);
    let before = ALLOCATIONS.load(Ordering::Relaxed);
    program.recompile(&smaller, &outputs).unwrap();
    let after = ALLOCATIONS.load(Ordering::Relaxed);
    assert!(after - before <= 2, "{} allocations", after - before);
}
