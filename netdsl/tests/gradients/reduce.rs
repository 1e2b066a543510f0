//! Reductions, softmax and normalisation.

use crate::harness::{BATCHES, check, random, value};
use netdsl::engine::Program;
use netdsl::graph::op::{Reduction, Statistics};
use netdsl::graph::{Graph, Op, gradients};

#[test]
fn reductions() {
    use Reduction::{Max, Mean, Min, Sum};
    for batch in BATCHES {
        let sizes = [batch, 3, 5];
        for axes in 0u8..8 {
            for how in [Sum, Mean, Max, Min] {
                let goes = |axis: usize| axes >> axis & 1 == 1;
                let kept = |keep: bool| -> Vec<usize> {
                    let axes = (0..3).filter(|&axis| keep || !goes(axis));
                    axes.map(|axis| if goes(axis) { 1 } else { sizes[axis] })
                        .collect()
                };
                for keep in [false, true] {
                    check(&[random(&sizes)], |graph, n| {
                        graph.push(Op::Reduce(how, axes), n, &kept(keep))
                    });
                }
            }
        }
    }
}

#[test]
fn equal_extremes_share_the_gradient() {
    let mut graph = Graph::default();
    let x = graph.push(Op::Parameter(0), &[], &[2, 3]);
    let y = graph.push(Op::Reduce(Reduction::Max, 0b10), &[x], &[2]);
    let seed = graph.push(Op::Constant(1.0), &[], &[2]);
    let found = gradients(&mut graph, &[(y, seed)], &[x]);
    let mut program = Program::<f64>::compile(&graph, &[found[0].unwrap()]).unwrap();
    let values = [3.0, 3.0, 1.0, 0.0, 2.0, -1.0];
    program.run(&[], &[&values], (0, 0)).unwrap();
    assert_eq!(program.output(0), [0.5, 0.5, 0.0, 0.0, 1.0, 0.0]);
}

#[test]
fn softmax() {
    for batch in BATCHES {
        for axis in 0..3 {
            for op in [Op::Softmax(axis), Op::LogSoftmax(axis)] {
                check(&[random(&[batch, 3, 5])], |graph, n| {
                    graph.push(op, n, &[batch, 3, 5])
                });
            }
        }
    }
}

const NORMS: [(u8, u8, bool); 6] = [
    (1, 2, false),
    (0, 1, false),
    (0, 2, false),
    (0, 2, true),
    (0, 1, true),
    (1, 2, true),
];

#[test]
fn normalisation_through_its_moments() {
    for batch in BATCHES {
        for (first, end, rms) in NORMS {
            for last in [4, 1] {
                let sizes = [batch, 3, last];
                let groups = sizes[first as usize..end as usize].iter().product();
                let how = Statistics {
                    first,
                    end,
                    eps: 0.1,
                    rms,
                };
                check(&[random(&sizes)], |graph, n| {
                    let moments = graph.push(Op::Moments(how), n, &[2, groups]);
                    graph.push(Op::Normalize(how), &[n[0], moments], &sizes)
                });
            }
        }
    }
}

#[test]
fn normalisation_by_constant_moments() {
    for batch in BATCHES {
        for (first, end, rms) in NORMS {
            let sizes = [batch, 3, 4];
            let groups = &sizes[first as usize..end as usize];
            let how = Statistics {
                first,
                end,
                eps: 0.1,
                rms,
            };
            let moments = random(&[&[2], groups].concat()).map(f64::abs).fixed();
            check(&[random(&sizes), moments], |graph, n| {
                graph.push(Op::Normalize(how), n, &sizes)
            });
        }
    }
}

/// Shapes of weights: for the channels of axis 1, for the last axes, for all, for one.
const WEIGHTS: [&[usize]; 5] = [&[3, 1], &[4], &[3, 4], &[1], &[1, 3, 4]];

#[test]
fn normalisation_with_weights() {
    for batch in [2, 1, 3] {
        for (first, end, rms) in NORMS {
            let sizes = [batch, 3, 4];
            let groups = &sizes[first as usize..end as usize];
            let how = Statistics {
                first,
                end,
                eps: 0.1,
                rms,
            };
            for shape in WEIGHTS {
                for biased in [true, false] {
                    let mut leaves = vec![random(&sizes), random(shape)];
                    leaves.extend(biased.then(|| random(shape)));
                    check(&leaves, |graph, n| {
                        let pair = [2, groups.iter().product()];
                        let moments = graph.push(Op::Moments(how), &n[..1], &pair);
                        let operands = [&[n[0], moments], &n[1..]].concat();
                        graph.push(Op::Normalize(how), &operands, &sizes)
                    });
                    let moments = random(&[&[2], groups].concat()).map(f64::abs).fixed();
                    leaves.push(moments);
                    check(&leaves, |graph, n| {
                        let (&moments, rest) = n.split_last().unwrap();
                        let operands = [&[rest[0], moments], &rest[1..]].concat();
                        graph.push(Op::Normalize(how), &operands, &sizes)
                    });
                }
            }
        }
    }
}

#[test]
fn moments_by_hand() {
    let x = random(&[2, 2]).of(&[1.0, 10.0, 3.0, 20.0]);
    let how = |rms| Statistics {
        first: 1,
        end: 2,
        eps: 0.0,
        rms,
    };
    let found = value(std::slice::from_ref(&x), Op::Moments(how(false)), &[2, 2]);
    assert_eq!(found, [2.0, 15.0, 1.0, 25.0]);
    let found = value(&[x], Op::Moments(how(true)), &[2, 2]);
    assert_eq!(found, [0.0, 0.0, 5.0, 250.0]);
}
