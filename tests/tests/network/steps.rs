//! Steps of training: gradients of several batches, losses of several results, groups, checkpoints.

use crate::nets::TempFile;
use ndarray::{ArrayD, Axis, IxDyn, concatenate};
use netdsl::data::Dataset;
use netdsl::prelude::*;
use netdsl::train::optimizer::{Optimizer, Rule};
use netdsl::train::schedule::{CosineAnnealingLr, OneCycleLr};
use netdsl::train::{
    Adam, AdamW, BceWithLogitsLoss, Clip, CrossEntropyLoss, Fit, HuberLoss, KlDivLoss, Loss,
    MseLoss, NllLoss, Sgd, Trainer,
};

network! {
    struct Plain {
        fc1: Linear<_, 8>,
        act: Tanh,
        fc2: Linear<_, 3>,
    }

    struct Normed {
        fc1: Linear<_, 8>,
        norm: BatchNorm1d<_>,
        drop: Dropout(p = 0.4),
        fc2: Linear<_, 3>,
    }

    struct Two {
        body: Linear<_, 6>,
        class: Linear<_, 3>,
        place: Linear<_, 2>,
    }

    fn forward(x: [_]) -> ([3], [2]) {
        let h = body(x).relu();
        (class(h), place(h))
    }

    struct Steps {
        cell: Linear<_, 4>,
    }

    fn forward(x: [t, _]) -> [t, 4] {
        cell(x)
    }

    struct Unflat {
        fc: Linear<_, 4>,
    }
}

fn numbers(shape: &[usize], seed: u32) -> ArrayD<f64> {
    let mut state = seed.wrapping_mul(2_654_435_761);
    ArrayD::from_shape_simple_fn(shape, || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(state >> 8) / f64::from(1 << 23) - 1.0
    })
}

fn classes(samples: usize, count: usize) -> ArrayD<f64> {
    ArrayD::from_shape_fn(IxDyn(&[samples]), |i| (i[0] * 7 % count) as f64)
}

fn values<N: Network<f64>>(net: &N) -> Vec<(String, ArrayD<f64>)> {
    let paths = net.parameters().into_iter().map(|info| info.path);
    paths
        .map(|path| {
            let value = net.parameter(&path).unwrap().to_owned();
            (path, value)
        })
        .collect()
}

fn close(a: &[(String, ArrayD<f64>)], b: &[(String, ArrayD<f64>)]) {
    for ((path, a), (_, b)) in a.iter().zip(b) {
        let apart = (a - b).iter().fold(0.0f64, |most, d| most.max(d.abs()));
        assert!(apart < 1e-12, "{path}: {apart}");
    }
}

/// Batches of other sizes, in pieces and joined.
fn joined<R: Rule>(rule: R, clip: Option<Clip>) {
    let trainer = || {
        let optimizer = Optimizer::new(rule.clone())
            .unwrap()
            .group("fc2.*", |rule| rule)
            .unwrap();
        let trainer = Trainer::with_optimizer(CrossEntropyLoss::default(), optimizer);
        match clip {
            Some(clip) => trainer.clip(clip),
            None => trainer,
        }
    };
    let parts = [(5, 1), (5, 2), (2, 3)].map(|(n, seed)| (numbers(&[n, 4], seed), classes(n, 3)));
    let inputs = parts.each_ref().map(|part| part.0.view());
    let targets = parts.each_ref().map(|part| part.1.view());
    let x = concatenate(Axis(0), &inputs).unwrap();
    let y = concatenate(Axis(0), &targets).unwrap();
    let mut one = network!(Plain, seed = 3, dtype = f64).unwrap();
    let mut many = network!(Plain, seed = 3, dtype = f64).unwrap();
    let (mut whole, mut pieces) = (trainer(), trainer());
    for round in 0..4 {
        if round == 2 {
            one.freeze("fc1.bias").unwrap();
            many.freeze("fc1.bias").unwrap();
        }
        whole.step(&mut one, &x, &y).unwrap();
        for (x, y) in &parts[..2] {
            pieces.accumulate(&mut many, x, y).unwrap();
        }
        if round % 2 == 0 {
            pieces
                .accumulate(&mut many, &parts[2].0, &parts[2].1)
                .unwrap();
            pieces.apply(&mut many).unwrap();
        } else {
            // A step takes what was accumulated along.
            pieces.step(&mut many, &parts[2].0, &parts[2].1).unwrap();
        }
        close(&values(&one), &values(&many));
    }
    assert_eq!(pieces.optimizer().steps("fc2.weight"), 4);
}

#[test]
fn gradients_of_several_batches_are_those_of_the_whole() {
    joined(Adam::new(0.05), None);
    joined(Sgd::new(0.5).momentum(0.9), Some(Clip::Norm(0.1)));
    joined(Sgd::new(0.5), Some(Clip::Value(0.01)));
}

#[test]
fn accumulating_moves_statistics_and_dropouts_as_steps_do() {
    let (x, y) = (numbers(&[6, 4], 1), classes(6, 3));
    let mut stepped = network!(Normed, seed = 3, dtype = f64).unwrap();
    let mut gathered = network!(Normed, seed = 3, dtype = f64).unwrap();
    // Without a rate both have the same parameters.
    let mut stepping = Trainer::new(CrossEntropyLoss::default(), Sgd::new(0.0)).unwrap();
    let mut gathering = Trainer::new(CrossEntropyLoss::default(), Sgd::new(0.0)).unwrap();
    let mut losses = Vec::new();
    for _ in 0..3 {
        let loss = stepping.step(&mut stepped, &x, &y).unwrap();
        assert_eq!(gathering.accumulate(&mut gathered, &x, &y).unwrap(), loss);
        losses.push(loss);
    }
    assert!(losses[0] != losses[1] && losses[1] != losses[2]);
    assert_eq!(values(&stepped), values(&gathered));
    gathering.apply(&mut gathered).unwrap();
    let error = gathering.apply(&mut gathered).unwrap_err().to_string();
    assert!(
        error.contains("call `accumulate` before `apply`"),
        "{error}"
    );
    gathering.accumulate(&mut gathered, &x, &y).unwrap();
    let mut other = network!(Plain, dtype = f64).unwrap();
    let error = gathering.step(&mut other, &x, &y).unwrap_err().to_string();
    assert!(error.contains("for another network"), "{error}");
}

fn data() -> Dataset<f64> {
    Dataset::new(numbers(&[50, 4], 9), classes(50, 3)).unwrap()
}

#[test]
fn fit_accumulates() {
    let mut large = network!(Plain, seed = 3, dtype = f64).unwrap();
    let mut small = network!(Plain, seed = 3, dtype = f64).unwrap();
    let schedule = || OneCycleLr::new(0.5, 8);
    let trainer = || Trainer::new(CrossEntropyLoss::default(), Sgd::new(0.5)).unwrap();
    let fit = Fit::new(2).batch_size(15).schedule_per_batch(schedule());
    fit.run(&mut trainer(), &mut large, &data()).unwrap();
    let fit = Fit::new(2).batch_size(5).accumulate(3);
    let mut trainer = trainer();
    fit.schedule_per_batch(schedule())
        .run(&mut trainer, &mut small, &data())
        .unwrap();
    close(&values(&large), &values(&small));
    assert_eq!(trainer.optimizer().steps("fc1.weight"), 8);
}

/// Both results, the second one less.
fn both<'t>([class, place]: [Tensor<'t>; 2], [wanted, at]: [Tensor<'t>; 2]) -> Tensor<'t> {
    CrossEntropyLoss::default().of(class, wanted) + 0.5 * (place - at).square().mean_all()
}

fn first<'t>([class, _]: [Tensor<'t>; 2], wanted: Tensor<'t>) -> Tensor<'t> {
    CrossEntropyLoss::default().of(class, wanted)
}

fn small<'t>(y: Tensor<'t>, []: [Tensor<'t>; 0]) -> Tensor<'t> {
    y.square().sum_all()
}

struct Weighted(f64);

impl Loss for Weighted {
    fn outputs(&self) -> usize {
        2
    }

    fn trace<'t>(
        &self,
        at: Scope<'t>,
        outputs: &[Tensor<'t>],
        targets: &[Tensor<'t>],
    ) -> Tensor<'t> {
        let loss = CrossEntropyLoss::default().forward(at, outputs[0], targets[0]);
        loss + self.0 * outputs[1].square().mean_all()
    }
}

#[test]
fn losses_take_all_results_and_targets() {
    let (x, class, place) = (numbers(&[6, 4], 1), classes(6, 3), numbers(&[6, 2], 2));
    let mut net = network!(Two, seed = 3, dtype = f64).unwrap();
    let mut trainer = Trainer::new(both, Sgd::new(0.1)).unwrap();
    let (loss, gradients) = trainer
        .gradients(&mut net, &[&x], &[&class, &place])
        .unwrap();
    assert!(gradients.iter().any(|(path, _)| path == "place.weight"));
    let (scores, found) = net.forward(&x).unwrap();
    let square = (&found - &place).mapv(|d| d * d).mean().unwrap();
    let entropy: f64 = scores
        .outer_iter()
        .zip(&class)
        .map(|(row, &class)| {
            let sum: f64 = row.iter().map(|score| score.exp()).sum();
            sum.ln() - row[class as usize]
        })
        .sum::<f64>()
        / 6.0;
    assert!((loss - entropy - 0.5 * square).abs() < 1e-12);
    let before = trainer.step_on(&mut net, &[&x], &[&class, &place]).unwrap();
    let after = trainer.step_on(&mut net, &[&x], &[&class, &place]).unwrap();
    assert!(after < before);
    let mut trainer = Trainer::new(first, Sgd::new(0.1)).unwrap();
    let (_, gradients) = trainer.gradients(&mut net, &[&x], &[&class]).unwrap();
    assert!(gradients.iter().all(|(path, _)| path != "place.weight"));
    let mut trainer = Trainer::new(Weighted(0.1), Sgd::new(0.1)).unwrap();
    trainer.step(&mut net, &x, &class).unwrap();
    let mut net = network!(Plain, dtype = f64).unwrap();
    let mut trainer = Trainer::new(small, Sgd::new(0.01)).unwrap();
    let before = trainer.step_on(&mut net, &[&x], &[]).unwrap();
    assert!(trainer.step_on(&mut net, &[&x], &[]).unwrap() < before);
}

#[test]
fn a_loss_that_leaves_results_out_is_told() {
    let (x, y) = (numbers(&[6, 4], 1), classes(6, 3));
    let mut net = network!(Two, dtype = f64).unwrap();
    let mut trainer = Trainer::new(CrossEntropyLoss::default(), Sgd::new(0.1)).unwrap();
    let error = trainer.step(&mut net, &x, &y).unwrap_err().to_string();
    assert_eq!(
        error,
        "`Two` gives 2 results, but the loss takes 1\n  = help: write a loss that takes all of them and uses those that it \
         needs: `fn loss<'t>([y1, y2]: [Tensor<'t>; 2], target: Tensor<'t>) -> Tensor<'t>`"
    );
    assert!(!net.is_bound());
    let mut trainer = Trainer::new(both, Sgd::new(0.1)).unwrap();
    let error = trainer.step(&mut net, &x, &y).unwrap_err().to_string();
    assert!(
        error.starts_with("the loss takes 2 targets, but 1 was given"),
        "{error}"
    );
    let mut trainer = Trainer::new(MseLoss::default().reduction("none"), Sgd::new(0.1)).unwrap();
    let mut net = network!(Plain, dtype = f64).unwrap();
    let error = trainer.step(&mut net, &x, numbers(&[6, 3], 1)).unwrap_err();
    assert!(error.to_string().contains("`.mean_all()`"), "{error}");
}

fn told<N: Network<f64>, L: Loss>(mut net: N, loss: L, x: &[usize], y: &[usize]) -> String {
    let mut trainer = Trainer::new(loss, Sgd::new(0.1)).unwrap();
    let (x, y) = (numbers(x, 1), ArrayD::zeros(IxDyn(y)));
    let error = trainer.step(&mut net, &x, &y).unwrap_err().to_string();
    assert!(!net.is_bound() && !error.contains("-->"), "{error}");
    error
}

#[test]
fn targets_of_another_shape_are_told_by_the_loss() {
    let plain = || network!(Plain, dtype = f64).unwrap();
    let steps = || network!(Steps, dtype = f64).unwrap();
    let entropy = CrossEntropyLoss::default;
    assert_eq!(
        told(plain(), entropy(), &[5, 4], &[5, 1]),
        "the loss compares a target of shape [5, 1] with scores of shape [5, 3], whose classes are axis 1\n  = help: give \
         classes of shape [5], or probabilities of shape [5, 3]"
    );
    assert_eq!(
        told(steps(), entropy(), &[2, 7, 3], &[2, 7]),
        "the loss compares a target of shape [2, 7] with scores of shape [2, 7, 4], whose classes are axis 1\n  = help: \
         classes are axis 1: write `.transpose(1, 2)` after what gives the scores"
    );
    let error = told(steps(), NllLoss::default(), &[2, 7, 3], &[2, 7]);
    assert!(error.contains(".transpose(1, 2)"), "{error}");
    let unflat = network!(Unflat, dtype = f64).unwrap();
    let error = told(unflat, entropy(), &[5, 1, 8, 8], &[5]);
    assert!(error.contains("`.flatten()`"), "{error}");
    for error in [
        told(plain(), KlDivLoss::default(), &[5, 4], &[5]),
        told(plain(), BceWithLogitsLoss::default(), &[5, 4], &[5]),
        told(plain(), HuberLoss::default().delta(2.0), &[5, 4], &[5]),
    ] {
        assert!(error.contains("give the target as [5, 3]"), "{error}");
    }
    assert_eq!(
        told(plain(), entropy(), &[5, 4], &[6]),
        "the target is of 6 samples, but the input is a batch of 5\n  = help: give a target for each sample of the batch"
    );
    let error = told(plain(), entropy(), &[5, 4], &[]);
    assert!(
        error.starts_with("the target is a single number"),
        "{error}"
    );
}

#[test]
fn a_step_takes_at_least_one_sample() {
    let mut net = network!(Normed, dtype = f64).unwrap();
    let mut trainer = Trainer::new(MseLoss::default(), Adam::default()).unwrap();
    let (none, no_target) = (numbers(&[0, 4], 1), numbers(&[0, 3], 2));
    assert!(trainer.step(&mut net, &none, &no_target).is_err());
    assert!(!net.is_bound());
    let (x, y) = (numbers(&[5, 4], 3), numbers(&[5, 3], 4));
    trainer.step(&mut net, &x, &y).unwrap();
    let before = values(&net);
    for result in [
        trainer.step(&mut net, &none, &no_target),
        trainer.accumulate(&mut net, &none, &no_target),
    ] {
        let told = result.unwrap_err().to_string();
        assert!(told.contains("at least one sample"), "{told}");
    }
    assert_eq!(values(&net), before);
    assert_eq!(trainer.optimizer().steps("fc1.weight"), 1);
    trainer.apply(&mut net).unwrap_err();
}

#[test]
fn options_of_losses_are_methods() {
    let (x, y) = (numbers(&[6, 4], 1), classes(6, 3));
    let loss = |loss: CrossEntropyLoss| {
        let mut net = network!(Plain, seed = 1, dtype = f64).unwrap();
        let mut trainer = Trainer::new(loss, Sgd::new(0.1)).unwrap();
        trainer.step(&mut net, &x, &y).unwrap()
    };
    let plain = loss(CrossEntropyLoss::default());
    let sum = loss(CrossEntropyLoss::default().reduction("sum"));
    assert!((sum - 6.0 * plain).abs() < 1e-12);
    let ignoring = CrossEntropyLoss::default().ignore_index(0);
    assert!(loss(ignoring) != plain);
    let smooth = CrossEntropyLoss::default().label_smoothing(0.1);
    assert!(loss(smooth) != plain);
}

#[test]
fn groups_that_match_nothing_are_told() {
    let (x, y) = (numbers(&[6, 4], 1), classes(6, 3));
    let mut net = network!(Normed, dtype = f64).unwrap();
    for (pattern, told) in [
        (
            "fc3.*",
            "no parameter matches `fc3.*`; did you mean `fc1.*` or `fc2.*`?",
        ),
        ("fc2", "no parameter matches `fc2`; did you mean `fc2.*`?"),
        (
            "norm.running_mean",
            "no parameter matches `norm.running_mean`",
        ),
    ] {
        let optimizer = Optimizer::new(Adam::new(1e-3))
            .unwrap()
            .group(pattern, |rule| rule.lr(1.0))
            .unwrap();
        let mut trainer = Trainer::with_optimizer(CrossEntropyLoss::default(), optimizer);
        for _ in 0..2 {
            let error = trainer.step(&mut net, &x, &y).unwrap_err().to_string();
            assert_eq!(error, told);
        }
        assert!(!net.is_bound());
    }
}

/// Training on after half of the epochs, elsewhere and without interruption.
fn resumed<R: Rule>(rule: R) {
    let files = (TempFile::new("half-net"), TempFile::new("half-trainer"));
    let trainer = || {
        let optimizer = Optimizer::new(rule.clone())
            .unwrap()
            .group("*.bias", |rule| rule)
            .unwrap();
        Trainer::with_optimizer(CrossEntropyLoss::default(), optimizer).clip(Clip::Norm(1.0))
    };
    let fit = || {
        Fit::new(4)
            .batch_size(8)
            .schedule(CosineAnnealingLr::new(0.05, 4))
    };
    let mut net = network!(Normed, seed = 3, dtype = f64).unwrap();
    let mut first = trainer();
    fit()
        .run_with(&mut first, &mut net, &data(), |epoch, trainer, net| {
            if epoch.number == 2 {
                net.save(&files.0)?;
                trainer.save(&files.1)?;
            }
            Ok(())
        })
        .unwrap();
    // Of another seed: dropouts go on all the same.
    let mut later = network!(Normed, seed = 8, dtype = f64).unwrap();
    let mut second = trainer();
    later.load(&files.0).unwrap();
    second.load(&files.1).unwrap();
    let history = fit()
        .completed(2)
        .run(&mut second, &mut later, &data())
        .unwrap();
    assert_eq!(history.len(), 2);
    assert_eq!(history[0].number, 3);
    assert_eq!(values(&net), values(&later));
    let x = (numbers(&[6, 4], 1), classes(6, 3));
    assert_eq!(
        first.step(&mut net, &x.0, &x.1).unwrap().to_bits(),
        second.step(&mut later, &x.0, &x.1).unwrap().to_bits()
    );
    let states = |trainer: &Trainer<CrossEntropyLoss, R, f64>| -> Vec<(String, Vec<f64>)> {
        let states = trainer.optimizer().states();
        states
            .map(|(path, name, values)| (format!("{path}.{name}"), values.to_vec()))
            .collect()
    };
    assert_eq!(states(&first), states(&second));
}

#[test]
fn training_goes_on_from_a_checkpoint() {
    resumed(Adam::new(0.05).amsgrad(true));
    resumed(AdamW::new(0.05));
    resumed(Sgd::new(0.05).momentum(0.9));
    resumed(Sgd::new(0.05));
}

#[test]
fn a_checkpoint_is_of_a_trainer_like_this() {
    let (x, y) = (numbers(&[6, 4], 1), classes(6, 3));
    let (file, other) = (TempFile::new("trainer"), TempFile::new("no-trainer"));
    let mut net = network!(Plain, dtype = f64).unwrap();
    let mut trainer = Trainer::new(CrossEntropyLoss::default(), Adam::new(0.1)).unwrap();
    trainer.accumulate(&mut net, &x, &y).unwrap();
    let error = trainer.save(&file).unwrap_err().to_string();
    assert!(error.contains("call `apply` before `save`"), "{error}");
    trainer.apply(&mut net).unwrap();
    trainer.save(&file).unwrap();
    net.save(&other).unwrap();
    let error = trainer.load(&other).unwrap_err().to_string();
    assert!(error.contains("no file of training"), "{error}");
    assert!(net.load(&file).is_err());
    let mut sgd: Trainer<_, _, f64> =
        Trainer::new(CrossEntropyLoss::default(), Sgd::new(0.1)).unwrap();
    let error = sgd.load(&file).unwrap_err().to_string();
    assert!(error.contains("no state of this optimiser"), "{error}");
    let optimizer = Optimizer::new(Adam::new(0.1)).unwrap();
    let optimizer = optimizer.group("fc1.*", |rule| rule.lr(0.2)).unwrap();
    let mut grouped: Trainer<_, _, f64> =
        Trainer::with_optimizer(CrossEntropyLoss::default(), optimizer);
    let error = grouped.load(&file).unwrap_err().to_string();
    assert_eq!(
        error,
        "the optimiser has parameter groups `fc1.*`, but that of the file had no parameter groups\n  = help: make it with the \
         same groups"
    );
    assert_eq!(trainer.optimizer().steps("fc1.weight"), 1);
}
