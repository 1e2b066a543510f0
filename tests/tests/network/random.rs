//! Random numbers in a body: their laws, what they depend on, and training through them.

use crate::nets::{TempFile, bits};
use crate::training::check_with;
use ndarray::{Array2, ArrayD, Axis, array};
use netdsl::engine::pool::with_threads;
use netdsl::prelude::*;
use netdsl::train::{Adam, MseLoss, Sgd, Trainer};

network! {
    /// Normal numbers twice, and uniform ones.
    struct Noise {}

    fn forward(x: [n]) -> ([n], [n], [n]) {
        (x.randn_like(), x.randn_like(), x.rand_like())
    }
}

network! {
    struct Vae {
        encode: Linear<_, 16>,
        mean: Linear<_, 2>,
        log_var: Linear<_, 2>,
        hidden: Linear<_, 16>,
        decode: Linear<_, _>,
    }

    fn forward(x: [n]) -> ([n], [2], [2]) {
        let h = encode(x).tanh();
        let (mean, log_var) = (mean(h), log_var(h));
        let code = mean + (0.5 * log_var).exp() * mean.randn_like();
        (decode(hidden(code).tanh()), mean, log_var)
    }
}

/// The reconstruction, and how far the codes are from a standard normal law (Kingma and Welling, "Auto-encoding
/// variational Bayes", 2013).
fn elbo<'t>([y, mean, log_var]: [Tensor<'t>; 3], x: Tensor<'t>) -> Tensor<'t> {
    let divergence = (mean.square() + log_var.exp() - log_var - 1.0).mean_all();
    MseLoss::default().of(y, x) + 0.05 * divergence
}

/// The greatest distance between the shares of numbers below each point and those of a law, which of n numbers is
/// beyond 2.2 / √n once in ten thousand times (Kolmogorov and Smirnov).
fn distance(numbers: &ArrayD<f32>, law: impl Fn(f64) -> f64) -> f64 {
    let mut sorted: Vec<f64> = numbers.iter().map(|&x| x.into()).collect();
    sorted.sort_by(f64::total_cmp);
    let count = sorted.len() as f64;
    let distances = sorted.iter().enumerate().map(|(i, &x)| {
        let below = law(x);
        (below - i as f64 / count).max((i + 1) as f64 / count - below)
    });
    distances.fold(0.0, f64::max)
}

/// The share of a standard normal law below a point, by Simpson's rule.
fn normal(x: f64) -> f64 {
    let density = |t: f64| (-0.5 * t * t).exp() / std::f64::consts::TAU.sqrt();
    let step = x / 200.0;
    let inner = (1..200).map(|i| density(f64::from(i) * step) * f64::from(2 + 2 * (i % 2)));
    0.5 + (density(0.0) + inner.sum::<f64>() + density(x)) * step / 3.0
}

#[test]
fn numbers_are_those_of_their_laws() {
    let net = network!(Noise, seed = 3).unwrap();
    let (a, b, c) = net.forward(Array2::zeros((100, 1_000))).unwrap();
    let limit = 2.2 / 1e5f64.sqrt();
    for numbers in [&a, &b] {
        assert!(distance(numbers, normal) < limit);
    }
    assert!(distance(&c, |x| x.clamp(0.0, 1.0)) < limit);
    for (numbers, moments) in [
        (&a, [0.0, 1.0, 0.0, 3.0]),
        (&c, [0.5, 1.0 / 3.0, 0.25, 0.2]),
    ] {
        for (power, moment) in (1..).zip(moments) {
            let mean = numbers.mapv(|x| f64::from(x).powi(power)).mean().unwrap();
            // The variance of x⁴ is 96.
            assert!(
                (mean - moment).abs() < 5.0 * (96.0f64 / 1e5).sqrt(),
                "{mean}"
            );
        }
    }
    // What has nothing to do with each other has no correlation; nor have samples.
    let correlation = |a: &ArrayD<f32>, b: &ArrayD<f32>| f64::from((a * b).mean().unwrap());
    assert!(correlation(&a, &b).abs() < 5.0 / 1e5f64.sqrt());
    let (one, two) = a.view().split_at(Axis(0), 50);
    assert!(correlation(&one.to_owned(), &two.to_owned()).abs() < 5.0 / 5e4f64.sqrt());
}

#[test]
fn each_call_and_each_run_has_its_own_and_the_seed_all_of_them() {
    let x = Array2::zeros((3, 50));
    let runs = |net: &Noise| -> Vec<ArrayD<f32>> {
        let evaluated = (0..3).flat_map(|_| net.run(&[x.view().into_dyn()]).unwrap());
        let mut all: Vec<_> = evaluated.collect();
        all.extend(net.run_in_training(&[x.view().into_dyn()]).unwrap());
        all
    };
    let mut net = network!(Noise, seed = 7).unwrap();
    let all = runs(&net);
    for (i, one) in all.iter().enumerate() {
        assert!(all[..i].iter().all(|other| other != one), "{i}");
    }
    assert_eq!(runs(&network!(Noise, seed = 7).unwrap()), all);
    let other = runs(&network!(Noise, seed = 8).unwrap());
    assert!(other.iter().all(|one| !all.contains(one)));
    // A copy goes on where the network is, and one that begins anew begins with its numbers, too.
    let copy = net.clone();
    let next = runs(&net);
    assert!(next.iter().all(|one| !all.contains(one)));
    assert_eq!(runs(&copy), next);
    net.reinitialize(7).unwrap();
    assert_eq!(runs(&net), all);
    // `f64` draws the same numbers, rounded less.
    let wide = network!(Noise, seed = 7, dtype = f64).unwrap();
    let (wide, ..) = wide.forward(Array2::zeros((3, 50))).unwrap();
    let differences = wide
        .iter()
        .zip(&all[0])
        .map(|(a, &b)| (a - f64::from(b)).abs());
    assert!(differences.fold(0.0, f64::max) < 1e-5);
}

#[test]
fn a_run_that_fails_takes_no_numbers() {
    network! {
        struct Words { embed: Embedding<5, 4> }

        fn forward(tokens: [t]) -> [t, 4] {
            let x = embed(tokens);
            x + x.randn_like()
        }
    }
    let (net, same) = (network!(Words).unwrap(), network!(Words).unwrap());
    assert!(net.forward(array![[7.0, 0.0]]).is_err());
    for _ in 0..2 {
        assert!(net.forward(array![[1.0, 5.0]]).is_err());
        let x = array![[1.0, 2.0]];
        assert_eq!(net.forward(&x).unwrap(), same.forward(&x).unwrap());
    }
}

/// Two steps of training and two evaluations: parameters and results.
fn trained(seed: u64) -> (crate::nets::Bits, Vec<ArrayD<f32>>) {
    let mut net = network!(Vae, seed = seed).unwrap();
    let mut trainer = Trainer::new(elbo, Adam::new(0.01)).unwrap();
    let x = Array2::from_shape_fn((3_000, 5), |(i, j)| ((i * 5 + j) as f32).sin());
    for _ in 0..2 {
        trainer.step(&mut net, &x, &x).unwrap();
    }
    let evaluated = (0..2).flat_map(|_| net.run(&[x.view().into_dyn()]).unwrap());
    let evaluated = evaluated.collect();
    (bits(&net), evaluated)
}

#[test]
fn the_number_of_threads_does_not_matter() {
    let one = with_threads(1, || trained(5));
    for threads in [2, 3] {
        assert!(with_threads(threads, || trained(5)) == one, "{threads}");
    }
    assert!(trained(6) != one);
}

#[test]
fn gradients_go_past_the_noise() {
    let net = network!(Vae, seed = 2, dtype = f64).unwrap();
    check_with(elbo, net, &[7, 5], &[7, 5]);

    // d/dw of mean((w·z)²) is 2/w times that, whatever z is; what only says how many numbers there are has no gradient.
    network! {
        struct Spread {
            count: Linear<_, 4>,
            width: Parameter<[1]>(value = 3.0),
        }

        fn forward(x: [_]) -> [4] { width() * count(x).randn_like() }
    }
    let mut net = network!(Spread, dtype = f64).unwrap();
    let mut trainer = Trainer::new(MseLoss::default(), Sgd::new(0.1)).unwrap();
    let (x, zeros) = (Array2::ones((500, 2)), Array2::zeros((500, 4)));
    let (loss, gradients) = trainer.gradients(&mut net, &[&x], &[&zeros]).unwrap();
    assert!(
        (loss - 9.0).abs() < 9.0 * 5.0 * (2.0f64 / 2000.0).sqrt(),
        "{loss}"
    );
    let [(path, gradient)] = &gradients[..] else {
        panic!("{gradients:?}");
    };
    assert_eq!(path, "width");
    assert!((gradient[[0]] - 2.0 * loss / 3.0).abs() < 1e-12);
}

#[test]
fn sizes_flow_through() {
    network! {
        struct Flow {
            fc: Linear<_, 8>,
            head: Linear<_, 3>,
        }

        fn forward(x: [n]) -> [3] { head(fc(x + x.rand_like()).randn_like()) }
    }
    const { assert!(Flow::UNRESOLVED.len() == 1) };
    let net = network!(Flow).unwrap();
    assert_eq!(net.head.weight().shape(), [3, 8]);
    net.bind([6]).unwrap();
    assert_eq!(net.fc.get().unwrap().weight().shape(), [8, 6]);
}

#[test]
fn training_goes_on_with_the_numbers_that_come_next() {
    let (file, state) = (TempFile::new("vae"), TempFile::new("vae-trainer"));
    let x = Array2::from_shape_fn((20, 5), |(i, j)| ((i * 5 + j) as f32).sin());
    let trainer = || Trainer::new(elbo, Adam::new(0.01)).unwrap();
    let (mut net, mut first) = (network!(Vae, seed = 4).unwrap(), trainer());
    let mut later = network!(Vae, seed = 9).unwrap();
    let mut second = trainer();
    first.step(&mut net, &x, &x).unwrap();
    net.save(&file).unwrap();
    first.save(&state).unwrap();
    later.load(&file).unwrap();
    second.load(&state).unwrap();
    for _ in 0..2 {
        let loss = first.step(&mut net, &x, &x).unwrap();
        // An evaluation takes none of training's numbers.
        later.forward(&x).unwrap();
        assert_eq!(second.step(&mut later, &x, &x).unwrap(), loss);
    }
    assert_eq!(bits(&net), bits(&later));
}

#[test]
fn an_autoencoder_learns_to_code_a_circle() {
    let x = Array2::from_shape_fn((256, 2), |(i, j)| {
        let angle = i as f32 / 256.0 * std::f32::consts::TAU;
        if j == 0 { angle.cos() } else { angle.sin() }
    });
    let mut net = network!(Vae, seed = 1).unwrap();
    let mut trainer = Trainer::new(elbo, Adam::new(0.01)).unwrap();
    let mut losses = (0..400).map(|_| trainer.step(&mut net, &x, &x).unwrap());
    let first = losses.next().unwrap();
    let last: f32 = losses.skip(349).sum::<f32>() / 50.0;
    assert!(last < 0.5 * first, "{first} {last}");
    // Codes are told from noise: they have little variance where they say something.
    let (y, mean, log_var) = net.forward(&x).unwrap();
    let error = (&y - &x).mapv(|d| d * d).mean().unwrap();
    assert!(error < 0.2, "{error}");
    let spread = mean.var_axis(Axis(0), 0.0);
    let noise = log_var.mapv(f32::exp).mean_axis(Axis(0)).unwrap();
    // Of a good code the variances of both together are about 1.
    for sum in &(spread + noise) {
        assert!((0.6..1.6).contains(sum), "{sum}");
    }
}
