//! Operations with kernels and gradients of their own, written outside the crate.

use crate::nets::{TempFile, bits, numbers};
use crate::training::check;
use netdsl::engine::pool::{parallel_chunks, with_threads};
use netdsl::prelude::*;
use netdsl::shape::{Axis, FaultKind};
use netdsl::train::{MseLoss, Sgd, Trainer};
use netdsl::{Operand, Operation, Output, Status};

/// (x `[…, features]`, frequencies `[features]`) → x + sin²(a·x) / a
/// (Ziyin, Hartwig and Ueda, "Neural Networks Fail to Learn Periodic Functions and How to Fix It", 2020).
struct SnakeOperation;

/// How many elements a thread is given at once.
const CHUNK: usize = 64;

fn sin<E: Element>(x: E) -> E {
    E::from_f64(x.to_f64().sin())
}

impl<E: Element> Operation<E> for SnakeOperation {
    fn forward(&self, inputs: &[Operand<'_, E>], y: Output<'_, E>) {
        let [x, a] = [inputs[0].values, inputs[1].values];
        parallel_chunks(y.values, CHUNK, |chunk, y| {
            for (y, at) in y.iter_mut().zip(chunk * CHUNK..) {
                let (x, a) = (x[at], a[at % a.len()]);
                let wave = sin(a * x);
                *y = x + wave * wave / a;
            }
        });
    }

    fn backward(
        &self,
        operand: usize,
        inputs: &[Operand<'_, E>],
        y: Operand<'_, E>,
        dy: Operand<'_, E>,
        result: Output<'_, E>,
    ) {
        let [x, a] = [inputs[0].values, inputs[1].values];
        let wave = |at: usize| sin((E::ONE + E::ONE) * a[at % a.len()] * x[at]);
        if operand == 0 {
            for (at, dx) in result.values.iter_mut().enumerate() {
                *dx = dy.values[at] * (E::ONE + wave(at));
            }
            return;
        }
        result.values.fill(E::ZERO);
        for at in 0..x.len() {
            // d/da = (x·sin(2ax) − sin²(ax) / a) / a, and y − x = sin²(ax) / a.
            let slope = (x[at] * wave(at) - (y.values[at] - x[at])) / a[at % a.len()];
            result.values[at % a.len()] += dy.values[at] * slope;
        }
    }
}

netdsl::layer! {
    /// A wave of a trained frequency for each feature.
    struct Snake<features> { frequency = 1.0 }
}

impl Snake {
    const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        let features = at.size("features", self.features);
        let start = Init::Constant(at.number("frequency", self.frequency));
        let frequencies = at.parameter("frequency", &[features.dim], start);
        let x = x.expect(-1, features, "features");
        x.custom(&SnakeOperation, &[frequencies], *x.shape())
    }
}

/// x `[…, n]` → `[…, n − 1]`: each element minus the one before it.
struct Differences;

fn width(shape: &[usize]) -> usize {
    shape[shape.len() - 1]
}

impl<E: Element> Operation<E> for Differences {
    fn forward(&self, inputs: &[Operand<'_, E>], y: Output<'_, E>) {
        let (from, to) = (width(inputs[0].shape), width(y.shape));
        let rows = inputs[0].values.chunks(from);
        for (x, y) in rows.zip(y.values.chunks_mut(to)) {
            for i in 0..to {
                y[i] = x[i + 1] - x[i];
            }
        }
    }

    fn backward(
        &self,
        _operand: usize,
        _inputs: &[Operand<'_, E>],
        _y: Operand<'_, E>,
        dy: Operand<'_, E>,
        dx: Output<'_, E>,
    ) {
        dx.values.fill(E::ZERO);
        let (from, to) = (width(dx.shape), width(dy.shape));
        let rows = dx.values.chunks_mut(from);
        for (dx, dy) in rows.zip(dy.values.chunks(to.max(1))) {
            for i in 0..to {
                dx[i] -= dy[i];
                dx[i + 1] += dy[i];
            }
        }
    }
}

netdsl::layer! {
    struct Diff;
}

impl Diff {
    const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        // Of a tensor whose number of axes is not known, the last axes may be.
        let shape = *x.shape();
        if shape.rank() == 0 {
            return x.custom(&Differences, &[], shape);
        }
        let last = shape.axis(shape.rank() - 1);
        let less = match at.known(last.dim) {
            Some(0) => {
                at.fault(FaultKind::Other {
                    message: "takes the differences between elements, but there are none",
                });
                None
            }
            Some(size) => Some(size - 1),
            None => None,
        };
        let dim = at.derived(&[last.dim], less);
        let shape = shape.with_axis(shape.rank() - 1, Axis { dim, ..last });
        x.custom(&Differences, &[], shape)
    }
}

network! {
    /// Everything but the first layer is known to the compiler.
    struct Waves {
        fc: Linear<_, 8>,
        diff: Diff,
        snake: Snake<_>(frequency = 2.0),
        head: Linear<_, 3>,
    }
}

network! {
    struct Waiting {
        snake: Snake<_>,
        head: Linear<_, 2>,
    }
}

#[test]
fn sizes_are_inferred_through_it() {
    let net = network!(Waves, seed = 1).unwrap();
    assert_eq!(net.snake.parameter("frequency").unwrap().shape(), [7]);
    assert_eq!(net.head.weight().shape(), [3, 7]);
    let net = network!(Waiting, seed = 1).unwrap();
    let error = net.snake.get().unwrap_err().to_string();
    assert!(error.contains("`features` of `snake`"), "{error}");
    let row = &net.probe([5]).unwrap().rows[0];
    assert_eq!((row.count, row.status), (5, Status::Bound));
    net.bind([5]).unwrap();
    assert_eq!(net.head.get().unwrap().weight().shape(), [2, 5]);
}

#[test]
fn it_computes_what_its_kernel_says() {
    network! {
        struct Alone {
            snake: Snake<_>(frequency = 2.0),
            diff: Diff,
        }
    }
    let net = network!(Alone).unwrap();
    let x = numbers(&[4, 6, 5]);
    let y = net.forward(&x).unwrap();
    let snake = x.mapv(|x| x + (2.0 * x).sin().powi(2) / 2.0);
    assert_eq!(y.shape(), [4, 6, 4]);
    for ((i, j, k), y) in y
        .view()
        .into_dimensionality::<ndarray::Ix3>()
        .unwrap()
        .indexed_iter()
    {
        let expected = snake[[i, j, k + 1]] - snake[[i, j, k]];
        assert!((y - expected).abs() < 1e-6, "{y} instead of {expected}");
    }
}

#[test]
fn its_gradients_are_those_of_differences() {
    let net = network!(Waves, seed = 3, dtype = f64).unwrap();
    net.bind([5]).unwrap();
    check(net, &[6, 5], &[6, 3]);
}

#[test]
fn it_trains_is_saved_and_does_not_depend_on_threads() {
    let (x, y) = (numbers(&[64, 5]), numbers(&[64, 3]));
    let trained = |threads| {
        with_threads(threads, || {
            let mut net = network!(Waves, seed = 3).unwrap();
            let mut trainer = Trainer::new(MseLoss::default(), Sgd::new(0.05)).unwrap();
            let losses: Vec<f32> = (0..20)
                .map(|_| trainer.step(&mut net, &x, &y).unwrap())
                .collect();
            assert!(losses[19] < losses[0], "{losses:?}");
            net
        })
    };
    let net = trained(1);
    assert_eq!(bits(&net), bits(&trained(3)));
    let file = TempFile::new("operation");
    net.save(&file).unwrap();
    let mut loaded = network!(Waves).unwrap();
    loaded.load(&file).unwrap();
    assert_eq!(net.forward(&x).unwrap(), loaded.forward(&x).unwrap());
}
