//! Trajectories and states of the optimisers.

use std::collections::BTreeMap;

use netdsl::Element;
use netdsl::train::optimizer::{Adagrad, AdamRule, Optimizer, RmsProp, Rule, Sgd};
use safetensors::{Dtype, SafeTensors};
use serde_json::Value;

use crate::reference::{manifest, number, root, text};

#[test]
fn trajectories() {
    let Some(manifest) = manifest("optim") else {
        return;
    };
    let cases = manifest["cases"].as_array().unwrap();
    for case in cases {
        let config = &case["config"];
        let option = |key| number(config, key);
        let switch = |key: &str| config[key].as_bool().unwrap();
        match text(case, "optimizer") {
            "SGD" => check(
                case,
                Sgd::new(option("lr"))
                    .momentum(option("momentum"))
                    .dampening(option("dampening"))
                    .weight_decay(option("weight_decay"))
                    .nesterov(switch("nesterov"))
                    .maximize(switch("maximize")),
            ),
            "Adam" => check(case, adam::<false>(config)),
            "AdamW" => check(case, adam::<true>(config)),
            "RMSprop" => check(
                case,
                RmsProp::new(option("lr"))
                    .alpha(option("alpha"))
                    .eps(option("eps"))
                    .weight_decay(option("weight_decay"))
                    .momentum(option("momentum"))
                    .centered(switch("centered"))
                    .maximize(switch("maximize")),
            ),
            "Adagrad" => check(
                case,
                Adagrad::new(option("lr"))
                    .lr_decay(option("lr_decay"))
                    .weight_decay(option("weight_decay"))
                    .initial_accumulator_value(option("initial_accumulator_value"))
                    .eps(option("eps"))
                    .maximize(switch("maximize")),
            ),
            other => panic!("no optimiser {other}"),
        }
    }
    println!("{} cases", cases.len());
}

/// The defaults are PyTorch's: `kwargs` is what a case changes, `config` the result.
#[test]
fn defaults() {
    let Some(manifest) = manifest("optim") else {
        return;
    };
    for case in manifest["cases"].as_array().unwrap() {
        let (config, changed) = (&case["config"], case["kwargs"].as_object().unwrap());
        let same = |ours: f64, key: &str| {
            assert!(
                changed.contains_key(key) || ours == number(config, key),
                "{key} of {}",
                case["id"]
            );
        };
        match text(case, "optimizer") {
            "SGD" => same(Sgd::default().get_lr(), "lr"),
            "Adam" => same(AdamRule::<false>::default().get_lr(), "lr"),
            "AdamW" => {
                same(AdamRule::<true>::default().get_lr(), "lr");
                if changed.keys().all(|key| key == "lr") {
                    assert_eq!(adam::<true>(config), AdamRule::new(number(config, "lr")));
                }
            }
            "RMSprop" => same(RmsProp::default().get_lr(), "lr"),
            "Adagrad" => same(Adagrad::default().get_lr(), "lr"),
            other => panic!("no optimiser {other}"),
        }
    }
}

fn adam<const DECOUPLED: bool>(config: &Value) -> AdamRule<DECOUPLED> {
    let betas: Vec<f64> = config["betas"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(Value::as_f64)
        .collect();
    AdamRule::new(number(config, "lr"))
        .betas(betas[0], betas[1])
        .eps(number(config, "eps"))
        .weight_decay(number(config, "weight_decay"))
        .amsgrad(config["amsgrad"].as_bool().unwrap())
        .maximize(config["maximize"].as_bool().unwrap())
}

fn check<R: Rule>(case: &Value, rule: R) {
    let bytes = std::fs::read(root().join("optim").join(text(case, "file"))).unwrap();
    let tensors = tensors(&bytes);
    run::<R, f32>(case, &tensors, rule.clone(), "", 1e-5);
    run::<R, f64>(case, &tensors, rule, "f64.", 1e-9);
}

/// Runs the case in `E` and compares with the results under `prefix`.
fn run<R: Rule, E: Element>(
    case: &Value,
    tensors: &BTreeMap<String, Vec<f64>>,
    rule: R,
    prefix: &str,
    tolerance: f64,
) {
    let id = text(case, "id");
    let expect = |name: &str, part: std::ops::Range<usize>, found: &[E]| {
        let expected = &tensors[&format!("{prefix}{name}")][part];
        assert_eq!(expected.len(), found.len(), "{id}: {name}");
        // Relative to the array: an entry where terms cancel has their rounding error.
        let scale = expected
            .iter()
            .fold(1e-12, |scale: f64, v| scale.max(v.abs()));
        for (&expected, found) in expected.iter().zip(found) {
            let found = found.to_f64();
            assert!(
                (found - expected).abs() <= tolerance * scale,
                "{id}: {name}: {found}, not {expected}"
            );
        }
    };
    let elements = |name: &str| {
        tensors[name]
            .iter()
            .map(|&v| E::from_f64(v))
            .collect::<Vec<E>>()
    };
    let mut optimizer: Optimizer<R, E> = Optimizer::new(rule).unwrap();
    for path in case["params"].as_array().unwrap() {
        let path = path.as_str().unwrap();
        let mut value = elements(&format!("init.{path}"));
        let n = value.len();
        for step in 0..case["steps"].as_u64().unwrap() as usize {
            let now = step * n..(step + 1) * n;
            let grad: Vec<E> = match text(case, "problem") {
                "sequence" => elements(&format!("grad.{path}"))[now.clone()].to_vec(),
                "quadratic" => {
                    let (a, b) = (
                        elements(&format!("quad.a.{path}")),
                        elements(&format!("quad.b.{path}")),
                    );
                    a.into_iter()
                        .zip(b)
                        .zip(&value)
                        .map(|((a, b), &x)| a * (x - b))
                        .collect()
                }
                other => panic!("no problem {other}"),
            };
            optimizer.step_parameter(path, &mut value, &grad).unwrap();
            expect(&format!("traj.{path}"), now, &value);
        }
        expect(&format!("final.{path}"), 0..n, &value);
        let mut names: Vec<&str> = case["opt_state"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(Value::as_str)
            .collect();
        for name in &names {
            expect(
                &format!("opt.{name}.{path}"),
                0..n,
                optimizer.state(path, name).unwrap(),
            );
        }
        names.sort_unstable();
        let mut ours: Vec<&str> = optimizer
            .states()
            .filter(|s| s.0 == path)
            .map(|s| s.1)
            .collect();
        ours.sort_unstable();
        assert_eq!(ours, names, "{id}");
    }
}

/// All tensors of a file, as `f64`.
fn tensors(bytes: &[u8]) -> BTreeMap<String, Vec<f64>> {
    let file = SafeTensors::deserialize(bytes).unwrap();
    let values = |dtype, data: &[u8]| -> Vec<f64> {
        match dtype {
            Dtype::F32 => data
                .as_chunks::<4>()
                .0
                .iter()
                .map(|&b| f32::from_le_bytes(b).into())
                .collect(),
            Dtype::F64 => data
                .as_chunks::<8>()
                .0
                .iter()
                .map(|&b| f64::from_le_bytes(b))
                .collect(),
            other => panic!("{other:?}"),
        }
    };
    file.iter()
        .map(|(name, view)| (name.to_owned(), values(view.dtype(), view.data())))
        .collect()
}
