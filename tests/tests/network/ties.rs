//! Layers that share a parameter.

use crate::nets::{TempFile, bits, numbers};
use crate::training::check;
use ndarray::{Array2, ArrayD};
use netdsl::io::{Dtype, TensorFile};
use netdsl::prelude::*;
use netdsl::train::{MseLoss, Sgd, Trainer};
use std::collections::BTreeMap;

network! {
    /// The sizes of `decode` are those of `encode`, the other way round.
    struct Autoencoder<code> {
        encode: Linear<_, code>,
        decode: Linear<_, _>(weight = encode.weight.t()),
    }

    fn forward(x: [_]) -> [_] {
        decode(encode(x).tanh())
    }
}

network! {
    struct Language {
        embed: Embedding<7, 4>,
        mix: Linear<_, _>,
        head: Linear<_, _>(weight = embed.weight, bias = false),
    }

    fn forward(tokens: [_]) -> [_, _] {
        head(mix(embed(tokens)).tanh())
    }
}

network! {
    /// Only the last layer says how wide the code is, and the tied layers run before their owner.
    struct Backwards {
        first: Linear<_, _>(weight = second.weight.t(), bias = third.bias),
        second: Linear<_, _>(weight = third.weight),
        third: Linear<5, 5>,
    }

    fn forward(x: [5]) -> [5] {
        third(second(first(x).tanh()).tanh())
    }
}

network! {
    struct Twice<code> {
        one: Autoencoder<code>,
        two: [Autoencoder<code>; 2],
    }
}

fn names(file: &TempFile) -> Vec<String> {
    let file = TensorFile::open(file).unwrap();
    file.names().map(str::to_owned).collect()
}

/// A file of these values.
fn write(path: &TempFile, tensors: &[(&str, &ArrayD<f32>)]) {
    let tensors = tensors.iter().map(|(name, value)| {
        let value = (value.shape(), value.as_slice().unwrap());
        (*name, Dtype::F32, value.0, value.1)
    });
    netdsl::io::write(path.as_ref(), tensors, &BTreeMap::new()).unwrap();
}

#[test]
fn sizes_flow_through_a_tie() {
    let net = network!(Autoencoder<3>).unwrap();
    assert!(!net.is_bound());
    net.bind([6]).unwrap();
    let shapes: Vec<String> = net.parameters().iter().map(ToString::to_string).collect();
    assert_eq!(
        shapes,
        ["encode.weight [3, 6]", "encode.bias [3]", "decode.bias [6]"]
    );
    assert_eq!(net.count_parameters(), 18 + 3 + 6);
    assert_eq!(net.summary().count(), (27, false));
    // Known to the compiler: no layer waits, and `mix` got its sizes from both sides of the tie.
    let net = network!(Language).unwrap();
    assert_eq!(net.mix.weight().shape(), [4, 4]);
    assert_eq!(net.head.parameter("weight"), None);
    assert_eq!(net.count_parameters(), 28 + 20);
    let net = network!(Backwards).unwrap();
    let paths: Vec<String> = net.parameters().into_iter().map(|info| info.path).collect();
    assert_eq!(paths, ["second.bias", "third.weight", "third.bias"]);
}

#[test]
fn tied_layers_compute_with_their_owners_values() {
    let net = network!(Autoencoder<3>, seed = 3).unwrap();
    let x = numbers(&[2, 6]);
    let y = net.forward(&x).unwrap();
    let matrix = |value: &ArrayD<f32>| -> Array2<f32> {
        let value = value.clone().into_dimensionality();
        value.unwrap()
    };
    let encode = net.encode.get().unwrap();
    let (weight, x) = (matrix(encode.weight()), matrix(&x));
    let code: Array2<f32> = x.dot(&weight.t());
    let code = (code.into_dyn() + encode.bias().unwrap()).mapv(f32::tanh);
    let own = net.decode.get().unwrap().parameter("bias").unwrap();
    let expected: Array2<f32> = matrix(&code).dot(&weight);
    assert!(
        (y - expected.into_dyn() - own)
            .iter()
            .all(|error| error.abs() < 1e-6)
    );
}

#[test]
fn gradients_add_up_over_all_uses() {
    let net = network!(Autoencoder<3>, seed = 5, dtype = f64).unwrap();
    net.bind([6]).unwrap();
    check(net, &[4, 6], &[4, 6]);
    check(
        network!(Backwards, seed = 5, dtype = f64).unwrap(),
        &[4, 5],
        &[4, 5],
    );
    let net = network!(Twice<3>, seed = 5, dtype = f64).unwrap();
    net.bind([6]).unwrap();
    check(net, &[4, 6], &[4, 6]);
}

#[test]
fn the_owner_draws() {
    network! {
        struct Untied {
            encode: Linear<6, 3>,
            decode: Linear<3, 6>,
        }
    }
    let (tied, untied) = (
        network!(Autoencoder<3>, seed = 9).unwrap(),
        network!(Untied, seed = 9).unwrap(),
    );
    tied.bind([6]).unwrap();
    for path in ["encode.weight", "encode.bias", "decode.bias"] {
        assert_eq!(
            tied.parameter(path).unwrap(),
            untied.parameter(path).unwrap(),
            "{path}"
        );
    }
}

#[test]
fn a_tied_parameter_is_read_as_a_view() {
    let net = network!(Autoencoder<3>, seed = 1).unwrap();
    let error = net.parameter("decode.weight").unwrap_err();
    assert!(
        matches!(&error, Error::Waiting(error) if error.parameter == "encode.weight"),
        "{error}"
    );
    assert!(net.encode.get().is_err() && net.decode.get().is_err());
    net.bind([6]).unwrap();
    assert_eq!(
        net.parameter("decode.weight").unwrap(),
        net.parameter("encode.weight").unwrap().t()
    );
    let net = network!(Backwards).unwrap();
    let third = net.parameter("third.weight").unwrap();
    assert_eq!(net.parameter("second.weight").unwrap(), third);
    assert_eq!(net.parameter("first.weight").unwrap(), third.t());
    assert_eq!(
        net.parameter("first.bias").unwrap(),
        net.third.bias().unwrap()
    );
}

#[test]
fn a_tied_parameter_is_changed_at_its_owner() {
    let mut net = network!(Autoencoder<3>, seed = 1).unwrap();
    net.bind([6]).unwrap();
    let told = |result: Result<(), Error>| {
        let error = result.unwrap_err();
        assert_eq!(
            error.to_string(),
            "`decode.weight` is `encode.weight` transposed: change that one"
        );
    };
    told(net.set_parameter("decode.weight", numbers(&[6, 3])));
    told(net.freeze("decode.weight").map(|_| ()));
    told(net.initialize("decode.weight", Init::Zeros));
    // A pattern would leave a part of what it says as it is.
    told(net.freeze("decode.*").map(|_| ()));
    told(net.unfreeze("decode.*").map(|_| ()));
    told(net.initialize("decode.*", Init::Zeros));
    assert_eq!(net.freeze("decode.bias").unwrap(), 1);
    assert_eq!(net.unfreeze("*").unwrap(), 3);

    net.set_parameter("encode.weight", numbers(&[3, 6]))
        .unwrap();
    assert_eq!(
        net.parameter("decode.weight").unwrap(),
        numbers(&[3, 6]).t()
    );
    net.initialize("*.weight", Init::Zeros).unwrap();
    assert!(
        net.parameter("decode.weight")
            .unwrap()
            .iter()
            .all(|&x| x == 0.0)
    );

    // Frozen, it stays as it is in both places.
    net.reinitialize(4).unwrap();
    net.freeze("encode.weight").unwrap();
    let before = net.parameter("encode.weight").unwrap().to_owned();
    let x = numbers(&[4, 6]);
    let mut trainer = Trainer::new(MseLoss::default(), Sgd::new(0.5)).unwrap();
    trainer.step(&mut net, &x, &x).unwrap();
    assert_eq!(net.parameter("decode.weight").unwrap(), before.t());
    net.unfreeze("encode.weight").unwrap();
    trainer.step(&mut net, &x, &x).unwrap();
    assert_ne!(net.parameter("decode.weight").unwrap(), before.t());
}

#[test]
fn modules_are_visited_with_what_is_their_own() {
    let mut net = network!(Autoencoder<3>, seed = 1).unwrap();
    net.bind([6]).unwrap();
    let mut visited = Vec::new();
    net.apply(|path, module| {
        let own = module.own_parameters().iter();
        let own: Vec<String> = own.map(|own| own.name().to_owned()).collect();
        visited.push((path.to_owned(), module.kind(), own.join(" ")));
    });
    let visited: Vec<_> = visited
        .iter()
        .map(|(path, kind, own)| (path.as_str(), *kind, own.as_str()))
        .collect();
    assert_eq!(
        visited,
        [
            ("encode", "Linear", "weight bias"),
            ("decode", "Linear", "bias"),
            ("", "Autoencoder", "")
        ]
    );
}

#[test]
fn files_hold_it_once() {
    let file = TempFile::new("tied");
    let net = network!(Autoencoder<3>, seed = 1).unwrap();
    net.bind([6]).unwrap();
    net.save(&file).unwrap();
    assert_eq!(
        names(&file),
        ["encode.weight", "encode.bias", "decode.bias"]
    );
    let mut loaded = network!(Autoencoder<_>, seed = 2).unwrap();
    loaded.load(&file).unwrap();
    assert_eq!(bits(&net), bits(&loaded));
    // Before it is bound, too.
    let net = network!(Autoencoder<3>, seed = 3).unwrap();
    net.save(&file).unwrap();
    let mut loaded = network!(Autoencoder<_>, seed = 4).unwrap();
    loaded.load(&file).unwrap();
    net.bind([6]).unwrap();
    loaded.bind([6]).unwrap();
    assert_eq!(bits(&net), bits(&loaded));
}

#[test]
fn files_may_have_it_under_any_of_its_names() {
    let file = TempFile::new("tied-names");
    let (weight, code, out) = (numbers(&[3, 6]), numbers(&[3]), numbers(&[6]));
    let transposed = weight.t().as_standard_layout().into_owned();
    let rest: [(&str, &ArrayD<f32>); 2] = [("encode.bias", &code), ("decode.bias", &out)];
    for tensors in [
        [("encode.weight", &weight)].as_slice(),
        &[("decode.weight", &transposed)],
        &[("encode.weight", &weight), ("decode.weight", &transposed)],
    ] {
        write(&file, &[tensors, rest.as_slice()].concat());
        let mut net = network!(Autoencoder<_>, seed = 2).unwrap();
        net.load(&file).unwrap();
        assert_eq!(net.parameter("encode.weight").unwrap(), weight);
        assert_eq!(net.parameter("decode.weight").unwrap(), transposed);
    }
    // Two names with two values are no tie.
    let other = transposed.mapv(|x| x + 1.0);
    let both = [("encode.weight", &weight), ("decode.weight", &other)];
    write(&file, &[both.as_slice(), rest.as_slice()].concat());
    let mut net = network!(Autoencoder<3>, seed = 2).unwrap();
    net.bind([6]).unwrap();
    let before = bits(&net);
    for result in [net.load(&file), net.load_partial(&file).map(|_| ())] {
        let Err(Error::StateDict(error)) = result else {
            panic!("{result:?}");
        };
        let names = ("decode.weight".to_owned(), "encode.weight".to_owned());
        assert_eq!(error.untied, [names]);
        assert!(error.missing.is_empty() && error.unexpected.is_empty());
    }
    assert_eq!(bits(&net), before);
    // A name that is missing is missing under its owner's.
    write(&file, &rest);
    let Err(Error::StateDict(error)) = net.load(&file) else {
        panic!("loaded");
    };
    assert_eq!(error.missing.len(), 1);
    assert_eq!(error.missing[0].0, "encode.weight");
}

#[test]
fn each_part_has_its_own_tie() {
    let net = network!(Twice<3>, seed = 1).unwrap();
    net.bind([6]).unwrap();
    assert_eq!(net.count_parameters(), 3 * 27);
    for part in ["one", "two.0", "two.1"] {
        let (tied, owner) = (
            net.parameter(&format!("{part}.decode.weight")).unwrap(),
            net.parameter(&format!("{part}.encode.weight")).unwrap(),
        );
        assert_eq!(tied, owner.t());
    }
    assert_ne!(
        net.parameter("two.0.decode.weight").unwrap(),
        net.parameter("two.1.decode.weight").unwrap()
    );
}

#[test]
fn rebinding_keeps_the_tie() {
    let mut net = network!(Autoencoder<3>, seed = 1).unwrap();
    net.bind([6]).unwrap();
    assert_eq!(net.rebind([8]).unwrap(), ["encode.weight", "decode.bias"]);
    assert_eq!(net.parameter("decode.weight").unwrap().shape(), [8, 3]);
    assert_eq!(net.forward(numbers(&[2, 8])).unwrap().shape(), [2, 8]);
}

#[test]
fn sizes_that_conflict_through_a_tie_are_told_when_they_arrive() {
    network! {
        struct Crossed<inputs, outputs> {
            encode: Linear<inputs, 3>,
            decode: Linear<_, outputs>(weight = encode.weight.t()),
        }
    }
    network!(Crossed<6, _>).unwrap();
    let (inputs, outputs) = (6, 7);
    let Err(Error::Shape(error)) = network!(Crossed<inputs, outputs>) else {
        panic!("built");
    };
    assert_eq!(error.layer, "decode");
    assert_eq!(error.sizes, Some((7, 6)));
    let place = error.place.as_deref().unwrap();
    assert!(place.contains("ties.rs"), "{place}");
    let told = "`decode.weight` is `encode.weight` transposed, but layer `decode` needs 7 where layer `encode` has 6\n  = help: write `6` or `_` in `decode`, or `7` or `_` in `encode`";
    assert!(error.message.starts_with(told), "{}", error.message);
}
