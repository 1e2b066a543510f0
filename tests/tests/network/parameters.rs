//! Reading, replacing, freezing and starting parameters.

use crate::nets::{Block, Mlp, Nested, Small, bits, numbers};
use ndarray::ArrayD;
use netdsl::init::Init;
use netdsl::prelude::*;
use netdsl::train::{MseLoss, Sgd, Trainer};

#[test]
fn a_set_parameter_is_what_runs() {
    let mut net = network!(Mlp<2, 2, 1>).unwrap();
    let set = |net: &mut Mlp, path: &str, shape: &[usize], values: &[f32]| {
        net.set_parameter(
            path,
            ArrayD::from_shape_vec(shape, values.to_vec()).unwrap(),
        )
        .unwrap();
    };
    set(
        &mut net,
        "hidden_layer.weight",
        &[2, 2],
        &[1.0, 2.0, -1.0, 0.5],
    );
    set(&mut net, "hidden_layer.bias", &[2], &[0.5, 0.0]);
    set(&mut net, "out.weight", &[1, 2], &[3.0, 7.0]);
    set(&mut net, "out.bias", &[1], &[-1.0]);
    // relu(1 + 2·2 + 0.5) = 5.5, relu(−1 + 1) = 0; 3·5.5 − 1 = 15.5
    let x = ArrayD::from_shape_vec(vec![1, 2], vec![1.0, 2.0]).unwrap();
    assert_eq!(net.forward(x).unwrap()[[0, 0]], 15.5);
}

#[test]
fn what_cannot_be_set_is_told() {
    let mut net = network!(Small).unwrap();
    let error = net
        .set_parameter("fc2.weight", ArrayD::zeros(vec![8, 3]))
        .unwrap_err();
    assert!(matches!(error, Error::Invalid(_)));
    let told = error.to_string();
    assert!(
        told.contains("fc2.weight") && told.contains("[3, 8]") && told.contains("[8, 3]"),
        "{told}"
    );
    assert!(matches!(
        net.set_parameter("fc1.weight", ArrayD::zeros(vec![8, 3])),
        Err(Error::Waiting(_))
    ));
    let Err(Error::NoSuchName { name, near }) =
        net.set_parameter("fc2.wieght", ArrayD::zeros(vec![3, 8]))
    else {
        panic!("there is no such name")
    };
    assert_eq!(name, "fc2.wieght");
    assert_eq!(near[0], "fc2.weight");
}

#[test]
fn names_like_the_one_asked_for() {
    let net = network!(Small).unwrap();
    let error = net.parameter("fc2.wieght").unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("there is no `fc2.wieght`; did you mean `fc2.weight`"),
        "{error}"
    );
    let Err(Error::NoSuchName { near, .. }) = net.parameter("decoder.attention") else {
        panic!("there is none")
    };
    assert!(near.is_empty());
}

#[test]
fn patterns_that_match_nothing_are_errors() {
    let mut net = network!(Mlp<2, 2, 1>).unwrap();
    assert!(matches!(
        net.freeze("conv.*"),
        Err(Error::NoSuchName { .. })
    ));
    assert!(matches!(
        net.initialize("conv.*", Init::Zeros),
        Err(Error::NoSuchName { .. })
    ));
    assert!(matches!(
        net.initialize_kind("Linear", "wait", Init::Zeros),
        Err(Error::NoSuchName { .. })
    ));
    assert!(matches!(
        net.initialize_kind("Conv2d", "weight", Init::Zeros),
        Err(Error::NoSuchName { .. })
    ));
    assert!(matches!(
        net.freeze("conv3.*"),
        Err(Error::NoSuchName { .. })
    ));
}

#[test]
fn a_rule_that_cannot_be_is_an_error_at_once() {
    let mut net = network!(Small).unwrap();
    let before = bits(&net);
    // A bias has no fan.
    assert!(matches!(
        net.initialize("fc1.bias", Init::XavierUniform { gain: 1.0 }),
        Err(Error::Init { .. })
    ));
    assert!(matches!(
        net.initialize("fc2.*", Init::Orthogonal { gain: 1.0 }),
        Err(Error::Init { .. })
    ));
    assert_eq!(bits(&net), before);
    net.bind([1, 8, 8]).unwrap();
}

#[test]
fn rules_apply_before_and_after_binding_alike() {
    let rules = |net: &mut Small| {
        net.initialize_kind("Linear", "weight", Init::XavierUniform { gain: 1.0 })
            .unwrap();
        net.initialize("*.bias", Init::Constant(0.25)).unwrap();
        net.initialize("fc2.weight", Init::Eye).unwrap();
    };
    let (mut early, mut late) = (
        network!(Small, seed = 2).unwrap(),
        network!(Small, seed = 2).unwrap(),
    );
    let untouched = network!(Small, seed = 2).unwrap();
    rules(&mut early);
    for net in [&early, &late, &untouched] {
        net.bind([1, 8, 8]).unwrap();
    }
    rules(&mut late);
    assert_eq!(bits(&early), bits(&late));
    assert!(
        late.parameter("fc1.bias")
            .unwrap()
            .iter()
            .all(|&b| b == 0.25)
    );
    assert_eq!(
        early.parameter("conv.weight").unwrap(),
        untouched.parameter("conv.weight").unwrap()
    );
    let eye = early.parameter("fc2.weight").unwrap();
    assert!(
        eye.indexed_iter()
            .all(|(at, &w)| w == f32::from(u8::from(at[0] == at[1])))
    );
    // Xavier: U(−√(6/(36 + 8)), √(6/(36 + 8))), wider than the layer's own 1/√36.
    let bound = (6.0f32 / 44.0).sqrt();
    let widest = early
        .parameter("fc1.weight")
        .unwrap()
        .iter()
        .fold(0f32, |most, w| most.max(w.abs()));
    assert!(widest <= bound && widest > 1.0 / 6.0, "{widest}");
}

#[test]
fn initialising_again_keeps_rules_and_takes_the_seed() {
    let mut net = network!(Small, seed = 2).unwrap();
    net.initialize("*.bias", Init::Ones).unwrap();
    net.bind([1, 8, 8]).unwrap();
    let first = bits(&net);
    net.set_parameter("fc2.weight", ArrayD::zeros(vec![3, 8]))
        .unwrap();
    net.reinitialize(2).unwrap();
    assert_eq!(bits(&net), first);
    net.reinitialize(3).unwrap();
    assert_ne!(bits(&net), first);
    assert!(net.parameter("fc1.bias").unwrap().iter().all(|&b| b == 1.0));
}

#[test]
fn frozen_parameters_stay_where_they_are() {
    let mut net = network!(Mlp<3, 4, 2>).unwrap();
    let (x, y) = (numbers(&[5, 3]), ArrayD::from_elem(vec![5, 2], 3.0));
    let mut trainer = Trainer::new(MseLoss::default(), Sgd::new(0.1).momentum(0.9)).unwrap();
    trainer.step(&mut net, &x, &y).unwrap();
    assert_eq!(net.freeze("hidden_layer.*").unwrap(), 2);
    let value = |net: &Mlp, path: &str| net.parameter(path).unwrap().to_owned();
    let paths = [
        "hidden_layer.weight",
        "hidden_layer.bias",
        "out.weight",
        "out.bias",
    ];
    let before = paths.map(|path| value(&net, path));
    for _ in 0..3 {
        trainer.step(&mut net, &x, &y).unwrap();
    }
    let moved: Vec<_> = paths
        .iter()
        .zip(&before)
        .map(|(path, before)| value(&net, path) != *before)
        .collect();
    assert_eq!(moved, [false, false, true, true]);
    assert_eq!(net.unfreeze("*").unwrap(), 4);
    trainer.step(&mut net, &x, &y).unwrap();
    assert_ne!(value(&net, "hidden_layer.weight"), before[0]);
}

#[test]
fn apply_visits_children_first_and_then_the_network() {
    let mut net = network!(Nested).unwrap();
    let mut seen = Vec::new();
    net.apply(|path, module| seen.push(format!("{path} {}", module.kind())));
    let expected = [
        "stem.fc Linear",
        "stem.act Tanh",
        "stem Block",
        "blocks.0.fc Linear",
        "blocks.0.act Tanh",
        "blocks.0 Block",
        "blocks.1.fc Linear",
        "blocks.1.act Tanh",
        "blocks.1 Block",
        "blocks Stack",
        "head Linear",
        " Nested",
    ];
    assert_eq!(seen, expected);
}

#[test]
fn a_copy_is_its_own() {
    let mut net = network!(Block<2>).unwrap();
    net.bind([2]).unwrap();
    let copy = net.clone();
    let before = bits(&copy);
    assert_eq!(bits(&net), before);
    net.set_parameter("fc.bias", ArrayD::ones(vec![2])).unwrap();
    assert_eq!(bits(&copy), before);
    assert_eq!(copy.forward(numbers(&[1, 2])).unwrap().len(), 2);
}

#[test]
fn a_run_sees_what_was_set_since_the_last_one() {
    let mut net = network!(Block<1>).unwrap();
    let x = numbers(&[1, 1]);
    net.forward(&x).unwrap();
    net.set_parameter("fc.weight", ArrayD::zeros(vec![1, 1]))
        .unwrap();
    net.set_parameter("fc.bias", ArrayD::from_elem(vec![1], 0.5))
        .unwrap();
    assert!((net.forward(&x).unwrap()[[0, 0]] - 0.5f32.tanh()).abs() < 1e-6);
}
