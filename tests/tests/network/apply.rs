//! A function for every module, and initialisers of one's own.

use crate::nets::{Mlp, TempFile, bits};
use ndarray::ArrayD;
use netdsl::init::Draws;
use netdsl::prelude::*;
use netdsl::train::{MseLoss, Sgd, Trainer};

/// Each element twice what was drawn before it.
fn ramp(shape: &[usize], draws: &mut Draws) -> Vec<f64> {
    let count = shape.iter().product();
    let first = draws.uniform(0.5, 1.0) + draws.normal(0.0, 1e-3);
    (0..count).map(|i| first * i as f64).collect()
}

fn wrong(_: &[usize], _: &mut Draws) -> Vec<f64> {
    vec![1.0]
}

/// The chapter's `net.apply(init)`.
fn init(_: &str, module: &mut netdsl::ModuleMut<'_, f32>) -> Result<(), Error> {
    if module.kind() == "Linear" {
        module.initialize(
            "weight",
            Init::Normal {
                mean: 0.0,
                std: 0.01,
            },
        )?;
        module.initialize("bias", Init::Ones)?;
    }
    Ok(())
}

#[test]
fn apply_says_how_parameters_start_whether_they_exist_or_not() {
    let mut early = network!(Mlp<_, 4, 2>, seed = 5).unwrap();
    early.apply(init).unwrap();
    early.bind([3]).unwrap();
    let mut late = network!(Mlp<3, 4, 2>, seed = 5).unwrap();
    let before = bits(&late);
    late.apply(init).unwrap();
    assert_ne!(bits(&late), before);
    assert_eq!(bits(&early), bits(&late));
    assert!(
        late.parameter("out.bias")
            .unwrap()
            .iter()
            .all(|&bias| bias == 1.0)
    );
    // It stays so.
    late.reinitialize(6).unwrap();
    assert!(
        late.parameter("out.bias")
            .unwrap()
            .iter()
            .all(|&bias| bias == 1.0)
    );
}

#[test]
fn apply_changes_values() {
    let mut net = network!(Mlp<3, 4, 2>).unwrap();
    net.apply(|path, module| {
        if path == "out" {
            module.set("bias", ArrayD::from_elem(vec![2], 0.25))?;
            module.parameter_mut("weight")?.fill(2.0);
            let mut weight = module.parameter_mut("weight")?;
            weight *= 0.5;
        }
        Ok(())
    })
    .unwrap();
    assert!(
        net.parameter("out.weight")
            .unwrap()
            .iter()
            .all(|&w| w == 1.0)
    );
    assert!(
        net.parameter("out.bias")
            .unwrap()
            .iter()
            .all(|&b| b == 0.25)
    );
}

#[test]
fn what_apply_cannot_do_is_an_error_and_ends_it() {
    let mut net = network!(Mlp<_, 4, 2>).unwrap();
    let mut seen = Vec::new();
    let error = net.apply(|path, module| {
        seen.push(path.to_owned());
        module.initialize("wieght", Init::Zeros)
    });
    let error = error.unwrap_err().to_string();
    assert_eq!(seen, ["hidden_layer"]);
    assert_eq!(
        error,
        "there is no `hidden_layer.wieght`; did you mean `hidden_layer.weight` or `hidden_layer.bias`?"
    );
    let errors = [
        net.apply(|path, module| match path {
            "out" => module.set("bias", ArrayD::zeros(vec![3])),
            _ => Ok(()),
        }),
        net.apply(|path, module| match path {
            "hidden_layer" => module.set("bias", ArrayD::zeros(vec![4])),
            _ => Ok(()),
        }),
        net.apply(|path, module| match path {
            "out" => module.initialize("bias", Init::orthogonal()),
            _ => Ok(()),
        }),
    ]
    .map(|error| error.unwrap_err().to_string());
    assert!(
        errors[0].contains("`out.bias` is [2], but the new value is [3]"),
        "{}",
        errors[0]
    );
    assert!(errors[1].contains("does not exist yet"), "{}", errors[1]);
    assert!(errors[2].contains("Orthogonal"), "{}", errors[2]);
}

#[test]
fn a_function_may_say_how_parameters_start() {
    let mut early = network!(Mlp<_, 4, 2>, seed = 5).unwrap();
    early
        .initialize_kind("Linear", "weight", Init::function(ramp))
        .unwrap();
    early.bind([3]).unwrap();
    let mut late = network!(Mlp<3, 4, 2>, seed = 5).unwrap();
    late.initialize("*.weight", Init::function(ramp)).unwrap();
    assert_eq!(bits(&early), bits(&late));
    let (hidden, out) = (
        late.parameter("hidden_layer.weight").unwrap(),
        late.parameter("out.weight").unwrap(),
    );
    assert_ne!(hidden[[0, 1]], out[[0, 1]], "streams differ by path");
    assert!((hidden[[0, 2]] - 2.0 * hidden[[0, 1]]).abs() < 1e-6);
    let other = network!(Mlp<3, 4, 2>, seed = 6).unwrap();
    assert_ne!(bits(&other), bits(&late));
    let before = bits(&late);
    let error = late
        .initialize("out.weight", Init::function(wrong))
        .unwrap_err()
        .to_string();
    assert_eq!(
        error,
        "`out.weight` cannot be initialised: an array of shape [2, 4] does not have 1 elements"
    );
    assert_eq!(bits(&late), before);
}

#[test]
fn a_function_is_in_no_file() {
    let file = TempFile::new("function");
    let mut net = network!(Mlp<_, 4, 2>).unwrap();
    net.initialize("out.weight", Init::function(ramp)).unwrap();
    let error = net.save(&file).unwrap_err().to_string();
    assert!(
        error.contains("a function says how `out.weight` starts"),
        "{error}"
    );
    net.bind([3]).unwrap();
    net.save(&file).unwrap();
}

network! {
    pub struct Normed {
        pub hidden: Linear<_, 4>,
        norm: BatchNorm1d<_>,
        pub out: Linear<_, 2>,
    }

    fn forward(x: [_]) -> [2] {
        out(norm(hidden(x)).relu())
    }
}

/// Paths of the parameters that training leaves alone.
fn frozen(net: &mut Normed) -> Vec<String> {
    let mut frozen = Vec::new();
    net.apply(|path, module| {
        let own = module.own_parameters().iter().filter(|own| own.is_frozen());
        frozen.extend(own.map(|own| format!("{path}.{}", own.name())));
    });
    frozen
}

#[test]
fn parameters_are_frozen_before_they_exist() {
    let mut net = network!(Normed).unwrap();
    assert_eq!(net.freeze("*.weight").unwrap(), 3);
    assert_eq!(net.unfreeze("norm.*").unwrap(), 2);
    net.bind([5]).unwrap();
    assert_eq!(frozen(&mut net), ["hidden.weight", "out.weight"]);
    let before = net.parameter("hidden.weight").unwrap().to_owned();
    let mut trainer = Trainer::new(MseLoss::default(), Sgd::new(0.1)).unwrap();
    let (x, y) = (crate::nets::numbers(&[3, 5]), crate::nets::numbers(&[3, 2]));
    trainer.step(&mut net, &x, &y).unwrap();
    assert_eq!(net.parameter("hidden.weight").unwrap(), before);
    let error = net.freeze("norm.running_mean").unwrap_err().to_string();
    assert!(error.contains("`norm.running_mean` is a buffer"), "{error}");
    assert!(net.freeze("nrom.*").is_err());
}

#[test]
fn what_is_drawn_anew_stays_frozen() {
    let mut net = network!(Normed).unwrap();
    net.bind([5]).unwrap();
    net.freeze("hidden.*").unwrap();
    assert_eq!(net.rebind([6]).unwrap(), ["hidden.weight"]);
    assert_eq!(frozen(&mut net), ["hidden.weight", "hidden.bias"]);
    net.unfreeze("*").unwrap();
    net.rebind([7]).unwrap();
    assert!(frozen(&mut net).is_empty());
}

netdsl::layer! {
    /// y = x · ramp
    pub struct Ramped<features> {}
}

impl Ramped {
    /// x: `[…, features]` → `[…, features]`
    pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        let features = at.size("features", self.features);
        let factor = at.parameter("factor", &[features.dim], Init::function(ramp));
        x.expect(-1, features, "features").mul(factor)
    }
}

network! {
    struct Ramps {
        ramped: Ramped<_>,
        other: Ramped<_>,
    }
}

#[test]
fn a_layer_of_ones_own_may_start_by_a_function() {
    let file = TempFile::new("own_function");
    let net = network!(Ramps, seed = 2).unwrap();
    net.save(&file).unwrap();
    let mut loaded = network!(Ramps).unwrap();
    loaded.load(&file).unwrap();
    for net in [&net, &loaded] {
        net.bind([3]).unwrap();
    }
    assert_eq!(bits(&net), bits(&loaded));
    let factor = net.ramped.get().unwrap().parameter("factor").unwrap();
    assert_eq!(factor[0], 0.0);
    assert!(factor[1] >= 0.49 && factor[2] == 2.0 * factor[1]);
    assert_ne!(
        factor,
        net.other.get().unwrap().parameter("factor").unwrap()
    );
}

network! {
    struct Shared {
        plain: Linear<_, 4>(bias = false),
        encode: Linear<_, 3>,
        decode: Linear<_, _>(weight = encode.weight.t()),
    }
}

#[test]
fn apply_knows_the_parameters_that_wait_and_those_that_are_tied() {
    let mut net = network!(Shared).unwrap();
    let mut seen = Vec::new();
    net.apply(|path, module| {
        for name in ["weight", "bias"] {
            if module.parameter_names().contains(&name) {
                seen.push(format!("{path}.{name}"));
                module.initialize(name, Init::Ones)?;
            }
        }
        Ok::<(), Error>(())
    })
    .unwrap();
    let wanted = [
        "plain.weight",
        "encode.weight",
        "encode.bias",
        "decode.weight",
        "decode.bias",
    ];
    assert_eq!(seen, wanted);
    net.bind([5]).unwrap();
    let ones = |path: &str| net.parameter(path).unwrap().iter().all(|&x| x == 1.0);
    assert!(wanted.into_iter().all(ones));
}
