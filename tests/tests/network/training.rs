//! Gradients against finite differences, and what training mode changes.

use ndarray::{ArrayD, IxDyn};
use netdsl::prelude::*;
use netdsl::train::{IntoLoss, Loss, MseLoss, Sgd, Trainer};

network! {
    struct Everything {
        conv: Conv2d<_, 3, 3>(padding = 1),
        norm1: BatchNorm2d<_>,
        fc1: Linear<_, 5>,
        norm2: BatchNorm1d<_>,
        drop: Dropout(p = 0.3),
        norm3: LayerNorm<_>,
        fc2: Linear<_, 2>,
    }

    fn forward(image: [_, _, _]) -> [2] {
        let x = norm1(conv(image)).tanh();
        let x = (x + x.sigmoid()).avg_pool2d(2).flatten();
        let x = drop(norm2(fc1(x)).silu());
        fc2(norm3(x)) * x.mean(-1).unsqueeze(-1)
    }
}

network! {
    struct Tied {
        encode: Linear<_, 3>,
        shared: Linear<3, 3>,
        decode: Linear<3, _>,
    }

    fn forward(x: [n]) -> [n] {
        let h = shared(encode(x).tanh());
        decode(shared(h.gelu()) + h)
    }
}

network! {
    struct Images {
        conv1: Conv2d<_, 4, 3>(stride = 2, padding = 1, groups = 1),
        conv2: Conv2d<_, 4, 3>(padding = 2, dilation = 2, groups = 2, bias = false),
        pool: MaxPool2d<2>(ceil_mode = true),
        head: Linear<_, 2>,
    }

    fn forward(image: [_, _, _]) -> [2] {
        let x = conv1(image).softplus();
        let x = cat([conv2(x), x], 1);
        head(pool(x).adaptive_avg_pool2d(1).flatten()).log_softmax(-1)
    }
}

fn numbers(shape: &[usize], seed: u32) -> ArrayD<f64> {
    let mut state = seed;
    ArrayD::from_shape_simple_fn(shape, || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state >> 8) / f64::from(1 << 23) - 1.0
    })
}

/// Holds the gradient of every parameter against central differences of the mean squared error.
pub(crate) fn check<N: Network<f64>>(net: N, x: &[usize], y: &[usize]) {
    check_with(MseLoss::default(), net, x, y);
}

/// Holds the gradient of every parameter against central differences of a loss.
pub(crate) fn check_with<N: Network<f64>, Kind>(
    loss: impl IntoLoss<Kind>,
    mut net: N,
    x: &[usize],
    y: &[usize],
) {
    let (x, y) = (numbers(x, 1), numbers(y, 2));
    let mut trainer = Trainer::new(loss, Sgd::new(0.1)).unwrap();
    let (loss, gradients) = trainer.gradients(&mut net, &[&x], &[&y]).unwrap();
    assert!(loss.is_finite() && loss > 0.0);
    let trained = net.parameters().iter().filter(|info| !info.buffer).count();
    assert_eq!(gradients.len(), trained);
    for (path, gradient) in gradients {
        let value = net.parameter(&path).unwrap().to_owned();
        assert_eq!(gradient.shape(), value.shape(), "{path}");
        for at in 0..value.len().min(40) {
            let mut loss_at = |step: f64| {
                let mut moved = value.clone();
                moved.as_slice_mut().unwrap()[at] += step;
                net.set_parameter(&path, moved).unwrap();
                trainer.gradients(&mut net, &[&x], &[&y]).unwrap().0
            };
            let step = 1e-5;
            let expected = (loss_at(step) - loss_at(-step)) / (2.0 * step);
            let found = gradient.as_slice().unwrap()[at];
            assert!(
                (found - expected).abs() <= 1e-7 + 1e-5 * expected.abs(),
                "{path}[{at}]: {found}, by differences {expected}"
            );
        }
        net.set_parameter(&path, value).unwrap();
    }
}

#[test]
fn gradients_through_normalisation_and_dropout() {
    check(
        network!(Everything, seed = 1, dtype = f64).unwrap(),
        &[4, 2, 5, 4],
        &[4, 2],
    );
}

network! {
    /// Softmaxes of multiples, some of which are read elsewhere as well.
    struct Attentive {
        fc: Linear<_, 5>,
    }

    fn forward(x: [_]) -> [5] {
        let low = fc(x).scale(-0.5);
        let weights = low.softmax(-1) * low + low.scale(3.0).softmax(-1);
        weights.scale(7.0).softmax(-1)
    }
}

#[test]
fn a_softmax_takes_in_the_scale_of_its_argument() {
    let net = network!(Attentive, seed = 5, dtype = f64).unwrap();
    let x = numbers(&[3, 4], 1);
    let y = net.forward(&x).unwrap();
    let (weight, bias) = (
        net.parameter("fc.weight").unwrap(),
        net.parameter("fc.bias").unwrap(),
    );
    let softmax = |x: [f64; 5]| {
        let powers = x.map(f64::exp);
        powers.map(|power| power / powers.iter().sum::<f64>())
    };
    for row in 0..3 {
        let low: [f64; 5] = std::array::from_fn(|i| {
            let terms = (0..4).map(|j| x[[row, j]] * weight[[i, j]]);
            -0.5 * (terms.sum::<f64>() + bias[i])
        });
        let (first, second) = (softmax(low), softmax(low.map(|x| 3.0 * x)));
        let want = softmax(std::array::from_fn(|i| {
            7.0 * (first[i] * low[i] + second[i])
        }));
        for i in 0..5 {
            assert!((y[[row, i]] - want[i]).abs() < 1e-12);
        }
    }
    check(net, &[3, 4], &[3, 5]);
}

#[test]
fn gradients_through_tied_layers() {
    check(
        network!(Tied, seed = 2, dtype = f64).unwrap(),
        &[3, 4],
        &[3, 4],
    );
    check(
        network!(Tied, seed = 2, dtype = f64).unwrap(),
        &[1, 7],
        &[1, 7],
    );
}

#[test]
fn gradients_through_convolutions() {
    check(
        network!(Images, seed = 3, dtype = f64).unwrap(),
        &[2, 3, 7, 9],
        &[2, 2],
    );
    check(
        network!(Images, seed = 3, dtype = f64).unwrap(),
        &[1, 1, 6, 5],
        &[1, 2],
    );
}

#[test]
fn asking_for_gradients_changes_nothing() {
    let mut net = network!(Everything, dtype = f64).unwrap();
    net.bind([2, 5, 4]).unwrap();
    let all = |net: &Everything<f64>| -> Vec<ArrayD<f64>> {
        net.parameters()
            .iter()
            .map(|info| net.parameter(&info.path).unwrap().to_owned())
            .collect()
    };
    let before = all(&net);
    let mut trainer = Trainer::new(MseLoss::default(), Sgd::new(0.1)).unwrap();
    trainer
        .gradients(
            &mut net,
            &[&numbers(&[4, 2, 5, 4], 1)],
            &[&numbers(&[4, 2], 2)],
        )
        .unwrap();
    assert_eq!(all(&net), before);
}

network! {
    struct Normed {
        norm: BatchNorm1d<_>,
    }

    struct Dropped {
        drop: Dropout(p = 0.25),
    }
}

#[test]
fn batch_norm_by_hand() {
    let mut net = network!(Normed, dtype = f64).unwrap();
    let x = ArrayD::from_shape_vec(
        IxDyn(&[4, 2]),
        vec![1.0, 10.0, 2.0, 10.0, 3.0, 20.0, 6.0, 40.0],
    )
    .unwrap();
    // Evaluation: mean 0 and variance 1, nothing changes.
    let y = net.forward(&x).unwrap();
    assert!(
        y.iter()
            .zip(&x)
            .all(|(y, x)| (y - x / (1.0f64 + 1e-5).sqrt()).abs() < 1e-12)
    );
    assert_eq!(net.parameter("norm.num_batches_tracked").unwrap()[[]], 0.0);
    // Training: means 3 and 20, variances 14/4 and 600/4, of samples 14/3 and 600/3.
    let mut trainer = Trainer::new(MseLoss::default(), Sgd::new(0.0)).unwrap();
    let target = ArrayD::zeros(IxDyn(&[4, 2]));
    let loss = trainer.step(&mut net, &x, &target).unwrap();
    let expected = (3.5 / (3.5 + 1e-5) + 150.0 / (150.0 + 1e-5)) / 2.0;
    assert!((loss - expected).abs() < 1e-12, "{loss}");
    let near = |path: &str, expected: [f64; 2]| {
        let found = net.parameter(path).unwrap();
        assert!(
            found
                .iter()
                .zip(expected)
                .all(|(a, b)| (a - b).abs() < 1e-12),
            "{path}: {found}"
        );
    };
    near("norm.running_mean", [0.3, 2.0]);
    near(
        "norm.running_var",
        [0.9 + 0.1 * 14.0 / 3.0, 0.9 + 0.1 * 200.0],
    );
    assert_eq!(net.parameter("norm.num_batches_tracked").unwrap()[[]], 1.0);
    // Evaluation goes by them, also for a batch of one.
    let y = net.forward(x.slice(ndarray::s![0..1, ..])).unwrap();
    assert!((y[[0, 0]] - 0.7 / (0.9f64 + 1.4 / 3.0 + 1e-5).sqrt()).abs() < 1e-12);
    assert_eq!(net.parameter("norm.num_batches_tracked").unwrap()[[]], 1.0);
    // Training with one value a channel cannot be.
    let one = numbers(&[1, 2], 3);
    let error = trainer.step(&mut net, &one, &one).unwrap_err().to_string();
    assert!(
        error.contains("`norm`") && error.contains("at least 2"),
        "{error}"
    );
}

#[test]
fn dropout_is_for_training() {
    let mut net = network!(Dropped, seed = 1, dtype = f64).unwrap();
    let x = ArrayD::ones(IxDyn(&[100, 100]));
    assert_eq!(net.forward(&x).unwrap(), x);
    // Three in four are 4/3: the mean of the squares is 4/3. Each step drops others.
    let mut trainer = Trainer::new(MseLoss::default(), Sgd::new(0.1)).unwrap();
    let zeros = ArrayD::zeros(IxDyn(&[100, 100]));
    let losses: Vec<f64> = (0..3)
        .map(|_| trainer.step(&mut net, &x, &zeros).unwrap())
        .collect();
    for loss in &losses {
        assert!((loss - 4.0 / 3.0).abs() < 0.04, "{loss}");
        let kept = loss * 1e4 / (16.0 / 9.0);
        assert!(
            (kept - kept.round()).abs() < 1e-6,
            "a whole number of ones was kept, not {kept}"
        );
    }
    assert!(losses[0] != losses[1] || losses[1] != losses[2]);
    assert_eq!(net.forward(&x).unwrap(), x);
}

#[test]
fn a_target_of_another_shape_is_no_target() {
    let mut net = network!(Everything, dtype = f64).unwrap();
    let mut trainer = Trainer::new(MseLoss::default(), Sgd::new(0.1)).unwrap();
    let error = trainer
        .step(&mut net, numbers(&[4, 2, 5, 4], 1), numbers(&[4, 1], 2))
        .expect_err("it would be broadcast");
    let message = error.to_string();
    assert!(
        message.contains("[4, 1]") && message.contains("[4, 2]"),
        "{message}"
    );
    assert_eq!(format!("{error:?}"), message);
}

#[test]
fn a_failing_step_leaves_the_network_as_it_was() {
    let mut net = network!(Everything, dtype = f64).unwrap();
    let mut trainer = Trainer::new(MseLoss::default(), Sgd::new(0.1)).unwrap();
    let before = net.to_string();
    let (x, y) = (numbers(&[4, 2, 5, 4], 1), numbers(&[4, 2], 2));
    assert!(
        trainer
            .step(&mut net, numbers(&[4, 2, 1, 1], 1), &y)
            .is_err(),
        "an image too small"
    );
    assert!(
        trainer.step(&mut net, &x, numbers(&[4, 3], 1)).is_err(),
        "another target"
    );
    assert!(
        trainer.step(&mut net, &x, numbers(&[3, 2], 1)).is_err(),
        "fewer targets"
    );
    assert_eq!(net.to_string(), before);
    assert!(!net.is_bound());
    trainer.step(&mut net, &x, &y).unwrap();
    assert!(net.is_bound());
}

#[test]
fn sgd_by_hand() {
    network! {
        struct Line {
            fc: Linear<1, 1>(bias = false),
        }
    }
    // ℓ = (2w − 6)², dℓ/dw = 4(2w − 6); w = 1 → 1 + 0.01·16 = 1.16
    let mut net = network!(Line, dtype = f64).unwrap();
    let number = |value: f64| ArrayD::from_elem(IxDyn(&[1, 1]), value);
    net.set_parameter("fc.weight", number(1.0)).unwrap();
    let mut trainer = Trainer::new(MseLoss::default(), Sgd::new(0.01)).unwrap();
    assert_eq!(
        trainer.step(&mut net, number(2.0), number(6.0)).unwrap(),
        16.0
    );
    assert!((net.parameter("fc.weight").unwrap()[[0, 0]] - 1.16).abs() < 1e-12);
}

#[test]
fn training_does_not_depend_on_the_threads() {
    let train = || {
        let mut net = network!(Everything, seed = 4, dtype = f64).unwrap();
        let mut trainer = Trainer::new(MseLoss::default(), Sgd::new(0.05).momentum(0.9)).unwrap();
        let (x, y) = (numbers(&[8, 2, 9, 9], 1), numbers(&[8, 2], 2));
        (0..5)
            .map(|_| trainer.step(&mut net, &x, &y).unwrap().to_bits())
            .collect::<Vec<u64>>()
    };
    let one = netdsl::engine::pool::with_threads(1, train);
    assert_eq!(netdsl::engine::pool::with_threads(3, train), one);
}

/// A loss of one's own.
struct Absolute;

impl Loss for Absolute {
    fn trace<'t>(
        &self,
        _at: Scope<'t>,
        outputs: &[Tensor<'t>],
        targets: &[Tensor<'t>],
    ) -> Tensor<'t> {
        (outputs[0] - targets[0]).abs().mean_all()
    }
}

#[test]
fn a_loss_of_ones_own() {
    let mut net = network!(Normed, dtype = f64).unwrap();
    let x = numbers(&[6, 2], 1);
    let mut trainer = Trainer::new(Absolute, Sgd::new(0.1)).unwrap();
    let first = trainer.step(&mut net, &x, &x).unwrap();
    let later = (0..20)
        .map(|_| trainer.step(&mut net, &x, &x).unwrap())
        .last()
        .unwrap();
    assert!(later < first);
}

#[test]
fn a_step_that_trains_nothing_is_an_error() {
    let mut net = network!(Tied, dtype = f64).unwrap();
    let x = numbers(&[6, 2], 1);
    let mut trainer = Trainer::new(MseLoss::default(), Sgd::new(0.1)).unwrap();
    trainer.step(&mut net, &x, &x).unwrap();
    net.freeze("*").unwrap();
    let before = net.forward(&x).unwrap();
    let error = trainer.step(&mut net, &x, &x).unwrap_err().to_string();
    assert!(error.contains("nothing to train"), "{error}");
    assert_eq!(net.forward(&x).unwrap(), before);
    net.unfreeze("*").unwrap();
    trainer.step(&mut net, &x, &x).unwrap();
    assert_ne!(net.forward(&x).unwrap(), before);
}

#[test]
fn rates_that_can_be_none_are_told_by_the_next_step() {
    let (x, y) = (numbers(&[4, 5], 1), numbers(&[4, 5], 2));
    let mut net = network!(Tied, dtype = f64).unwrap();
    let mut trainer = Trainer::new(MseLoss::default(), Sgd::new(0.1).momentum(0.5)).unwrap();
    for (rate, told) in [
        (-1.0, "lr must be 0 or more, but it is -1"),
        (f64::NAN, "lr must be 0 or more, but it is NaN"),
        (f64::INFINITY, "lr must be finite, but it is inf"),
    ] {
        trainer.optimizer_mut().set_lr(rate);
        let error = trainer.step(&mut net, &x, &y).unwrap_err().to_string();
        assert_eq!(error, told);
        assert!(!net.is_bound(), "{rate}");
        assert!(Trainer::<_, _, f64>::new(MseLoss::default(), Sgd::new(rate)).is_err());
    }
    trainer.optimizer_mut().set_lr(0.1);
    trainer.optimizer_mut().set_momentum(-0.5);
    assert!(trainer.step(&mut net, &x, &y).is_err());
    trainer.optimizer_mut().set_momentum(0.5);
    trainer.accumulate(&mut net, &x, &y).unwrap();
    let before = net.parameter("shared.weight").unwrap().into_owned();
    trainer.optimizer_mut().set_lr(-0.1);
    trainer.apply(&mut net).unwrap_err();
    assert_eq!(net.parameter("shared.weight").unwrap(), before);
    trainer.optimizer_mut().set_lr(0.1);
    trainer.apply(&mut net).unwrap();
    assert_ne!(net.parameter("shared.weight").unwrap(), before);
}
