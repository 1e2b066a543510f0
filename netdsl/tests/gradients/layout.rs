//! Operations that only move elements, and those that take them by index.

use crate::harness::{BATCHES, check, random, value};
use netdsl::engine::kernel::binary::Binary;
use netdsl::engine::kernel::domain::Domain;
use netdsl::engine::kernel::unary::Unary;
use netdsl::graph::op::{PadMode, Padding};
use netdsl::graph::{Graph, NodeId, Op, gradients};

#[test]
fn other_shapes_and_orders() {
    for batch in BATCHES {
        check(&[random(&[batch, 3, 4])], |graph, n| {
            graph.push(Op::Reshape, n, &[batch, 12])
        });
        let mut order = [0, 1, 2, 3, 4, 5, 6, 7];
        for [a, b, c] in [[0, 1, 2], [2, 0, 1], [1, 2, 0], [1, 0, 2], [0, 2, 1]] {
            for sizes in [[batch, 3, 4], [batch, 1, 4]] {
                order[..3].copy_from_slice(&[a, b, c]);
                let y = [sizes[a as usize], sizes[b as usize], sizes[c as usize]];
                check(&[random(&sizes)], |graph, n| {
                    graph.push(Op::Permute(order), n, &y)
                });
            }
        }
        for axes in 0..8 {
            for sizes in [[batch, 3, 4], [batch, 1, 4]] {
                check(&[random(&sizes)], |graph, n| {
                    graph.push(Op::Flip(axes), n, &sizes)
                });
            }
        }
    }
}

#[test]
fn elements_within_a_domain() {
    const NUMBERS: &Domain = &Domain {
        least: f64::MIN,
        greatest: f64::MAX,
        rule: "takes numbers",
        help: "",
    };
    check(&[random(&[2, 3])], |graph, n| {
        graph.push(Op::Within(NUMBERS), n, &[2, 3])
    });
}

#[test]
fn pieces() {
    for batch in BATCHES {
        let sizes = [batch, 5, 4];
        for (axis, start, step, length) in [
            (1, 0, 1, 5),
            (1, 1, 2, 2),
            (1, 2, 1, 3),
            (1, 3, 1, 0),
            (2, 1, 3, 1),
            (0, 0, 1, batch),
            (0, batch / 2, 1, batch / 2),
        ] {
            let mut y = sizes;
            y[axis as usize] = length;
            check(&[random(&sizes)], |graph, n| {
                graph.push(Op::Slice { axis, start, step }, n, &y)
            });
            check(&[random(&y)], |graph, n| {
                graph.push(Op::SliceGradient { axis, start, step }, n, &sizes)
            });
        }
    }
}

/// Part of an axis, from `start` to `end`.
fn part(graph: &mut Graph, x: NodeId, axis: usize, start: usize, end: usize) -> NodeId {
    let mut extent = graph.extent(x);
    extent.resize(axis, end - start);
    let (axis, step) = (axis as u8, 1);
    graph.push(Op::Slice { axis, start, step }, &[x], &extent)
}

#[test]
fn several_pieces_of_one() {
    // Neighbours, gaps, the same part twice, overlaps, nothing, everything.
    let cases: [&[(usize, usize)]; 8] = [
        &[(0, 2), (2, 3), (3, 6)],
        &[(3, 6), (0, 3)],
        &[(1, 2), (4, 5)],
        &[(1, 2), (1, 2), (4, 5), (1, 2)],
        &[(0, 3), (1, 4), (2, 5), (3, 6)],
        &[(0, 6), (2, 3), (0, 6)],
        &[(2, 2), (2, 4), (4, 4)],
        &[(0, 2), (1, 2), (1, 6), (2, 2), (5, 6)],
    ];
    for batch in BATCHES {
        for axes in [[1, 1], [2, 2], [1, 2]] {
            for case in cases {
                for whole in [false, true] {
                    check(&[random(&[batch, 6, 6])], |graph, n| {
                        let mut all = if whole { vec![n[0]] } else { Vec::new() };
                        for (i, &(start, end)) in case.iter().enumerate() {
                            let x = part(graph, n[0], axes[i % 2], start, end);
                            let extent = graph.extent(x);
                            let y = graph.push(Op::Unary(Unary::Tanh), &[x], &extent);
                            let count = extent.iter().product();
                            all.push(graph.push(Op::Reshape, &[y], &[count]));
                        }
                        if whole {
                            all[0] = graph.push(Op::Reshape, n, &[batch * 36]);
                        }
                        let count = all.iter().map(|&x| graph.extent(x).count()).sum();
                        graph.push(Op::Concat(0), &all, &[count])
                    });
                }
            }
        }
    }
}

/// How many elements the nodes have together that the gradient adds to a graph in which x,
/// `[steps, 8]`, is read step by step, each result going into the next.
fn elements_of_a_walk(steps: usize) -> usize {
    let mut graph = Graph::default();
    let x = graph.push(Op::Parameter(0), &[], &[steps, 8]);
    let mut y = graph.push(Op::Constant(0.0), &[], &[1, 8]);
    for step in 0..steps {
        let now = part(&mut graph, x, 0, step, step + 1);
        y = graph.push(Op::Binary(Binary::Mul), &[now, y], &[1, 8]);
        y = graph.push(Op::Unary(Unary::Tanh), &[y], &[1, 8]);
    }
    let (seed, before) = (y, graph.nodes.len());
    gradients(&mut graph, &[(y, seed)], &[x]);
    let added = before..graph.nodes.len();
    added.map(|node| graph.extent(node).count()).sum()
}

#[test]
fn a_step_costs_the_same_in_any_sequence() {
    let [a, b, c] = [100, 200, 300].map(elements_of_a_walk);
    assert_eq!(b - a, c - b, "elements for a hundred steps more");
}

#[test]
fn pieces_joined() {
    for batch in BATCHES {
        for axis in 0..3 {
            let [mut a, mut b, mut y] = [[batch, 3, 4]; 3];
            (a[axis], b[axis]) = (2, 1);
            y[axis] = 3;
            let c = {
                let mut c = y;
                c[axis] = 0;
                c
            };
            check(&[random(&a), random(&c), random(&b)], |graph, n| {
                graph.push(Op::Concat(axis as u8), n, &y)
            });
            // The same piece twice.
            y[axis] = 4;
            check(&[random(&a)], |graph, n| {
                graph.push(Op::Concat(axis as u8), &[n[0], n[0]], &y)
            });
        }
    }
}

#[test]
fn padding() {
    for batch in BATCHES {
        for mode in [
            PadMode::Constant(1.5),
            PadMode::Reflect,
            PadMode::Replicate,
            PadMode::Circular,
        ] {
            for rank in 1..4u8 {
                let how = Padding {
                    rank,
                    low: [1, 2, 0],
                    high: [2, 0, 1],
                    mode,
                };
                let inner = &[4, 3, 5][..rank as usize];
                let padded: Vec<usize> = (0..inner.len())
                    .map(|axis| inner[axis] + how.low[axis] + how.high[axis])
                    .collect();
                let y = [&[batch, 2], &padded[..]].concat();
                check(&[random(&[&[batch, 2], inner].concat())], |graph, n| {
                    graph.push(Op::Pad(how), n, &y)
                });
            }
        }
    }
}

const GATHER: Op = Op::Gather {
    skip: None,
    by_frequency: false,
};

#[test]
fn rows_of_tables() {
    for batch in BATCHES {
        let indices = random(&[batch, 4]).fixed().of(&[2.0, 0.0, 2.0, 4.0, 1.0]);
        let y = check(&[random(&[5, 3]), indices], |graph, n| {
            graph.push(GATHER, n, &[batch, 4, 3])
        });
        assert_eq!(y.len(), batch * 12);
    }
    let table = random(&[2, 2]).of(&[1.0, 2.0, 3.0, 4.0]);
    let indices = random(&[3]).of(&[1.0, 0.0, 1.0]);
    let y = value(&[table, indices.clone()], GATHER, &[3, 2]);
    assert_eq!(y, [3.0, 4.0, 1.0, 2.0, 3.0, 4.0]);
    let op = Op::GatherGradient {
        skip: Some(0),
        by_frequency: true,
    };
    let dy = random(&[3, 2]).of(&[1.0, 2.0, 3.0, 4.0, 5.0, 7.0]);
    assert_eq!(value(&[indices, dy], op, &[2, 2]), [0.0, 0.0, 3.0, 4.5]);
}

#[test]
fn elements_by_index() {
    for batch in BATCHES {
        for (axis, size) in [(1, 5), (2, 4)] {
            let y: Vec<usize> = [batch, 5, 4]
                .into_iter()
                .enumerate()
                .filter_map(|(at, size)| (at != axis).then_some(size))
                .collect();
            let axis = axis as u8;
            for ignore in [None, Some(1), Some(-100)] {
                let extra = ignore.map_or(0.0, |index| index as f64);
                let last = f64::from(size - 1);
                let indices = random(&y).fixed().of(&[1.0, 0.0, extra, last, 2.0]);
                check(&[random(&[batch, 5, 4]), indices.clone()], |graph, n| {
                    graph.push(Op::Pick { axis, ignore }, n, &y)
                });
                check(&[indices, random(&y)], |graph, n| {
                    graph.push(Op::PickGradient { axis, ignore }, n, &[batch, 5, 4])
                });
            }
        }
    }
}
