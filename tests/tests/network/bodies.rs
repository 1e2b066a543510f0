//! What a body may say, and what follows from sizes that are computed.

use crate::nets::{TempFile, numbers};
use netdsl::prelude::*;

network! {
    struct Raw<r#use> {
        r#type: Linear<r#use, 5>,
        r#match: Linear<_, 4>(weight = r#type.weight.t(), bias = false),
        r#do: [Linear<4, 4>; 2],
    }

    fn forward(r#in: [4]) -> [r#fn] {
        let r#as = r#type(r#in);
        r#do(r#match(r#as))
    }
}

#[test]
fn raw_names_are_plain_in_paths_and_files() {
    let file = TempFile::new("raw");
    let net = network!(Raw<_>, seed = 1).unwrap();
    let y = net.forward(numbers(&[2, 4])).unwrap();
    assert_eq!(net.parameter("type.weight").unwrap().shape(), [5, 4]);
    net.save(&file).unwrap();
    let mut other = network!(Raw<4>, seed = 2).unwrap();
    other.load(&file).unwrap();
    assert_eq!(other.forward(numbers(&[2, 4])).unwrap(), y);
}

network! {
    /// `r#n` is the name `n`.
    struct Idle<r#width> {
        r#fc: Linear<n, width>,
    }

    fn forward(r#x: [r#n]) -> [r#width] {
        fc(r#x).relu()
    }
}

#[test]
fn a_name_that_need_not_be_raw_is_the_same_one() {
    let net = network!(Idle<r#WIDTH>, r#seed = 1).unwrap();
    assert_eq!(net.forward(numbers(&[2, 4])).unwrap().shape(), [2, 3]);
    assert_eq!(net.fc.get().unwrap().weight().shape(), [3, 4]);
}

const WIDTH: usize = 3;

network! {
    struct Returns<const EARLY: bool, const DEPTH: usize> {
        blocks: [Linear<4, 4>; DEPTH],
        late: Linear<4, 3>,
    }

    fn forward(mut x: [4]) -> [3] {
        for block in blocks {
            x = block(x);
            if EARLY {
                return late(x);
            }
        }
        return late(x);
    }

    struct Single {
        blocks: [Linear<4, 4>; 3],
    }

    fn forward(x: [4]) -> [4] {
        blocks[1](blocks[2](blocks[0](x))) - x
    }
}

#[test]
fn a_return_leaves_what_was_entered() {
    let (early, late) = (
        network!(Returns::<true, 2>, seed = 1).unwrap(),
        network!(Returns::<false, 2>, seed = 1).unwrap(),
    );
    let (x, y) = (numbers(&[2, 4]), late.forward(numbers(&[2, 4])).unwrap());
    assert_eq!(y.shape(), [2, 3]);
    assert_ne!(early.forward(x).unwrap(), y);
}

#[test]
fn members_of_a_stack_are_called_one_by_one() {
    let net = network!(Single, seed = 1).unwrap();
    assert_eq!(net.blocks.len(), 3);
    assert_eq!(net.forward(numbers(&[2, 4])).unwrap().shape(), [2, 4]);
    assert_eq!(net.count_parameters(), 60);
}

network! {
    struct Computed<width> {
        first: Linear<4, width>,
        second: Linear<_, 2 * width>,
        third: Linear<_, width + 3>,
        fourth: Linear<11, { 40 / width }>,
        fifth: Linear<_, { 20 - width }>,
        sixth: Linear<12, 1>,
    }

    struct Shaped {
        fc: Linear<4, 24>,
        head: Linear<n, 3>,
    }

    fn forward(x: [4]) -> [2, 3, 3] {
        head(fc(x).reshape([2, 3, n]))
    }
}

const _: () = assert!(Shaped::UNRESOLVED.is_empty());

#[test]
fn sizes_follow_through_arithmetic() {
    let net = network!(Computed<_>).unwrap();
    assert!(net.is_bound());
    assert_eq!(net.parameter("first.weight").unwrap().shape(), [8, 4]);
    assert_eq!(net.parameter("fourth.weight").unwrap().shape(), [5, 11]);
    assert_eq!(network!(Shaped).unwrap().head.weight().shape(), [3, 4]);
}

network! {
    struct Inner<B: UnaryLayer, width> {
        a: Linear<_, width>,
        b: B,
        c: Linear<_, width>,
    }

    struct Outer<B: UnaryLayer> {
        inner: Inner::<B><64>,
        head: Linear<_, 2>,
    }

    #[derive(Clone, Debug)]
    struct Block<const N: usize = 3> {
        fc: Linear<_, N>,
    }

    struct Wrap<B: UnaryLayer = Block> {
        b: B,
    }

    struct Nested<const N: usize> {
        wrap: Wrap::<Block<N>>,
        block: Block::<{ N }>,
        plain: Wrap,
    }

    fn forward(x: [4]) -> [3] {
        plain(block(wrap(x)))
    }

    struct Chain<B: UnaryLayer> {
        a: Linear<4, 5>,
        b: B,
        head: Linear<_, 2>,
    }
}

const _: () = assert!(Block::<5>::UNRESOLVED.len() == 1);

#[test]
fn generics_pass_through_nesting() {
    let net = network!(Outer::<Relu>).unwrap();
    assert_eq!(net.head.weight().shape(), [2, 64]);
    net.bind([4]).unwrap();
    let net = network!(Nested::<7>).unwrap();
    assert!(net.is_bound());
    assert_eq!(net.parameter("wrap.b.fc.weight").unwrap().shape(), [7, 4]);
    assert_eq!(net.parameter("plain.b.fc.weight").unwrap().shape(), [3, 7]);
    // What a kind gives is known when the network is built, be the input known or not.
    assert!(network!(Chain::<Relu>).unwrap().is_bound());
}

network! {
    struct Sequence {
        lstm: Lstm<_, 4>,
    }

    fn forward(x: [_, _]) -> [_, 4] {
        let (y, _) = lstm(x);
        y
    }
}

#[test]
fn a_later_sequence_of_other_features_is_told_as_such() {
    let net = network!(Sequence).unwrap();
    net.run(&[numbers(&[2, 5, 3]).view()]).unwrap();
    let error = net
        .run(&[numbers(&[2, 5, 4]).view()])
        .unwrap_err()
        .to_string();
    for words in ["was bound to 3 input features", "the input has 4", "rebind"] {
        assert!(error.contains(words), "{error}");
    }
}
