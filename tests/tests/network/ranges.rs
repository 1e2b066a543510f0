//! Parts of tensors between sizes, and positions.

use crate::nets::{bits, numbers};
use ndarray::{ArrayD, Axis, Ix2, Ix3, s};
use netdsl::prelude::*;
use netdsl::train::{MseLoss, Sgd, Trainer};

network! {
    struct Parts {}

    fn forward(x: [n, t]) -> ([n, _], [n, _], [n, 2], [_, t], [n, t - 2], [n, _]) {
        (
            x.slice(2, 1..),
            x.slice(2, ..-1),
            x.slice(2, -3..-1),
            x.slice(1, n - 1..n),
            x.slice(-1, 1..t - 1),
            x.slice(2, ..),
        )
    }

    struct From {}

    fn forward(x: [n, t], y: [start]) -> ([n, _], [start]) {
        (x.slice(2, start..), y)
    }

    struct Causal<out> {
        conv: Conv1d<_, out, 3>(padding = 4, dilation = 2),
    }

    fn forward(x: [_, t]) -> [out, t] {
        conv(x).slice(2, ..t)
    }

    struct Sliced {
        stem: Linear<_, 9>,
        fc: Linear<_, 2>,
    }

    fn forward(x: [_]) -> [2] {
        let x = stem(x);
        let mut y = fc(x.slice(1, -3..));
        for i in 0..2 {
            y = y + fc(x.slice(1, i * 3..(i + 1) * 3));
        }
        y
    }

    struct Narrowed {
        stem: Linear<_, 9>,
        fc: Linear<_, 2>,
    }

    fn forward(x: [_]) -> [2] {
        let x = stem(x);
        fc(x.narrow(1, 6, 3)) + fc(x.narrow(1, 0, 3)) + fc(x.narrow(1, 3, 3))
    }

    struct Backwards {
        fc: Linear<7, 5>,
        more: Linear<n, 2>,
    }

    fn forward(x: [n]) -> ([5], [2]) {
        (fc(x.slice(1, 2..-1)), more(x))
    }

    struct Embedded {
        token: Embedding<10, 4>,
        position: Embedding<6, 4>,
    }

    fn forward(tokens: [t]) -> [t, 4] {
        token(tokens) + position(tokens.arange(1))
    }
}

#[test]
fn parts_are_those_of_arrays() {
    let net = network!(Parts).unwrap();
    for t in [3, 7] {
        let x = numbers(&[2, 4, t]).into_dimensionality::<Ix3>().unwrap();
        let (tail, front, two, last, inner, all) = net.forward(&x).unwrap();
        assert_eq!(tail, x.slice(s![.., .., 1..]).to_owned().into_dyn());
        assert_eq!(front, x.slice(s![.., .., ..-1]).to_owned().into_dyn());
        assert_eq!(two, x.slice(s![.., .., -3..-1]).to_owned().into_dyn());
        assert_eq!(last, x.slice(s![.., 3.., ..]).to_owned().into_dyn());
        assert_eq!(inner, x.slice(s![.., .., 1..t - 1]).to_owned().into_dyn());
        assert_eq!(all, x.into_dyn());
    }
    let error = net.forward(numbers(&[2, 4, 2])).unwrap_err().to_string();
    assert!(error.contains("`2 - 3` is no size"), "{error}");
}

#[test]
fn a_range_may_begin_at_a_size() {
    let net = network!(From).unwrap();
    let x = numbers(&[2, 4, 5]).into_dimensionality::<Ix3>().unwrap();
    for start in [0, 2, 5] {
        let (tail, _) = net.forward(&x, numbers(&[2, start])).unwrap();
        assert_eq!(tail, x.slice(s![.., .., start..]).to_owned().into_dyn());
    }
    assert!(net.forward(&x, numbers(&[2, 6])).is_err());
}

#[test]
fn a_causal_convolution_is_cut_to_its_steps() {
    let net = network!(Causal<3>, seed = 2).unwrap();
    let x = numbers(&[2, 4, 9]).into_dimensionality::<Ix3>().unwrap();
    let y = net.forward(&x).unwrap();
    let weight = net.parameter("conv.weight").unwrap();
    let bias = net.parameter("conv.bias").unwrap();
    assert_eq!(y.shape(), [2, 3, 9]);
    for ((b, out, step), &y) in y.into_dimensionality::<Ix3>().unwrap().indexed_iter() {
        let mut sum = f64::from(bias[[out]]);
        for channel in 0..4 {
            for (tap, back) in [(0, 4), (1, 2), (2, 0)] {
                if step >= back {
                    let product = weight[[out, channel, tap]] * x[[b, channel, step - back]];
                    sum += f64::from(product);
                }
            }
        }
        assert!((sum - f64::from(y)).abs() < 1e-5, "{sum} {y}");
    }
    assert_eq!(
        net.forward(numbers(&[1, 4, 30])).unwrap().shape(),
        [1, 3, 30]
    );
}

#[test]
fn gradients_are_those_of_narrow() {
    let (mut sliced, mut narrowed) = (
        network!(Sliced, seed = 4).unwrap(),
        network!(Narrowed, seed = 4).unwrap(),
    );
    let (x, y) = (numbers(&[3, 5]), numbers(&[3, 2]));
    let trainer = || Trainer::new(MseLoss::default(), Sgd::new(0.1)).unwrap();
    let (mut one, mut other) = (trainer(), trainer());
    for _ in 0..3 {
        let loss = one.step(&mut sliced, &x, &y).unwrap();
        assert_eq!(loss, other.step(&mut narrowed, &x, &y).unwrap());
    }
    assert_eq!(bits(&sliced), bits(&narrowed));
}

#[test]
fn the_whole_follows_from_the_part() {
    let net = network!(Backwards).unwrap();
    assert!(net.is_bound());
    assert_eq!(net.parameter("more.weight").unwrap().shape(), [2, 10]);
    assert_eq!(net.forward(numbers(&[3, 10])).unwrap().0.shape(), [3, 5]);
    let error = net.forward(numbers(&[3, 11])).unwrap_err().to_string();
    assert!(error.contains("`fc`") && error.contains("has 8"), "{error}");
}

#[test]
fn positions_are_rows_of_a_learned_table() {
    let mut net = network!(Embedded, seed = 6).unwrap();
    let tokens = ndarray::array![[3.0f32, 0.0, 9.0], [1.0, 1.0, 4.0]];
    let y = net.forward(&tokens).unwrap();
    let table = |net: &Embedded, path| {
        let table = net.parameter(path).unwrap();
        table.to_owned().into_dimensionality::<Ix2>().unwrap()
    };
    let (token, position) = (table(&net, "token.weight"), table(&net, "position.weight"));
    for ((sample, place), &index) in tokens.indexed_iter() {
        let sum = &token.row(index as usize) + &position.row(place);
        let found = y.index_axis(Axis(0), sample);
        assert_eq!(found.index_axis(Axis(0), place), sum.into_dyn());
    }
    let target = ArrayD::<f32>::zeros(vec![2, 3, 4]);
    let mut trainer = Trainer::new(MseLoss::default(), Sgd::new(0.1)).unwrap();
    trainer.step(&mut net, &tokens, &target).unwrap();
    let trained = table(&net, "position.weight");
    for place in 0..6 {
        assert_eq!(trained.row(place) == position.row(place), place >= 3);
    }
    assert_eq!(
        net.forward(numbers(&[1, 6]).mapv(|_| 0.0)).unwrap().shape(),
        [1, 6, 4]
    );
    assert!(net.forward(numbers(&[1, 7]).mapv(|_| 0.0)).is_err());
}
