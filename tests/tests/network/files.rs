//! Saving, loading, and binding anew.

use crate::nets::{Convolutions, Mlp, Nested, Small, TempFile, bits, numbers, write_zeros};
use netdsl::io::TensorFile;
use netdsl::prelude::*;
use netdsl::train::{MseLoss, Sgd, Trainer};
use std::path::Path;

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
    write_zeros(&file, &shapes);
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
    write_zeros(&file, &shapes);
    let mut net = network!(Small, seed = 5).unwrap();
    let before = (net.to_string(), bits(&net));
    let Err(error) = net.load(&file) else {
        panic!("it does not fit")
    };
    let told = error.to_string();
    let Error::StateDict(error) = error else {
        panic!("{told}")
    };
    assert!(told.contains(&error.file.display().to_string()), "{told}");
    // A name that has its counterpart is no suggestion for another one.
    let suggested = error.missing.iter().chain(&error.unexpected);
    for (_, near) in suggested {
        assert!(near.iter().all(|name| !name.ends_with("weight")), "{told}");
    }
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
        r#"|name| (!["conv.weight", "fc2.weight"].contains(&name)).then(|| name.to_owned())"#,
    ] {
        assert!(told.contains(part), "no {part} in {told}");
    }
    assert_eq!((net.to_string(), bits(&net)), before);
    // As told.
    net.load_partial_renamed(&file, |name| {
        (!["conv.weight", "fc2.weight"].contains(&name)).then(|| name.to_owned())
    })
    .unwrap();
}

#[test]
fn a_part_of_a_file() {
    let file = TempFile::new("part");
    write_zeros(&file, &[("fc2.weight", &[3, 8]), ("head.weight", &[1, 1])]);
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
    write_zeros(&file, &[("fc2.weight", &[3, 9])]);
    let mut net = network!(Small).unwrap();
    let before = bits(&net);
    assert!(matches!(net.load_partial(&file), Err(Error::StateDict(_))));
    assert_eq!(bits(&net), before);
}

#[test]
fn a_waiting_layer_in_a_partial_file_is_not_lost() {
    let file = TempFile::new("part-waiting");
    write_zeros(&file, &[("fc1.weight", &[8, 36])]);
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

#[test]
fn two_names_of_a_file_cannot_become_one() {
    let (file, from) = (
        TempFile::new("renamed"),
        network!(Mlp<4, 4, 4>, seed = 1).unwrap(),
    );
    from.save(&file).unwrap();
    let mut net = network!(Mlp<4, 4, 4>, seed = 2).unwrap();
    let before = bits(&net);
    let rename = |name: &str| Some(name.replace("out.", "hidden_layer."));
    let error = net.load_partial_renamed(&file, rename).unwrap_err();
    let words = error.to_string();
    assert!(
        words.contains(
            "`hidden_layer.weight` and `out.weight` of the file were both given the name"
        ),
        "{words}"
    );
    assert_eq!(bits(&net), before);
}
