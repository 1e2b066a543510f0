//! Pools and resampling.

use crate::harness::{BATCHES, check, random, value};
use netdsl::engine::kernel::binary::Binary;
use netdsl::engine::kernel::resample::Resample;
use netdsl::engine::kernel::unary::Unary;
use netdsl::graph::Op;
use netdsl::graph::op::{Pooling, Reduction, Resampling};
use netdsl::shape::rule::Window;

fn poolings() -> Vec<(Pooling, Vec<usize>)> {
    let window = |kernel, stride, pad, dilation| Window {
        kernel,
        stride,
        low: pad,
        high: pad,
        dilation,
    };
    let pooling = |rank, a: Window, b: Window| Pooling {
        rank,
        windows: [a, b, b],
        count_include_pad: true,
        divisor: None,
    };
    vec![
        (pooling(1, window(3, 2, 1, 1), window(1, 1, 0, 1)), vec![7]),
        (
            pooling(2, window(2, 2, 0, 1), window(2, 2, 0, 1)),
            vec![6, 7],
        ),
        (
            pooling(2, window(2, 1, 1, 1), window(3, 2, 1, 1)),
            vec![4, 6],
        ),
        (
            pooling(3, window(2, 1, 0, 1), window(2, 2, 1, 1)),
            vec![3, 4, 3],
        ),
    ]
}

fn output(how: &Pooling, sizes: &[usize]) -> Vec<usize> {
    let windows = how.windows.iter().zip(sizes);
    windows
        .map(|(window, &size)| window.output(size).unwrap())
        .collect()
}

#[test]
fn pools() {
    for batch in BATCHES {
        for (how, sizes) in poolings() {
            let x = [&[batch, 2][..], &sizes].concat();
            let y = [&[batch, 2][..], &output(&how, &sizes)].concat();
            let inside = Pooling {
                count_include_pad: false,
                ..how
            };
            let divided = Pooling {
                divisor: Some(3),
                ..how
            };
            for op in [
                Op::MaxPool(how),
                Op::AvgPool(how),
                Op::AvgPool(inside),
                Op::AvgPool(divided),
            ] {
                check(&[random(&x)], |graph, n| graph.push(op, n, &y));
            }
            check(&[random(&y)], |graph, n| {
                graph.push(Op::AvgPoolGradient(inside), n, &x)
            });
        }
    }
}

/// The rectifier's gradient is taken after the pool's.
#[test]
fn pools_of_rectified_numbers() {
    let relu = Op::Unary(Unary::Relu);
    for batch in BATCHES {
        for (how, sizes) in poolings() {
            let x = [&[batch, 2][..], &sizes].concat();
            let y = [&[batch, 2][..], &output(&how, &sizes)].concat();
            // Low enough that some windows have nothing above 0.
            let operand = random(&x).map(|x| x - 0.6);
            check(std::slice::from_ref(&operand), |graph, n| {
                let rectified = graph.push(relu, n, &x);
                graph.push(Op::MaxPool(how), &[rectified], &y)
            });
            // Read by others as well.
            check(&[operand], |graph, n| {
                let rectified = graph.push(relu, n, &x);
                let pooled = graph.push(Op::MaxPool(how), &[rectified], &y);
                let mean = graph.push(Op::Reduce(Reduction::Mean, 1), &[rectified], &x[1..]);
                let sums = [2]
                    .into_iter()
                    .chain(vec![1; sizes.len()])
                    .collect::<Vec<_>>();
                let mean = graph.push(Op::SumTo, &[mean], &sums);
                graph.push(Op::Binary(Binary::Mul), &[pooled, mean], &y)
            });
        }
    }
}

#[test]
fn adaptive_pools() {
    for batch in BATCHES {
        for (input, output) in [
            (&[7][..], &[3][..]),
            (&[4, 6], &[2, 3]),
            (&[5, 3, 4], &[1, 2, 4]),
        ] {
            let rank = input.len() as u8;
            let x = [&[batch, 2], input].concat();
            let y = [&[batch, 2], output].concat();
            for op in [Op::AdaptiveAvgPool(rank), Op::AdaptiveMaxPool(rank)] {
                check(&[random(&x)], |graph, n| graph.push(op, n, &y));
            }
            check(&[random(&y)], |graph, n| {
                graph.push(Op::AdaptiveAvgPoolGradient(rank), n, &x)
            });
        }
    }
}

#[test]
fn places_of_maxima() {
    let x = random(&[1, 1, 2, 4]).of(&[1.0, 5.0, 2.0, 2.0, 3.0, 4.0, 0.0, 9.0]);
    let window = Window {
        kernel: 2,
        stride: 2,
        low: 0,
        high: 0,
        dilation: 1,
    };
    let how = Pooling {
        rank: 2,
        windows: [window; 3],
        count_include_pad: true,
        divisor: None,
    };
    for op in [Op::MaxPoolIndices(how), Op::AdaptiveMaxPoolIndices(2)] {
        assert_eq!(
            value(std::slice::from_ref(&x), op, &[1, 1, 1, 2]),
            [1.0, 7.0]
        );
    }
}

#[test]
fn resampling() {
    for batch in BATCHES {
        for (input, output, scales) in [
            (&[5][..], &[8][..], [None; 3]),
            (&[3, 4], &[6, 8], [Some(2.0), Some(2.0), None]),
            (&[4, 5], &[3, 9], [None; 3]),
            (&[2, 3, 2], &[3, 5, 4], [Some(1.6), Some(1.7), Some(2.2)]),
        ] {
            let x = [&[batch, 2], input].concat();
            let y = [&[batch, 2], output].concat();
            for mode in [
                Resample::Nearest,
                Resample::NearestExact,
                Resample::Linear {
                    align_corners: false,
                },
                Resample::Linear {
                    align_corners: true,
                },
                Resample::Cubic {
                    align_corners: false,
                },
                Resample::Cubic {
                    align_corners: true,
                },
            ] {
                let how = Resampling {
                    rank: input.len() as u8,
                    mode,
                    scales,
                };
                check(&[random(&x)], |graph, n| {
                    graph.push(Op::Resample(how), n, &y)
                });
                check(&[random(&y)], |graph, n| {
                    graph.push(Op::ResampleGradient(how), n, &x)
                });
            }
        }
    }
}
