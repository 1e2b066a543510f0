//! Sizes as numbers that tensors are computed with.

use crate::nets::numbers;
use crate::training::check;
use ndarray::Axis;
use netdsl::prelude::*;
use netdsl::train::{MseLoss, Sgd, Trainer};

network! {
    /// Attention of one head, without a softmax.
    struct Scores<d> {
        q: Linear<_, d>,
        k: Linear<_, d>,
    }

    fn forward(x: [_, _]) -> [_, _] {
        q(x).matmul(k(x).transpose(1, 2)) / d.sqrt()
    }
}

network! {
    /// The mean over steps, by hand, and all that operators can do with a size.
    struct Mean {}

    fn forward(x: [steps, width]) -> [width] {
        let mean = x.sum(1) / steps;
        let mut y = (2 * steps - 1) * mean + (steps * 2 + 3.0) - mean / (steps / 2.0);
        y -= -steps;
        (steps - y) + steps / (y * y + 1.0)
    }
}

network! {
    /// A size that no tensor has.
    struct Times<factor> {
        fc: Linear<3, 3>,
    }

    fn forward(x: [_]) -> [_] {
        fc(x) * factor
    }

    struct Around<factor> {
        inner: Times<factor>,
        twice: Times<{ 2 * factor }>,
    }
}

#[test]
fn a_size_scales_whenever_it_is_known() {
    let x = numbers(&[2, 5, 3]);
    // Written, and from a file: the graph is made when it is known.
    let (written, open) = (
        network!(Scores<4>, seed = 1).unwrap(),
        network!(Scores<_>, seed = 2).unwrap(),
    );
    let scores = written.forward(&x).unwrap();
    let file = crate::nets::TempFile::new("scalars");
    written.save(&file).unwrap();
    let mut open = open;
    open.load(&file).unwrap();
    assert_eq!(open.forward(&x).unwrap(), scores);
    let rows = |layer: &str, sample: usize| {
        let value = |name: &str| written.parameter(&format!("{layer}.{name}")).unwrap();
        let weight = value("weight").into_dimensionality::<ndarray::Ix2>();
        let bias = value("bias").into_dimensionality::<ndarray::Ix1>();
        let x = x.index_axis(Axis(0), sample);
        let x = x.into_dimensionality::<ndarray::Ix2>().unwrap();
        x.dot(&weight.unwrap().t()) + bias.unwrap()
    };
    for sample in 0..2 {
        let expected = rows("q", sample).dot(&rows("k", sample).t()) / 2.0;
        let error = &scores.index_axis(Axis(0), sample) - &expected;
        assert!(error.iter().all(|error| error.abs() < 1e-6), "{error}");
    }
    check(
        network!(Scores<3>, seed = 1, dtype = f64).unwrap(),
        &[2, 4, 3],
        &[2, 4, 4],
    );
}

#[test]
fn a_size_of_the_input_is_that_of_each_input() {
    let net = network!(Mean).unwrap();
    for steps in [1, 4, 7] {
        let x = numbers(&[2, steps, 3]);
        let mean = x.mean_axis(Axis(1)).unwrap();
        let n = steps as f32;
        let y = (2.0 * n - 1.0) * &mean + (2.0 * n + 3.0) - &mean / (n / 2.0) + n;
        let expected = n - &y + n / (&y * &y + 1.0);
        let error = net.forward(&x).unwrap() - expected;
        assert!(error.iter().all(|error| error.abs() < 1e-4), "{error}");
    }
}

#[test]
fn a_size_that_nothing_tells_is_an_error() {
    let mut net = network!(Times<_>, seed = 1).unwrap();
    let x = numbers(&[2, 3]);
    let mut trainer = Trainer::new(MseLoss::default(), Sgd::new(0.1)).unwrap();
    for error in [
        net.forward(&x).unwrap_err(),
        trainer.step(&mut net, &x, &x).unwrap_err(),
    ] {
        assert_eq!(
            error.to_string(),
            "`factor` is computed with, and nothing tells it\n  = help: give a number for it where the network is built"
        );
    }
    let net = network!(Around<3>, seed = 1).unwrap();
    let alone = network!(Times<6>, seed = 1).unwrap();
    let y = net.inner.forward(&x).unwrap();
    let mut twice = alone.clone();
    for name in ["fc.weight", "fc.bias"] {
        let value = net.parameter(&format!("twice.{name}")).unwrap().to_owned();
        twice.set_parameter(name, value).unwrap();
    }
    assert_eq!(net.forward(&x).unwrap(), twice.forward(&y).unwrap());
}

const WIDTH: usize = 16;

network! {
    struct Roots<const D: usize> {
        fc: Linear<4, 6>(bias = false),
    }

    fn forward(x: [4]) -> [6] {
        fc(x) / D.sqrt() * WIDTH.sqrt() - 2.0 / WIDTH.sqrt()
    }
}

network! {
    struct WrittenRoots {}

    fn forward(x: [1]) -> [6] {
        let [whole, fraction, within] = [16.sqrt(), 6.25.sqrt(), (0x24_u8).sqrt()];
        let parts = [x / whole, x * fraction, x - within, -1.0 / 4f32.sqrt() * x];
        let [a, b, c, d] = parts;
        cat([a, b, c, d, x * (0.0625).sqrt(), x + -100.sqrt()], 1)
    }
}

#[test]
fn roots_of_numbers_are_numbers() {
    let net = network!(WrittenRoots).unwrap();
    let y = net.forward(ndarray::array![[8.0]]).unwrap();
    let expected = ndarray::array![[8.0 / 4.0, 8.0 * 2.5, 8.0 - 6.0, -4.0, 2.0, -2.0]];
    assert_eq!(y, expected.into_dyn());
}

#[test]
fn roots_of_constants_are_numbers() {
    let mut net = network!(Roots::<9>).unwrap();
    net.initialize("*", Init::Ones).unwrap();
    let y = net.forward(ndarray::array![[1.0, 2.0, 3.0, 3.0]]).unwrap();
    // 9 / 3 · 4 − 2 / 4
    assert_eq!(y, ndarray::array![[11.5; 6]].into_dyn());
}

const STEPS: usize = 3;

network! {
    struct Last<const T: usize> {}

    fn forward(x: [T, 4]) -> [4] {
        let ones = (2 - 1) * x * (1 - 0);
        ones.select_index(1, T as i64 - 1) * (T as i64) - T as i64
    }

    struct First {}

    fn forward(x: [STEPS, 4]) -> [4] {
        x.select_index(1, -2 * (STEPS as i64 - 1) / 4 - (STEPS as i64 - 1))
    }
}

#[test]
fn places_are_computed_from_constants() {
    let x = numbers(&[2, STEPS, 4]);
    let step = |t: usize| x.index_axis(Axis(1), t).to_owned();
    let last = network!(Last::<STEPS>).unwrap();
    assert_eq!(last.forward(&x).unwrap(), step(2) * 3.0 - 3.0);
    let first = network!(First).unwrap();
    assert_eq!(first.forward(&x).unwrap(), step(0));
}
