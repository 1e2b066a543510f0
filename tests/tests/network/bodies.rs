//! What a body may say, and what follows from sizes that are computed.

use crate::nets::{TempFile, numbers};
use ndarray::{Array2, Axis, Ix1, Ix2};
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
    struct Backwards<depth> {
        downs: [Linear<3, 3>; depth],
    }

    fn forward(x: [3]) -> [3] {
        let (mut x, seen) = (x, [x; 3]);
        for (i, down) in downs.iter().enumerate() {
            x = down(x) + seen[2 - i];
        }
        x
    }
}

#[test]
fn a_place_below_the_first_is_an_error_of_its_own() -> Result<(), Error> {
    let (three, four) = (3, 4);
    network!(Backwards<three>)?.bind([3])?;
    let error = network!(Backwards<four>)
        .and_then(|net| net.bind([3]))
        .expect_err("a fourth");
    let shown = error.to_string();
    assert!(shown.starts_with("`2 - 3` is below 0"), "{shown}");
    Ok(())
}

network! {
    /// What was seen on the way down comes in on the way up, the last one first.
    struct DownAndUp<const DEPTH: usize> {
        downs: [Linear<3, 3>; DEPTH],
        ups: [Linear<6, 3>; 4],
    }

    fn forward(x: [3]) -> [3] {
        let (mut x, mut seen) = (x, [x; 4]);
        for (i, down) in downs.iter().enumerate() {
            seen[i] = x;
            x = down(x).tanh();
        }
        for (up, seen) in ups.iter().zip(seen.iter().rev()) {
            x = up(cat([x, seen], 1)).tanh();
        }
        x
    }

    struct Numbered {
        a: [Linear<3, 3>(bias = false); 2],
        b: [Linear<3, 3>(bias = false); 2],
    }

    fn forward(x: [3]) -> [3] {
        let mut y = x;
        for (i, (a, b)) in a.iter().zip(b.iter().rev()).enumerate().rev() {
            y = b(a(y)) + (i + 1) * x;
        }
        y
    }

    struct Ends {
        layers: [Linear<3, 3>; 3],
    }

    fn forward(mut x: [3]) -> [3] {
        for (i, layer) in layers.iter().enumerate().rev() {
            x = layer(x);
            if i == 0 {
                return x;
            }
        }
        x + 1.0
    }
}

/// What a layer gives, by the definition.
fn linear<N: Network<f32>>(net: &N, path: &str, x: &Array2<f32>) -> Array2<f32> {
    let value = |name: &str| net.parameter(&format!("{path}.{name}"));
    let weight = value("weight").unwrap().into_dimensionality::<Ix2>();
    let y = x.dot(&weight.unwrap().t());
    match value("bias") {
        Ok(bias) => y + bias.into_dimensionality::<Ix1>().unwrap(),
        Err(_) => y,
    }
}

#[test]
fn stacks_are_gone_through_backwards_side_by_side_and_with_numbers() {
    let net = network!(DownAndUp::<4>, seed = 1).unwrap();
    let input = numbers(&[2, 3]).into_dimensionality::<Ix2>().unwrap();
    let (mut x, mut seen) = (input.clone(), Vec::new());
    for i in 0..4 {
        seen.push(x.clone());
        x = linear(&net, &format!("downs.{i}"), &x).mapv(f32::tanh);
    }
    for i in 0..4 {
        let both = ndarray::concatenate![Axis(1), x, seen[3 - i]];
        x = linear(&net, &format!("ups.{i}"), &both).mapv(f32::tanh);
    }
    let error = net.forward(&input).unwrap() - x;
    assert!(error.iter().all(|error| error.abs() < 1e-6), "{error}");

    let net = network!(Numbered, seed = 1).unwrap();
    let a = linear(&net, "a.1", &input);
    let y = linear(&net, "b.0", &a) + 2.0 * &input;
    let y = linear(&net, "b.1", &linear(&net, "a.0", &y)) + &input;
    let error = net.forward(&input).unwrap() - y;
    assert!(error.iter().all(|error| error.abs() < 1e-6), "{error}");
    // Whatever the order of the calls, that of the members is theirs.
    let paths: Vec<String> = net.parameters().into_iter().map(|info| info.path).collect();
    assert_eq!(
        paths,
        ["a.0.weight", "a.1.weight", "b.0.weight", "b.1.weight"]
    );

    let net = network!(Ends, seed = 1).unwrap();
    let y = linear(&net, "layers.1", &linear(&net, "layers.2", &input));
    let error = net.forward(&input).unwrap() - linear(&net, "layers.0", &y);
    assert!(error.iter().all(|error| error.abs() < 1e-6), "{error}");
}

network! {
    /// Loops through arrays of tensors, of pairs and of numbers, and in one another.
    struct Arrays {}

    fn last(x: Tensor, y: Tensor) -> Tensor {
        let both = [x, y];
        let mut last = x;
        for each in &both {
            last = each;
        }
        last
    }

    fn forward(x: [6]) -> [2] {
        let parts = x.chunk::<3>(1);
        let mut y = last(x, x.slice(1, ..2)) * 0.0;
        for part in parts {
            y = y + part;
        }
        for (i, part) in parts.iter().rev().enumerate() {
            for k in [10, 20] {
                y = y + part * (i as f64) * (k as f64);
            }
        }
        'pairs: for (a, b) in [(parts[0], parts[1]), (parts[1], parts[2])] {
            for part in [a, b] {
                y = y + part * 100.0;
                continue 'pairs;
            }
        }
        y
    }
}

#[test]
fn arrays_are_gone_through() {
    let net = network!(Arrays).unwrap();
    let y = net.forward(&ndarray::array![[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]]);
    // 1 + 3 + 5 + (3 + 2 · 1) · 30 + (1 + 3) · 100, and so of 2, 4 and 6.
    assert_eq!(y.unwrap(), ndarray::array![[559.0, 852.0]].into_dyn());
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
