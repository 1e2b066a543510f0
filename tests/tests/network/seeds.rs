//! The same seed gives the same weights, bit for bit, however they came about.

use crate::nets::{Bits, TempFile, bits, numbers};
use netdsl::engine::pool::with_threads;
use netdsl::prelude::*;

// Large enough for several chunks to be drawn at once.
const HIDDEN: usize = 300;

network! {
    struct Written {
        fc1: Linear<500, HIDDEN>,
        norm: BatchNorm1d<HIDDEN>,
        fc2: Linear<HIDDEN, 10>,
    }

    fn forward(x: [_]) {
        fc2(norm(fc1(x)))
    }

    struct Inferred {
        fc1: Linear<500, HIDDEN>,
        norm: BatchNorm1d<_>,
        fc2: Linear<_, 10>,
    }

    fn forward(x: [_]) {
        fc2(norm(fc1(x)))
    }

    struct Deferred {
        fc1: Linear<_, HIDDEN>,
        norm: BatchNorm1d<_>,
        fc2: Linear<_, 10>,
    }

    fn forward(x: [_]) {
        fc2(norm(fc1(x)))
    }

    struct Parametric<inputs, hidden> {
        fc1: Linear<inputs, hidden>,
        norm: BatchNorm1d<_>,
        fc2: Linear<_, 10>,
    }

    fn forward(x: [_]) {
        fc2(norm(fc1(x)))
    }
}

/// The weights in every way there is.
fn all_ways(seed: u64) -> Vec<(&'static str, Bits)> {
    let by_hand = network!(Deferred, seed = seed).unwrap();
    by_hand.bind([500]).unwrap();
    let by_forward = network!(Deferred, seed = seed).unwrap();
    by_forward.forward(numbers(&[2, 500])).unwrap();
    let late = network!(Parametric<_, HIDDEN>, seed = seed).unwrap();
    late.bind([500]).unwrap();
    let mut again = network!(Written, seed = seed + 1).unwrap();
    again.reinitialize(seed).unwrap();
    let mut waiting = network!(Deferred, seed = seed + 1).unwrap();
    waiting.reinitialize(seed).unwrap();
    waiting.bind([500]).unwrap();
    vec![
        ("written", bits(&network!(Written, seed = seed).unwrap())),
        ("inferred", bits(&network!(Inferred, seed = seed).unwrap())),
        ("bound by hand", bits(&by_hand)),
        ("bound by a forward", bits(&by_forward)),
        (
            "given at construction",
            bits(&network!(Parametric<500, HIDDEN>, seed = seed).unwrap()),
        ),
        ("given in part", bits(&late)),
        ("drawn again", bits(&again)),
        ("drawn again before it was bound", bits(&waiting)),
    ]
}

#[test]
fn the_way_does_not_matter() {
    let ways = all_ways(7);
    for (way, bits) in &ways {
        assert_eq!(bits.len(), 9, "{way}");
        assert!(*bits == ways[0].1, "{way} differs from {}", ways[0].0);
    }
}

#[test]
fn the_number_of_threads_does_not_matter() {
    let one = with_threads(1, || all_ways(11));
    for threads in [2, 5] {
        let several = with_threads(threads, || all_ways(11));
        for ((way, one), (_, several)) in one.iter().zip(&several) {
            assert!(one == several, "{way} on {threads} threads");
        }
    }
}

#[test]
fn other_seeds_and_other_paths_give_other_weights() {
    let (a, b) = (
        network!(Written, seed = 1).unwrap(),
        network!(Written, seed = 2).unwrap(),
    );
    assert!(a.parameter("fc1.weight").unwrap() != b.parameter("fc1.weight").unwrap());
    network! {
        struct Twins {
            a: Linear<20, 20>,
            b: Linear<20, 20>,
        }
    }
    let net = network!(Twins).unwrap();
    assert!(net.parameter("a.weight").unwrap() != net.parameter("b.weight").unwrap());
}

#[test]
fn weights_are_spread_as_pytorch_spreads_them() {
    // U(−1/√500, 1/√500): bounds, mean and variance of 150,000 draws.
    let net = network!(Written).unwrap();
    let weight = net.parameter("fc1.weight").unwrap();
    let (bound, count) = (1.0 / 500f64.sqrt(), weight.len() as f64);
    assert!(weight.iter().all(|&w| f64::from(w).abs() <= bound));
    let mean = weight.iter().map(|&w| f64::from(w)).sum::<f64>() / count;
    let variance = weight.iter().map(|&w| f64::from(w).powi(2)).sum::<f64>() / count;
    assert!(mean.abs() < 5.0 * bound / (3.0 * count).sqrt(), "{mean}");
    assert!(
        (variance / (bound * bound / 3.0) - 1.0).abs() < 0.02,
        "{variance}"
    );
    assert!(
        net.parameter("fc1.bias")
            .unwrap()
            .iter()
            .all(|&b| f64::from(b).abs() <= bound)
    );
}

#[test]
fn an_unbound_network_keeps_its_seed_in_a_file() {
    let file = TempFile::new("seed");
    let net = network!(Deferred, seed = 31).unwrap();
    net.save(&file).unwrap();
    let mut loaded = network!(Deferred, seed = 5).unwrap();
    loaded.load(&file).unwrap();
    assert!(!loaded.is_bound());
    loaded.bind([500]).unwrap();
    net.bind([500]).unwrap();
    assert!(bits(&net) == bits(&loaded));
}
