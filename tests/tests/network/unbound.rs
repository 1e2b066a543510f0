//! Saving networks that wait still, and loading into them.

use crate::nets::{Small, TempFile, bits, write_zeros};
use netdsl::io::Dtype;
use netdsl::prelude::*;
use std::collections::BTreeMap;

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

network! {
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
        fc(y) + a(x).mean(-1).unsqueeze(-1)
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
    write_zeros(&part, &[("a.weight", &[5, 4])]);
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
