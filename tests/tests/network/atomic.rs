//! What fails leaves everything as it was.

use crate::apply::Normed;
use crate::nets::{bits, numbers};
use ndarray::{Array2, Array4, ArrayD};
use netdsl::prelude::*;
use netdsl::train::optimizer::{Adam, Optimizer};
use netdsl::train::{BceLoss, MseLoss, Trainer};

network! {
    struct Open {
        hidden: Linear<_, 16>,
        out: Linear<_, 4>,
    }

    struct Outer {
        conv: Conv2d<_, 4, 1>,
    }

    fn forward(x: [_, _, _]) -> [_, _] {
        let y = conv(x).flatten();
        y.unsqueeze(2).matmul(y.unsqueeze(1))
    }
}

#[test]
fn a_first_forward_that_does_not_fit_the_memory_leaves_the_network_open() {
    let net = network!(Open).unwrap();
    assert!(net.forward(Array2::zeros((1 << 40, 0))).is_err());
    assert!(!net.is_bound() && net.bound_by().is_none());
    assert_eq!(net.forward(Array2::zeros((2, 3))).unwrap().shape(), [2, 4]);
    assert_eq!(net.hidden.get().unwrap().weight().shape(), [16, 3]);

    let net = network!(Outer).unwrap();
    let error = net
        .forward(Array4::zeros((1, 1, 2000, 2000)))
        .unwrap_err()
        .to_string();
    assert!(error.contains("memory"), "{error}");
    assert!(!net.is_bound() && net.conv.get().is_err());
    assert_eq!(
        net.forward(Array4::zeros((1, 3, 2, 2))).unwrap().shape(),
        [1, 16, 16]
    );
}

#[test]
fn a_first_forward_is_as_any_other() {
    let (late, early) = (
        network!(Normed, seed = 2).unwrap(),
        network!(Normed, seed = 2).unwrap(),
    );
    early.bind([5]).unwrap();
    let x = numbers(&[3, 5]);
    let first = late.forward(&x).unwrap();
    assert_eq!(first, early.forward(&x).unwrap());
    assert_eq!(first, late.forward(&x).unwrap());
    assert_eq!(bits(&late), bits(&early));
    let training = network!(Normed, seed = 2).unwrap();
    let outputs = training.run_in_training(&[x.view()]).unwrap();
    assert_eq!(outputs, early.run_in_training(&[x.view()]).unwrap());
}

#[test]
fn an_optimiser_begins_anew_with_what_was_drawn_anew() {
    let mut net = network!(Normed, seed = 1).unwrap();
    let mut trainer = Trainer::new(MseLoss::default(), Adam::new(0.01)).unwrap();
    let y = numbers(&[3, 2]);
    for _ in 0..3 {
        trainer.step(&mut net, numbers(&[3, 6]), &y).unwrap();
    }
    assert_eq!(net.rebind([5]).unwrap(), ["hidden.weight"]);
    trainer.step(&mut net, numbers(&[3, 5]), &y).unwrap();
    let optimizer = trainer.optimizer();
    assert_eq!(
        (
            optimizer.steps("hidden.weight"),
            optimizer.steps("out.weight")
        ),
        (1, 4)
    );
    // Of as many elements, but another shape.
    network! {
        struct Square { conv: Conv2d<_, 2, 3>(padding = 1), fc: Linear<_, 2> }

        fn forward(x: [_, _, _]) -> [2] { fc(conv(x).flatten()) }
    }
    let mut net = network!(Square).unwrap();
    trainer.step(&mut net, numbers(&[3, 1, 2, 4]), &y).unwrap();
    assert!(net.rebind([1, 4, 2]).unwrap().is_empty());
    trainer.step(&mut net, numbers(&[3, 1, 4, 2]), &y).unwrap();
    assert_eq!(trainer.optimizer().steps("fc.weight"), 2);
}

#[test]
fn a_step_that_the_optimiser_cannot_make_changes_nothing() {
    let mut optimizer: Optimizer<_, f32> = Optimizer::new(Adam::new(0.01)).unwrap();
    optimizer
        .load_state("out.weight", "exp_avg", vec![0.0; 3])
        .unwrap();
    let mut trainer = Trainer::with_optimizer(MseLoss::default(), optimizer);
    let (x, y) = (numbers(&[3, 6]), numbers(&[3, 2]));
    let mut net = network!(Normed, seed = 1).unwrap();
    let error = trainer.step(&mut net, &x, &y).unwrap_err().to_string();
    assert!(error.contains("`out.weight` has 8 elements"), "{error}");
    assert!(!net.is_bound());
    net.bind([6]).unwrap();
    let before = bits(&net);
    assert!(trainer.step(&mut net, &x, &y).is_err());
    assert_eq!(bits(&net), before);
    assert_eq!(trainer.optimizer().steps("hidden.weight"), 0);
}

#[test]
fn a_loss_of_what_is_no_probability_changes_nothing() {
    let mut net = network!(Normed, seed = 1).unwrap();
    let mut trainer = Trainer::new(BceLoss::default(), Adam::new(0.01)).unwrap();
    let (x, y) = (
        numbers(&[3, 6]),
        numbers(&[3, 2]).mapv(|y| f32::from(y > 0.0)),
    );
    let mut refused = |net: &mut Normed, x: &ArrayD<f32>, y: &ArrayD<f32>, told: &[&str]| {
        let before = bits(net);
        for error in [
            trainer.step(net, x, y).unwrap_err().to_string(),
            trainer.accumulate(net, x, y).unwrap_err().to_string(),
        ] {
            assert!(told.iter().all(|part| error.contains(part)), "{error}");
        }
        assert_eq!(bits(net), before);
        assert_eq!(trainer.optimizer().steps("out.weight"), 0);
    };
    let no_sigmoid = [
        "`BceLoss` takes probabilities, from 0 to 1, but is given ",
        "\n  = help: make `.sigmoid()` the last operation of the network, or train with `BceWithLogitsLoss`, which",
    ];
    refused(&mut net, &x, &y, &no_sigmoid);
    assert!(!net.is_bound());
    net.bind([6]).unwrap();
    refused(&mut net, &x, &y, &no_sigmoid);
    let unknown = x.mapv(|_| f32::NAN);
    let told = [
        "is given NaN at position 0",
        "= help: look for NaN in the data",
    ];
    refused(&mut net, &unknown, &y, &told);
}

network! {
    struct Chances {
        fc: Linear<_, 2>,
        last: Sigmoid,
    }
}

#[test]
fn probabilities_may_be_certain() {
    let mut net = network!(Chances, seed = 1).unwrap();
    let mut trainer = Trainer::new(BceLoss::default(), Adam::new(0.01)).unwrap();
    // Where a sigmoid is 0 and 1 in this precision.
    let x = numbers(&[3, 6]).mapv(|x| 1e4 * x);
    let y = numbers(&[3, 2]).mapv(|y| f32::from(y > 0.0));
    assert!(net.forward(&x).unwrap().iter().any(|&p| p == 1.0));
    assert!(trainer.step(&mut net, &x, &y).unwrap().is_finite());
    let before = bits(&net);
    let classes = y.mapv(|y| 2.0 * y);
    let error = trainer
        .step(&mut net, &x, &classes)
        .unwrap_err()
        .to_string();
    let told = "`BceLoss` takes targets from 0 to 1, but is given 2 at position";
    assert!(error.starts_with(told), "{error}");
    assert_eq!(bits(&net), before);
}
