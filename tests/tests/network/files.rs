//! Saving, loading, and binding anew.

use crate::nets::{Convolutions, Mlp, Nested, Small, TempFile, bits, numbers};
use netdsl::io::{Dtype, TensorFile};
use netdsl::prelude::*;
use netdsl::train::{MseLoss, Sgd, Trainer};
use std::collections::BTreeMap;
use std::path::Path;

/// A file of zeros.
fn write(path: impl AsRef<Path>, tensors: &[(&str, &[usize])]) {
    let zeros: Vec<_> = tensors
        .iter()
        .map(|(_, shape)| vec![0f32; shape.iter().product()])
        .collect();
    let tensors = tensors
        .iter()
        .zip(&zeros)
        .map(|((name, shape), zeros)| (*name, Dtype::F32, *shape, zeros.as_slice()));
    netdsl::io::write(path.as_ref(), tensors, &BTreeMap::new()).unwrap();
}

#[test]
fn what_is_saved_is_what_is_loaded() {
    let file = TempFile::new("round-trip");
    let mut net = network!(Convolutions, seed = 1).unwrap();
    // A step, so that the running statistics are no longer what they start with.
    let (x, y) = (numbers(&[4, 3, 5, 5]), numbers(&[4, 2, 5, 5]));
    Trainer::new(MseLoss::default(), Sgd::new(0.1))
        .unwrap()
        .step(&mut net, &x, &y)
        .unwrap();
    net.save(&file).unwrap();
    let mut loaded = network!(Convolutions, seed = 2).unwrap();
    loaded.load(&file).unwrap();
    assert!(loaded.is_bound());
    assert_eq!(bits(&net), bits(&loaded));
    assert_eq!(net.forward(&x).unwrap(), loaded.forward(&x).unwrap());
    let names: Vec<String> = TensorFile::open(&file)
        .unwrap()
        .names()
        .map(str::to_owned)
        .collect();
    assert!(
        names.contains(&"norm.num_batches_tracked".to_owned()) && names.len() == 9,
        "{names:?}"
    );
}

#[test]
fn stacks_are_saved_under_their_numbers() {
    let file = TempFile::new("stack");
    let net = network!(Nested, seed = 1).unwrap();
    net.bind([3]).unwrap();
    net.save(&file).unwrap();
    let mut loaded = network!(Nested).unwrap();
    loaded.load(&file).unwrap();
    assert_eq!(bits(&net), bits(&loaded));
    assert!(
        TensorFile::open(&file)
            .unwrap()
            .get("blocks.1.fc.weight")
            .is_some()
    );
}

#[test]
fn loading_into_a_bound_network_replaces_everything() {
    let file = TempFile::new("replaced");
    let (net, mut other) = (
        network!(Small, seed = 1).unwrap(),
        network!(Small, seed = 2).unwrap(),
    );
    let x = numbers(&[2, 1, 8, 8]);
    net.forward(&x).unwrap();
    other.forward(&x).unwrap();
    net.save(&file).unwrap();
    other.load(&file).unwrap();
    assert_eq!(net.forward(&x).unwrap(), other.forward(&x).unwrap());
}

#[test]
fn declared_sizes_are_checked_against_the_file() {
    let file = TempFile::new("declared");
    let five = network!(Mlp<7, 5, 3>).unwrap();
    five.save(&file).unwrap();
    let mut open = network!(Mlp<_, _, 3>).unwrap();
    open.load(&file).unwrap();
    assert_eq!(bits(&five), bits(&open));

    let mut six = network!(Mlp<_, 6, 3>).unwrap();
    let before = bits(&six);
    let Err(Error::StateDict(error)) = six.load(&file) else {
        panic!("five is not six")
    };
    let wrong: Vec<_> = error
        .mismatched
        .iter()
        .map(|(name, own, found)| format!("{name} {own} {found}"))
        .collect();
    assert_eq!(
        wrong,
        [
            "hidden_layer.weight [6, _] [5, 7]",
            "hidden_layer.bias [6] [5]",
            "out.weight [3, 6] [3, 5]"
        ]
    );
    assert!(!six.is_bound());
    assert_eq!(bits(&six), before);
}

#[test]
fn a_file_that_contradicts_itself_changes_nothing() {
    let file = TempFile::new("contradiction");
    let shapes: [(&str, &[usize]); 4] = [
        ("hidden_layer.weight", &[5, 7]),
        ("hidden_layer.bias", &[5]),
        ("out.weight", &[3, 4]),
        ("out.bias", &[3]),
    ];
    write(&file, &shapes);
    let mut net = network!(Mlp<_, _, 3>).unwrap();
    let before = net.to_string();
    assert!(net.load(&file).is_err());
    assert!(!net.is_bound());
    assert_eq!(net.to_string(), before);
    net.bind([7]).expect_err("`hidden` is still open");
}

#[test]
fn everything_that_does_not_fit_is_told_at_once() {
    let file = TempFile::new("strict");
    let shapes: [(&str, &[usize]); 5] = [
        ("conv.weight", &[4, 1, 5, 5]),
        ("fc1.weight", &[8, 36]),
        ("fc1.bais", &[8]),
        ("fc2.weight", &[3, 9]),
        ("module.fc2.bias", &[3]),
    ];
    write(&file, &shapes);
    let mut net = network!(Small, seed = 5).unwrap();
    let before = (net.to_string(), bits(&net));
    let Err(error) = net.load(&file) else {
        panic!("it does not fit")
    };
    let told = error.to_string();
    let Error::StateDict(error) = error else {
        panic!("{told}")
    };
    let missing: Vec<_> = error
        .missing
        .iter()
        .map(|(name, near)| (name.as_str(), near.first().map_or("", String::as_str)))
        .collect();
    assert_eq!(
        missing,
        [
            ("conv.bias", ""),
            ("fc1.bias", "fc1.bais"),
            ("fc2.bias", "module.fc2.bias")
        ]
    );
    let unexpected: Vec<_> = error
        .unexpected
        .iter()
        .map(|(name, near)| (name.as_str(), near[0].as_str()))
        .collect();
    assert_eq!(
        unexpected,
        [("fc1.bais", "fc1.bias"), ("module.fc2.bias", "fc2.bias")]
    );
    let mismatched: Vec<_> = error
        .mismatched
        .iter()
        .map(|(name, ..)| name.as_str())
        .collect();
    assert_eq!(mismatched, ["conv.weight", "fc2.weight"]);
    for part in [
        "conv.bias",
        "fc1.bais",
        "[4, _, 3, 3]",
        "[4, 1, 5, 5]",
        "[3, 8]",
        "[3, 9]",
    ] {
        assert!(told.contains(part), "no {part} in {told}");
    }
    assert_eq!((net.to_string(), bits(&net)), before);
}

#[test]
fn a_part_of_a_file() {
    let file = TempFile::new("part");
    write(&file, &[("fc2.weight", &[3, 8]), ("head.weight", &[1, 1])]);
    let mut net = network!(Small, seed = 5).unwrap();
    let report = net.load_partial(&file).unwrap();
    assert_eq!(report.unexpected, ["head.weight"]);
    let mut missing = report.missing;
    missing.sort();
    assert_eq!(
        missing,
        [
            "conv.bias",
            "conv.weight",
            "fc1.bias",
            "fc1.weight",
            "fc2.bias"
        ]
    );
    assert!(
        net.parameter("fc2.weight")
            .unwrap()
            .iter()
            .all(|&w| w == 0.0)
    );
    assert!(!net.is_bound());
    // The rest is drawn as if there had been no file.
    net.bind([1, 8, 8]).unwrap();
    let fresh = network!(Small, seed = 5).unwrap();
    fresh.bind([1, 8, 8]).unwrap();
    assert_eq!(
        net.parameter("fc1.weight").unwrap(),
        fresh.parameter("fc1.weight").unwrap()
    );
    assert!(
        net.parameter("fc2.weight")
            .unwrap()
            .iter()
            .all(|&w| w == 0.0)
    );
}

#[test]
fn a_partial_file_with_another_shape_is_an_error() {
    let file = TempFile::new("part-shape");
    write(&file, &[("fc2.weight", &[3, 9])]);
    let mut net = network!(Small).unwrap();
    let before = bits(&net);
    assert!(matches!(net.load_partial(&file), Err(Error::StateDict(_))));
    assert_eq!(bits(&net), before);
}

#[test]
fn a_waiting_layer_in_a_partial_file_is_not_lost() {
    let file = TempFile::new("part-waiting");
    write(&file, &[("fc1.weight", &[8, 36])]);
    let mut net = network!(Small).unwrap();
    let report = net.load_partial(&file).unwrap();
    assert!(!report.missing.contains(&"fc1.weight".to_owned()));
    // 4 channels of 3 × 3 make 36: the file's sizes hold.
    net.bind([1, 8, 8]).unwrap();
    assert!(
        net.parameter("fc1.weight")
            .unwrap()
            .iter()
            .all(|&w| w == 0.0),
        "it was in the file"
    );
}

#[test]
fn an_unbound_network_is_saved_with_what_exists() {
    let file = TempFile::new("unbound");
    let mut net = network!(Small, seed = 77).unwrap();
    net.set_parameter("fc2.bias", ndarray::ArrayD::from_elem(vec![3], 4.0))
        .unwrap();
    net.save(&file).unwrap();
    let mut loaded = network!(Small, seed = 1).unwrap();
    loaded.load(&file).unwrap();
    assert!(!loaded.is_bound());
    for net in [&net, &loaded] {
        net.bind([1, 8, 8]).unwrap();
    }
    assert_eq!(bits(&net), bits(&loaded));
}

network! {
    struct Sized<inputs, classes> {
        hidden: Linear<inputs, 5>,
        out: Linear<_, classes>,
    }
}

#[test]
fn an_unbound_network_is_saved_with_its_sizes() {
    let file = TempFile::new("sizes");
    let net = network!(Sized<_, 3>, seed = 77).unwrap();
    net.save(&file).unwrap();
    let mut loaded = network!(Sized<_, _>, seed = 1).unwrap();
    loaded.load(&file).unwrap();
    net.bind([4]).unwrap();
    loaded.bind([4]).unwrap();
    assert_eq!(bits(&net), bits(&loaded));

    let mut other = network!(Sized<_, 2>).unwrap();
    let before = other.to_string();
    let error = other.load(&file).unwrap_err().to_string();
    assert!(
        error.contains("`classes` = 2") && error.contains("with 3"),
        "{error}"
    );
    assert_eq!(other.to_string(), before, "a failed load changes nothing");
}

#[test]
fn files_that_are_none() {
    let file = TempFile::new("broken");
    let mut net = network!(Small).unwrap();
    assert!(
        matches!(net.load(&file), Err(Error::File(_))),
        "there is no such file"
    );
    std::fs::write(&file, b"not safetensors").unwrap();
    assert!(matches!(net.load(&file), Err(Error::File(_))));
    assert!(
        net.save(Path::new("/no/such/folder/x.safetensors"))
            .is_err()
    );
}

#[test]
fn binding_anew_keeps_what_fits() {
    let mut net = network!(Small, seed = 8).unwrap();
    net.bind([1, 8, 8]).unwrap();
    net.set_parameter("fc2.bias", ndarray::ArrayD::from_elem(vec![3], 4.0))
        .unwrap();
    net.set_parameter("conv.bias", ndarray::ArrayD::from_elem(vec![4], 2.0))
        .unwrap();
    let before: Vec<_> = ["conv.weight", "conv.bias", "fc2.weight", "fc2.bias"]
        .map(|path| net.parameter(path).unwrap().to_owned())
        .into();
    let drawn = net.rebind([1, 12, 12]).unwrap();
    assert_eq!(drawn, ["fc1.weight"]);
    let after: Vec<_> = ["conv.weight", "conv.bias", "fc2.weight", "fc2.bias"]
        .map(|path| net.parameter(path).unwrap().to_owned())
        .into();
    assert_eq!(before, after);
    assert_eq!(net.parameter("fc1.weight").unwrap().shape(), [8, 100]);
    assert_eq!(
        net.forward(numbers(&[2, 1, 12, 12])).unwrap().shape(),
        [2, 3]
    );
    let error = net.forward(numbers(&[2, 1, 8, 8])).unwrap_err().to_string();
    assert!(
        error.contains("`rebind` to a sample of shape [1, 12, 12]"),
        "{error}"
    );
}

#[test]
fn a_failing_rebind_changes_nothing() {
    let mut net = network!(Small, seed = 8).unwrap();
    net.bind([1, 8, 8]).unwrap();
    let before = (net.to_string(), bits(&net));
    assert!(net.rebind([1, 2, 2]).is_err());
    assert!(net.rebind([5]).is_err());
    assert_eq!((net.to_string(), bits(&net)), before);
    assert!(net.forward(numbers(&[2, 1, 8, 8])).is_ok());
}

network! {
    #[derive(Clone)]
    struct Ruled<inputs> {
        a: Linear<inputs, 5>,
        conv: Linear<_, 4>,
        norm: LayerNorm<_>,
        fc: Linear<_, 3>,
    }

    struct Other {
        c: Linear<_, 5>,
        fc: Linear<_, 3>,
    }
}

#[test]
fn an_unbound_network_is_saved_with_how_its_parameters_start() {
    let file = TempFile::new("rules");
    let mut net = network!(Ruled<_>, seed = 6).unwrap();
    net.initialize("a.weight", Init::Constant(2.0)).unwrap();
    net.initialize_kind(
        "Linear",
        "bias",
        Init::Normal {
            mean: 0.1,
            std: 0.3,
        },
    )
    .unwrap();
    net.initialize(
        "*",
        Init::Uniform {
            low: -0.25,
            high: 1.0 / 3.0,
        },
    )
    .unwrap();
    // The last rule that fits counts.
    net.initialize("a.*ght", Init::kaiming_normal()).unwrap();
    net.initialize_kind("Linear", "bias", Init::Constant(7.0))
        .unwrap();
    net.initialize("fc.bias", Init::Ones).unwrap();
    net.save(&file).unwrap();
    let mut other = network!(Ruled<_>, seed = 1).unwrap();
    other.initialize("conv.weight", Init::Zeros).unwrap();
    other.load(&file).unwrap();
    // What was restored is saved and drawn anew, too.
    let again = TempFile::new("rules-again");
    other.save(&again).unwrap();
    let mut third = network!(Ruled<_>).unwrap();
    third.load(&again).unwrap();
    third.reinitialize(9).unwrap();
    third.reinitialize(6).unwrap();
    for net in [&net, &other, &third] {
        net.bind([4]).unwrap();
    }
    assert!(other.parameter("a.bias").unwrap().iter().all(|&b| b == 7.0));
    assert!(
        other
            .parameter("fc.bias")
            .unwrap()
            .iter()
            .all(|&b| b == 1.0)
    );
    assert_eq!(bits(&net), bits(&other));
    assert_eq!(bits(&net), bits(&third));
}

/// A file of an unbound `Ruled<_>` without values.
fn unbound(path: &TempFile, metadata: &[(&str, &str)]) {
    let metadata: BTreeMap<String, String> = [("netdsl.network", "Ruled"), ("netdsl.seed", "8")]
        .iter()
        .chain(metadata)
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect();
    let none: [(&str, Dtype, &[usize], &[f32]); 0] = [];
    netdsl::io::write(path.as_ref(), none, &metadata).unwrap();
}

#[test]
fn a_specification_that_cannot_be_used_changes_nothing() {
    let file = TempFile::new("specification");
    for (key, value, part) in [
        ("netdsl.seed", "eight", "not a seed"),
        ("netdsl.rules", "lots\ta.weight", "lots"),
        ("netdsl.rules", "ones", "not a rule"),
        // Found only when the parameter is drawn.
        ("netdsl.rules", "normal 0 -1\tfc.weight", "`fc.weight`"),
        ("netdsl.rules", "dirac 1\tfc.weight", "`fc.weight`"),
    ] {
        unbound(&file, &[(key, value)]);
        let mut net = network!(Ruled<_>, seed = 3).unwrap();
        net.set_parameter("fc.bias", ndarray::ArrayD::from_elem(vec![3], 4.0))
            .unwrap();
        let kept = net.clone();
        let error = net.load(&file).unwrap_err().to_string();
        assert!(error.contains(part), "no {part} in {error}");
        assert_eq!(bits(&net), bits(&kept), "{value}");
        for net in [&net, &kept] {
            net.bind([4]).unwrap();
        }
        assert_eq!(
            bits(&net),
            bits(&kept),
            "the seed or a rule stayed: {value}"
        );
    }
}

network! {
    /// `a` exists from the start where `inputs` is given, `fc` waits.
    struct HalfOpen<inputs> {
        a: Linear<inputs, 5>,
        fc: Linear<_, 3>,
    }

    fn forward(x: [_], y: [_]) -> [3] {
        let _ = a(x);
        fc(y)
    }
}

#[test]
fn unexpected_names_in_the_file_of_an_unbound_network_are_told() {
    let file = TempFile::new("unbound-unexpected");
    let net = network!(HalfOpen<20>).unwrap();
    assert!(!net.is_bound());
    net.save(&file).unwrap();
    let mut other = network!(Other, seed = 5).unwrap();
    let before = (other.to_string(), bits(&other));
    let Err(Error::StateDict(error)) = other.load(&file) else {
        panic!("its layers have other names")
    };
    let mut unexpected: Vec<_> = error
        .unexpected
        .iter()
        .map(|(name, near)| (name.as_str(), near.first().map_or("", String::as_str)))
        .collect();
    unexpected.sort();
    assert_eq!(unexpected, [("a.bias", "c.bias"), ("a.weight", "c.weight")]);
    assert!(error.missing.is_empty(), "an unbound network lacks some");
    assert_eq!((other.to_string(), bits(&other)), before);
    let report = other.load_partial(&file).unwrap();
    assert_eq!(report.unexpected.len(), 2);
    let fresh = network!(Other, seed = 5).unwrap();
    for net in [&other, &fresh] {
        net.bind([7]).unwrap();
    }
    assert_eq!(
        bits(&other),
        bits(&fresh),
        "another network's seed is not taken"
    );
}

#[test]
fn an_empty_file_of_another_network_is_refused_by_its_name() {
    let file = TempFile::new("unbound-other");
    unbound(&file, &[]);
    let mut other = network!(Other, seed = 5).unwrap();
    let before = (other.to_string(), bits(&other));
    let error = other.load(&file).unwrap_err().to_string();
    for part in ["`Ruled`", "`Other`", "bind that one before it is saved"] {
        assert!(error.contains(part), "no {part} in {error}");
    }
    assert_eq!((other.to_string(), bits(&other)), before);
    network!(Ruled<_>).unwrap().load(&file).unwrap();
}

#[test]
fn what_the_sizes_of_a_file_tell_exists_once_it_is_loaded() {
    let file = TempFile::new("half-open");
    let net = network!(HalfOpen<20>, seed = 4).unwrap();
    net.save(&file).unwrap();
    let mut loaded = network!(HalfOpen<_>, seed = 1).unwrap();
    assert!(loaded.a.get().is_err());
    loaded.load(&file).unwrap();
    assert!(!loaded.is_bound());
    assert_eq!(loaded.a.get().unwrap().weight().shape(), [5, 20]);
    assert_eq!(bits(&loaded), bits(&net));
    let error = loaded.parameter("fc.weight").unwrap_err().to_string();
    assert!(error.contains("`in_features` of `fc`"), "{error}");

    // Without values, too: what its sizes tell is drawn.
    unbound(&file, &[("netdsl.sizes", "inputs=6")]);
    let mut loaded = network!(Ruled<_>).unwrap();
    loaded.load(&file).unwrap();
    assert!(loaded.is_bound());
    let built = network!(Ruled<6>, seed = 8).unwrap();
    assert_eq!(bits(&loaded), bits(&built));
}

#[test]
fn values_that_wait_for_their_layer_are_saved() {
    let (part, file) = (TempFile::new("waiting-part"), TempFile::new("waiting"));
    write(&part, &[("a.weight", &[5, 4])]);
    let mut net = network!(HalfOpen<_>, seed = 2).unwrap();
    net.load_partial(&part).unwrap();
    net.save(&file).unwrap();
    let mut loaded = network!(HalfOpen<_>).unwrap();
    loaded.load(&file).unwrap();
    for net in [&net, &loaded] {
        net.bind_all(&[&[4], &[7]]).unwrap();
    }
    assert!(
        loaded
            .parameter("a.weight")
            .unwrap()
            .iter()
            .all(|&w| w == 0.0)
    );
    assert_eq!(bits(&net), bits(&loaded));
}

#[test]
fn a_frozen_parameter_stays_frozen_when_a_file_is_loaded() {
    let file = TempFile::new("frozen");
    let net = network!(Small, seed = 1).unwrap();
    net.bind([1, 8, 8]).unwrap();
    net.save(&file).unwrap();
    let mut loaded = network!(Small).unwrap();
    loaded.freeze("fc2.*").unwrap();
    loaded.load(&file).unwrap();
    let mut frozen = Vec::new();
    loaded.apply(|path, module| {
        let own = module.own_parameters().iter();
        frozen.extend(
            own.filter(|own| own.is_frozen())
                .map(|own| format!("{path}.{}", own.name())),
        );
    });
    assert_eq!(frozen, ["fc2.weight", "fc2.bias"]);
}

#[test]
fn a_network_that_another_thread_binds_is_saved_whole_or_with_its_seed() {
    let file = TempFile::new("race");
    for seed in 0..24 {
        let net = network!(Small, seed = seed).unwrap();
        let barrier = std::sync::Barrier::new(2);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                barrier.wait();
                net.bind([1, 8, 8]).unwrap();
            });
            barrier.wait();
            // Somewhere within the time that binding takes.
            for _ in 0..seed * 120 {
                std::hint::spin_loop();
            }
            net.save(&file).unwrap();
        });
        let mut loaded = network!(Small, seed = 1000).unwrap();
        loaded.load(&file).unwrap();
        loaded.bind([1, 8, 8]).unwrap();
        assert_eq!(bits(&loaded), bits(&net), "seed {seed}");
    }
}
