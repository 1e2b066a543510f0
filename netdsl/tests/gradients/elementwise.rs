//! Operations on single elements, and broadcasting.

use crate::harness::{BATCHES, check, random};
use netdsl::engine::kernel::binary::Binary;
use netdsl::engine::kernel::unary::Unary;
use netdsl::graph::Op;

#[test]
fn functions_of_one_element() {
    let near = [
        Unary::Neg,
        Unary::Abs,
        Unary::Square,
        Unary::Exp,
        Unary::Expm1,
        Unary::Sin,
        Unary::Cos,
        Unary::Scale(-1.7),
        Unary::Shift(0.3),
        Unary::Clamp {
            min: -0.5,
            max: 0.4,
        },
        Unary::Relu,
        Unary::LeakyRelu(0.1),
        Unary::LeakyRelu(-0.1),
        Unary::Relu6,
        Unary::Elu(1.3),
        Unary::Elu(-1.3),
        Unary::Selu,
        Unary::Celu(0.7),
        Unary::Gelu,
        Unary::GeluTanh,
        Unary::Silu,
        Unary::Mish,
        Unary::Sigmoid,
        Unary::LogSigmoid,
        Unary::Tanh,
        Unary::Tanhshrink,
        Unary::Softplus {
            beta: 2.0,
            threshold: 1.0,
        },
        Unary::Softsign,
        Unary::Softshrink(0.3),
        Unary::Hardshrink(0.3),
        Unary::Hardtanh {
            min: -0.5,
            max: 0.4,
        },
        Unary::Hardsigmoid,
        Unary::Hardswish,
        Unary::Threshold {
            threshold: 0.1,
            value: 3.0,
        },
        Unary::Sign,
        Unary::Step,
    ];
    for batch in BATCHES {
        for function in near {
            check(&[random(&[batch, 7])], |graph, x| {
                graph.push(Op::Unary(function), x, &[batch, 7])
            });
        }
        let positive = [
            Unary::Sqrt,
            Unary::Rsqrt,
            Unary::Recip,
            Unary::Log,
            Unary::Log1p,
            Unary::Powf(1.7),
            Unary::Powf(-2.0),
        ];
        for function in positive {
            check(&[random(&[batch, 7]).map(|x| x + 1.5)], |graph, x| {
                graph.push(Op::Unary(function), x, &[batch, 7])
            });
        }
    }
}

/// Second derivatives where the first are linear in the gradient.
#[test]
fn gradients_of_gradients() {
    let operands = [random(&[5]).fixed(), random(&[5])];
    for function in [
        Unary::Tanh,
        Unary::Gelu,
        Unary::Elu(-1.0),
        Unary::Scale(2.0),
    ] {
        check(&operands, |graph, n| {
            let y = graph.push(Op::Unary(function), &[n[0]], &[5]);
            graph.push(Op::UnaryGradient(function), &[n[0], y, n[1]], &[5])
        });
    }
}

#[test]
fn functions_of_two_elements_broadcast() {
    use Binary::{Add, Div, Max, Min, Mul, Pow, Sub};
    for batch in BATCHES {
        let y = [batch, 3, 5];
        let shapes: [(&[usize], &[usize]); 8] = [
            (&y, &y),
            (&y, &[5]),
            (&[3, 1], &y),
            (&[batch, 1, 5], &[3, 1]),
            (&[], &y),
            (&y, &[1]),
            (&[batch, 1, 1], &[1, 3, 5]),
            (&[batch, 3, 1], &[batch, 1, 5]),
        ];
        for (a, b) in shapes {
            for function in [Add, Sub, Mul, Div, Max, Min, Pow] {
                let a = random(a).map(|x| x + 1.3);
                let b = random(b).map(|x| 1.1 - 0.9 * x);
                check(&[a, b], |graph, n| graph.push(Op::Binary(function), n, &y));
            }
        }
    }
}

#[test]
fn comparisons_stop_gradients() {
    use Binary::{Equal, Greater, GreaterEqual, Less, LessEqual, NotEqual};
    for function in [Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual] {
        let operands = [random(&[4, 3]), random(&[3]).fixed()];
        check(&operands, |graph, n| {
            let truth = graph.push(Op::Binary(function), n, &[4, 3]);
            graph.push(Op::Binary(Binary::Mul), &[truth, n[0]], &[4, 3])
        });
    }
}

#[test]
fn equal_operands_share_the_gradient() {
    use netdsl::engine::Program;
    use netdsl::graph::{Graph, gradients};
    for function in [Binary::Max, Binary::Min] {
        let mut graph = Graph::default();
        let a = graph.push(Op::Parameter(0), &[], &[2]);
        let b = graph.push(Op::Parameter(1), &[], &[2]);
        let y = graph.push(Op::Binary(function), &[a, b], &[2]);
        let seed = graph.push(Op::Constant(1.0), &[], &[2]);
        let found = gradients(&mut graph, &[(y, seed)], &[a, b]);
        let outputs: Vec<usize> = found.into_iter().flatten().collect();
        let mut program = Program::<f64>::compile(&graph, &outputs).unwrap();
        program
            .run(&[], &[&[1.0, 2.0], &[1.0, 3.0]], (0, 0))
            .unwrap();
        let second = f64::from(u8::from(function == Binary::Min));
        assert_eq!(program.output(0), [0.5, second]);
        assert_eq!(program.output(1), [0.5, 1.0 - second]);
    }
}

/// Where powers have no derivative, that of `torch.pow`.
#[test]
fn powers_at_zero() {
    use netdsl::engine::Program;
    use netdsl::graph::{Graph, gradients};
    let mut graph = Graph::default();
    let a = graph.push(Op::Parameter(0), &[], &[3]);
    let b = graph.push(Op::Parameter(1), &[], &[3]);
    let y = graph.push(Op::Binary(Binary::Pow), &[a, b], &[3]);
    let seed = graph.push(Op::Constant(1.0), &[], &[3]);
    let found = gradients(&mut graph, &[(y, seed)], &[a, b]);
    let outputs: Vec<usize> = found.into_iter().flatten().collect();
    let mut program = Program::<f64>::compile(&graph, &outputs).unwrap();
    let (base, exponent) = ([0.0, 0.0, 2.0], [0.0, 2.0, 3.0]);
    program.run(&[], &[&base, &exponent], (0, 0)).unwrap();
    assert_eq!(program.output(0), [0.0, 0.0, 12.0]);
    assert_eq!(program.output(1), [0.0, 0.0, 8.0 * 2f64.ln()]);
}

#[test]
fn selections_broadcast() {
    for batch in BATCHES {
        let condition = random(&[batch, 1, 5]).fixed().of(&[1.0, 0.0, 0.0, 2.0]);
        let operands = [condition, random(&[3, 1]), random(&[batch, 3, 5])];
        check(&operands, |graph, n| {
            graph.push(Op::Select, n, &[batch, 3, 5])
        });
        let condition = random(&[]).fixed().of(&[f64::from(batch as u32 % 2)]);
        let operands = [condition, random(&[batch, 3]), random(&[])];
        // Only one of the two is selected, yet both get a gradient.
        check(&operands, |graph, n| graph.push(Op::Select, n, &[batch, 3]));
    }
}

#[test]
fn broadcasting_and_summing() {
    for batch in BATCHES {
        for shape in [&[3, 1][..], &[5], &[], &[batch, 1, 5], &[1, 3, 1]] {
            check(&[random(shape)], |graph, n| {
                graph.push(Op::Broadcast, n, &[batch, 3, 5])
            });
            check(&[random(&[batch, 3, 5])], |graph, n| {
                graph.push(Op::SumTo, n, shape)
            });
        }
    }
}
