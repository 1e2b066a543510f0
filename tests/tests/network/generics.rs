//! Networks with Rust's own generics: constants that the compiler knows.

use crate::nets::numbers;
use netdsl::Status;
use netdsl::prelude::*;

network! {
    /// Its number of classes is part of its type.
    pub(crate) struct Head<const CLASSES: usize, const BIAS: bool, hidden> {
        first: Linear<_, hidden>,
        between: Linear<4, 3>,
        last: Linear<_, CLASSES>(bias = BIAS),
    }

    fn forward(x: [_]) -> [CLASSES] {
        last(between(first(x).relu()).relu())
    }
}

#[test]
fn constants_are_sizes_and_options() {
    let net = network!(Head::<5, false><_>).unwrap();
    assert_eq!(net.last.get().unwrap().weight().shape(), [5, 3]);
    assert!(net.last.get().unwrap().bias().is_none());
    // What depends on no constant is a plain layer.
    assert_eq!(net.between.weight().shape(), [3, 4]);
    assert!(!net.first.is_bound());
    assert_eq!(net.forward(numbers(&[2, 6])).unwrap().shape(), [2, 5]);
    assert_eq!(net.first.get().unwrap().weight().shape(), [4, 6]);

    let net = Head::<2, true>::new(4).unwrap();
    assert!(net.last.get().unwrap().bias().is_some());
    let named: Head<2, true, f32> = net;
    assert_eq!(named.forward(numbers(&[1, 6])).unwrap().shape(), [1, 2]);
    let error = Head::<2, true>::new(5).unwrap_err().to_string();
    assert!(error.contains('5') && error.contains('4'), "{error}");
}

fn classes_of<const CLASSES: usize>(hidden: usize) -> usize {
    let net = network!(Head::<CLASSES, true><hidden>).unwrap();
    net.forward(numbers(&[1, 7])).unwrap().shape()[1]
}

#[test]
fn constants_come_from_the_function_around() {
    assert_eq!(classes_of::<3>(4), 3);
    assert_eq!(classes_of::<11>(4), 11);
}

network! {
    /// Hands its constant on, counts a stack by it, and goes by it in ordinary code.
    pub(crate) struct Deep<const DEPTH: usize, const CLASSES: usize, const RESIDUAL: bool, width> {
        blocks: [Linear<_, width>; DEPTH],
        head: Head::<CLASSES, true><4>,
        loose: Linear<4, 4>,
    }

    fn forward(x: [width]) -> [CLASSES] {
        let mut y = x;
        for block in blocks {
            let z = block(y).tanh();
            y = if RESIDUAL { z + y } else { z };
        }
        for _ in 0..DEPTH {
            y = y * 0.5;
        }
        head(loose(y))
    }
}

#[test]
fn constants_are_numbers_within_a_body() {
    let net = network!(Deep::<3, 6, true><4>).unwrap();
    assert_eq!(net.blocks.len(), 3);
    assert_eq!(net.forward(numbers(&[2, 4])).unwrap().shape(), [2, 6]);
    let paths: Vec<_> = net.parameters().into_iter().map(|own| own.path).collect();
    assert!(paths.contains(&"blocks.2.weight".to_owned()), "{paths:?}");
    assert!(paths.contains(&"head.last.bias".to_owned()), "{paths:?}");
    let rows = net.summary().rows;
    assert!(
        rows.iter().all(|row| row.status != Status::Waiting),
        "{net}"
    );
}

#[test]
fn a_constant_and_a_size_give_the_same_weights() {
    network! {
        pub(crate) struct Plain<classes> { fc: Linear<7, classes> }
        pub(crate) struct Typed<const CLASSES: usize> { fc: Linear<7, CLASSES> }
    }
    let (plain, typed) = (network!(Plain<9>, seed = 5), network!(Typed::<9>, seed = 5));
    assert_eq!(
        plain.unwrap().parameter("fc.weight").unwrap(),
        typed.unwrap().parameter("fc.weight").unwrap()
    );
}

network! {
    struct Patches<const P: usize> {
        conv: Conv2d<3, 8, P>(padding = P / 2),
        fc: Linear<_, 5>,
    }

    fn forward(x: [3, _, _]) -> [8, 5] {
        fc.over(1)(conv(x).flatten_axes(2, 3))
    }

    struct PatchesOfThree {
        conv: Conv2d<3, 8, 3>(padding = 1),
        fc: Linear<_, 5>,
    }

    fn forward(x: [3, _, _]) -> [8, 5] {
        fc.over(1)(conv(x).flatten_axes(2, 3))
    }
}

#[test]
fn some_axes_of_an_unknown_number_are_made_one() -> Result<(), Error> {
    let x = numbers(&[2, 3, 6, 6]);
    let given = network!(Patches::<3>, seed = 1)?.forward(&x)?;
    assert_eq!(given, network!(PatchesOfThree, seed = 1)?.forward(&x)?);
    Ok(())
}
