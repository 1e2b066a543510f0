//! Matrix products and convolutions.

use crate::harness::{BATCHES, Operand, check, random};
use netdsl::engine::Program;
use netdsl::engine::kernel::MAX_RANK;
use netdsl::engine::kernel::unary::Unary;
use netdsl::graph::op::{Convolution, Statistics};
use netdsl::graph::{Graph, NodeId, Op};
use netdsl::shape::rule::Window;

const PLAIN: Op = Op::MatMul {
    transpose_a: false,
    transpose_b: false,
};

#[test]
fn matrix_products() {
    let (m, k, n) = (3, 5, 2);
    for batch in BATCHES {
        for transposed in 0..4 {
            let (transpose_a, transpose_b) = (transposed & 1 == 1, transposed & 2 == 2);
            let op = Op::MatMul {
                transpose_a,
                transpose_b,
            };
            let a = if transpose_a { [k, m] } else { [m, k] };
            let b = if transpose_b { [n, k] } else { [k, n] };
            let batched = |sizes: [usize; 2]| [2, batch, sizes[0], sizes[1]];
            let y = batched([m, n]);
            check(&[random(&a), random(&b)], |graph, x| {
                graph.push(op, x, &[m, n])
            });
            check(&[random(&batched(a)), random(&b)], |graph, x| {
                graph.push(op, x, &y)
            });
            check(&[random(&a), random(&batched(b))], |graph, x| {
                graph.push(op, x, &y)
            });
            check(&[random(&batched(a)), random(&batched(b))], |graph, x| {
                graph.push(op, x, &y)
            });
        }
    }
}

#[test]
fn a_matrix_product_by_hand() {
    let a = random(&[2, 3]).of(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
    let b = random(&[2, 3]).of(&[1.0, 0.0, 2.0, -1.0, 1.0, 0.0]);
    let op = Op::MatMul {
        transpose_a: false,
        transpose_b: true,
    };
    let y = check(&[a, b], |graph, x| graph.push(op, x, &[2, 2]));
    assert_eq!(y, [7.0, 1.0, 16.0, 1.0]);
}

#[test]
fn linear_products() {
    for batch in BATCHES {
        for leading in [&[batch][..], &[batch, 4], &[batch, 1, 2], &[]] {
            let with = |last: usize| [leading, &[last]].concat();
            let operands = [random(&with(5)), random(&[3, 5]), random(&[3])];
            check(&operands, |graph, x| graph.push(Op::Linear, x, &with(3)));
            check(&operands[..2], |graph, x| {
                graph.push(Op::Linear, x, &with(3))
            });
        }
    }
}

/// A convolution of `rank` axes and the sizes of its operands.
struct Case {
    how: Convolution,
    x: Vec<usize>,
    weight: Vec<usize>,
    y: Vec<usize>,
}

fn case(batch: usize, rank: usize, groups: usize, window: Window, size: usize) -> Case {
    let mut windows = [window; 3];
    // Axes that differ show any mixed up.
    windows[0].kernel = 2;
    let sizes: Vec<usize> = (0..rank).map(|axis| size + axis).collect();
    let (inward, outward) = (2 * groups, 3 * groups);
    let output = |axis: usize| windows[axis].output(sizes[axis]).unwrap();
    let kernel = (0..rank).map(|axis| windows[axis].kernel);
    Case {
        how: Convolution {
            rank: rank as u8,
            windows,
            groups,
        },
        weight: [outward, inward / groups]
            .into_iter()
            .chain(kernel)
            .collect(),
        y: [batch, outward]
            .into_iter()
            .chain((0..rank).map(output))
            .collect(),
        x: [vec![batch, inward], sizes].concat(),
    }
}

fn cases(batch: usize) -> Vec<Case> {
    let window = |stride, low, high, dilation| Window {
        kernel: 3,
        stride,
        low,
        high,
        dilation,
    };
    vec![
        case(batch, 1, 1, window(1, 0, 0, 1), 5),
        case(batch, 1, 2, window(2, 1, 1, 2), 7),
        case(batch, 2, 1, window(1, 1, 1, 1), 4),
        case(batch, 2, 1, window(2, 0, 1, 1), 5),
        case(batch, 2, 2, window(2, 2, 1, 2), 5),
        case(batch, 3, 1, window(2, 1, 1, 1), 3),
    ]
}

fn operands(shapes: &[&[usize]]) -> Vec<Operand> {
    shapes.iter().map(|shape| random(shape)).collect()
}

#[test]
fn convolutions() {
    for case in BATCHES.into_iter().flat_map(cases) {
        let (op, bias) = (Op::Conv(case.how), [case.weight[0]]);
        let all = operands(&[&case.x, &case.weight, &bias]);
        check(&all, |graph, n| graph.push(op, n, &case.y));
        check(&all[..2], |graph, n| graph.push(op, n, &case.y));
    }
}

#[test]
fn transposed_convolutions() {
    for case in BATCHES.into_iter().flat_map(cases) {
        let op = Op::ConvInputGradient(case.how);
        let all = operands(&[&case.y, &case.weight]);
        check(&all, |graph, n| graph.push(op, n, &case.x));
    }
}

#[test]
fn weight_gradients_of_convolutions() {
    for case in BATCHES.into_iter().flat_map(cases) {
        let op = Op::ConvWeightGradient(case.how);
        let all = operands(&[&case.x, &case.y]);
        check(&all, |graph, n| graph.push(op, n, &case.weight));
    }
}

/// All orders of three axes.
const ORDERS: [[usize; 3]; 6] = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
];

/// The axes of a node in another order.
fn permute(graph: &mut Graph, x: NodeId, order: &[usize]) -> NodeId {
    let (sizes, mut op) = (graph.extent(x), [0; MAX_RANK]);
    let permuted: Vec<usize> = order.iter().map(|&axis| sizes[axis]).collect();
    for (to, &axis) in op.iter_mut().zip(order) {
        *to = axis as u8;
    }
    graph.push(Op::Permute(op), &[x], &permuted)
}

/// Every second one of seven along the last axis, from the second on.
fn slice(graph: &mut Graph, x: NodeId) -> NodeId {
    let mut sizes = graph.extent(x).to_vec();
    let axis = sizes.len() - 1;
    sizes[axis] = 3;
    let op = Op::Slice {
        axis: axis as u8,
        start: 1,
        step: 2,
    };
    graph.push(op, &[x], &sizes)
}

#[test]
fn products_of_views_are_those_of_copies() {
    for left in ORDERS {
        for right in ORDERS {
            for result in ORDERS {
                // Axes of three sizes, so that no wrong order fits: [3, 4, 5] · [3, 5, 2].
                let stored = |sizes: [usize; 3], order: [usize; 3]| {
                    let mut stored = [0; 3];
                    (0..3).for_each(|axis| stored[order[axis]] = sizes[axis]);
                    stored
                };
                let (a, b) = (stored([3, 4, 5], left), stored([3, 5, 2], right));
                let (a, b) = (random(&a), random(&b));
                let y = check(&[a.clone(), b.clone()], |graph, x| {
                    let a = permute(graph, x[0], &left);
                    let b = permute(graph, x[1], &right);
                    let y = graph.push(PLAIN, &[a, b], &[3, 4, 2]);
                    permute(graph, y, &result)
                });
                let view = |values: &Operand, order: [usize; 3]| {
                    values.array().permuted_axes(order.to_vec())
                };
                let (a, b) = (view(&a, left), view(&b, right));
                let mut wanted = ndarray::Array3::zeros((3, 4, 2));
                for ((i, r, c), y) in wanted.indexed_iter_mut() {
                    *y = (0..5).map(|k| a[[i, r, k]] * b[[i, k, c]]).sum::<f64>();
                }
                let wanted = wanted.permuted_axes(result);
                assert!(y.iter().zip(&wanted).all(|(y, w)| (y - w).abs() < 1e-13));
            }
        }
    }
}

#[test]
fn gradients_are_permuted_in_the_shape_they_have() {
    // The gradient by x is a product of matrices, reshaped before it is permuted.
    for batch in [3, 2, 1, 0] {
        check(&[random(&[batch, 2, 6]), random(&[5, 4])], |graph, x| {
            let y = graph.push(Op::Reshape, &[x[0]], &[batch, 4, 3]);
            let y = permute(graph, y, &[0, 2, 1]);
            graph.push(Op::Linear, &[y, x[1]], &[batch, 3, 5])
        });
        check(
            &[random(&[batch, 4, 2]), random(&[5, batch])],
            |graph, x| {
                let y = permute(graph, x[0], &[1, 2, 0]);
                graph.push(Op::Linear, &[y, x[1]], &[4, 2, 5])
            },
        );
    }
}

#[test]
fn heads_of_attention_are_products_of_views() {
    // [batch, steps, 3, heads, each, 2 (one of which is taken)] as queries, keys and values.
    for batch in BATCHES {
        let x = random(&[batch, 4, 3, 2, 7]);
        check(&[x, random(&[6, 5])], |graph, x| {
            let taken = slice(graph, x[0]);
            let part = |graph: &mut Graph, start: usize| {
                let op = Op::Slice {
                    axis: 2,
                    start,
                    step: 1,
                };
                let part = graph.push(op, &[taken], &[batch, 4, 1, 2, 3]);
                let part = graph.push(Op::Reshape, &[part], &[batch, 4, 2, 3]);
                permute(graph, part, &[0, 2, 1, 3])
            };
            let [q, k, v] = [0, 1, 2].map(|start| part(graph, start));
            let k = permute(graph, k, &[0, 1, 3, 2]);
            let weights = graph.push(PLAIN, &[q, k], &[batch, 2, 4, 4]);
            let y = graph.push(PLAIN, &[weights, v], &[batch, 2, 4, 3]);
            let y = permute(graph, y, &[0, 2, 1, 3]);
            let y = graph.push(Op::Reshape, &[y], &[batch, 4, 6]);
            let w = permute(graph, x[1], &[1, 0]);
            graph.push(Op::Linear, &[y, w], &[batch, 4, 5])
        });
    }
}

#[test]
fn convolutions_take_a_normalisation_in() {
    let window = Window {
        kernel: 3,
        stride: 1,
        low: 1,
        high: 1,
        dilation: 1,
    };
    let how = Statistics {
        first: 1,
        end: 2,
        eps: 0.1,
        rms: false,
    };
    let convolution = Op::Conv(Convolution {
        rank: 2,
        windows: [window; 3],
        groups: 2,
    });
    let shape = [3, 6, 5, 4];
    // x, weight, bias, moments, weight and bias of the normalisation
    let shapes: [&[usize]; 6] = [
        &[3, 4, 5, 4],
        &[6, 2, 3, 3],
        &[6],
        &[2, 6],
        &[6, 1, 1],
        &[6, 1, 1],
    ];
    let values: Vec<Vec<f64>> = shapes
        .iter()
        .map(|shape| {
            random(shape)
                .map(|x| x.abs() + 0.1)
                .array()
                .into_raw_vec_and_offset()
                .0
        })
        .collect();
    let values: Vec<&[f64]> = values.iter().map(Vec::as_slice).collect();
    for biased in [false, true] {
        for affine in 0..3 {
            for relu in [false, true] {
                let mut graph = Graph::default();
                let n: Vec<NodeId> = (0..6)
                    .map(|i| graph.push(Op::Parameter(i), &[], shapes[i as usize]))
                    .collect();
                let y = graph.push(convolution, &n[..2 + usize::from(biased)], &shape);
                let operands = [&[y], &n[3..4 + affine]].concat();
                let normal = graph.push(Op::Normalize(how), &operands, &shape);
                let shifted = if relu {
                    graph.push(Op::Unary(Unary::Relu), &[normal], &shape)
                } else {
                    normal
                };
                let run = |outputs: &[NodeId]| {
                    let mut program = Program::<f64>::compile(&graph, outputs).unwrap();
                    program.run(&[], &values, (0, 0)).unwrap();
                    program.output(0).to_vec()
                };
                // Where the convolution itself is wanted, nothing can be taken in.
                let (together, apart) = (run(&[shifted]), run(&[shifted, y]));
                let close = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-12 * b.abs().max(1.0);
                assert!(together.iter().zip(&apart).all(close));
                assert!(apart.iter().any(|&y| y != 0.0));
            }
        }
    }
}
