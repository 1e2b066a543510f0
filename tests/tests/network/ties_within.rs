//! Layers that share a parameter of a layer within another network, or of a member of a stack.

use crate::nets::{TempFile, bits, numbers};
use crate::training::check;
use ndarray::{Array2, ArrayD, Ix2};
use netdsl::io::TensorFile;
use netdsl::prelude::*;
use netdsl::train::{MseLoss, Sgd, Trainer};

network! {
    struct Block<width> {
        norm: LayerNorm<width>,
        fc: Linear<_, width>,
    }

    fn forward(x: [_, width]) -> [_, width] {
        x + fc(norm(x)).tanh()
    }

    struct Body<tokens, width> {
        pos: Linear<1, width>(bias = false),
        wte: Embedding<tokens, width>,
        blocks: [Block<width>; 2],
    }

    fn forward(x: [_]) -> [_, width] {
        let at = pos(x.unsqueeze(2));
        blocks(wte(x) + at)
    }

    /// As in GPT: the rows that the body looks up are what the tokens are scored by.
    struct Language<tokens> {
        transformer: Body<tokens, 4>,
        head: Linear<_, _>(weight = transformer.wte.weight, bias = false),
    }

    fn forward(x: [_]) -> [_, tokens] {
        head(transformer(x))
    }
}

network! {
    /// The tied layers run before their owners, and only the owners say how wide they are.
    struct Backwards<width> {
        first: Linear<_, _>(weight = rest[1].fc.weight.t(), bias = false),
        second: Linear<_, _>(weight = layers[1].weight, bias = rest[0].norm.bias),
        rest: [Block<width>; 2],
        layers: [Linear<width, width>; 2],
    }

    fn forward(x: [_, _]) -> [_, _] {
        layers(rest(second(first(x).tanh())))
    }
}

network! {
    /// Every member takes the weight of the first layer, and has a bias of its own.
    struct Repeated<depth> {
        first: Linear<3, 3>,
        rest: [Linear<_, _>(weight = first.weight); depth],
    }

    fn forward(x: [3]) -> [3] {
        let mut x = first(x).tanh();
        for layer in rest {
            x = layer(x).tanh();
        }
        x
    }
}

network! {
    struct Autoencoder {
        encode: [Linear<_, 5>; 1],
        mix: Linear<_, 5>,
        decode: Linear<_, _>(weight = encode[0].weight.t(), bias = false),
    }
}

network! {
    struct Unit<const WIDTH: usize> {
        fc: Linear<_, WIDTH>,
    }

    struct Around<B: UnaryLayer> {
        body: B,
        back: Linear<_, _>(weight = body.fc.weight.t()),
    }

    fn forward(x: [n, m]) -> [n, m] {
        back(body(x))
    }
}

fn paths<N: Network<f32>>(net: &N) -> Vec<String> {
    net.parameters().into_iter().map(|info| info.path).collect()
}

fn matrix(value: ndarray::ArrayViewD<'_, f32>) -> Array2<f32> {
    value.to_owned().into_dimensionality::<Ix2>().unwrap()
}

#[test]
fn sizes_flow_through_it() {
    // Known to the compiler: `head` is a plain layer.
    let net = network!(Autoencoder).unwrap();
    assert!(net.decode.get().is_err());
    net.bind([7]).unwrap();
    assert_eq!(net.parameter("decode.weight").unwrap().shape(), [7, 5]);
    // From the tied layer to its owner: 6 is told by what follows.
    network! {
        struct Inner {
            fc: Linear<_, _>,
        }
        struct Outer {
            inner: Inner,
            out: Linear<6, 2>(weight = inner.fc.weight),
        }
        fn forward(x: [_], y: [_]) -> ([_], [2]) {
            (inner(x), out(y))
        }
    }
    let net = network!(Outer).unwrap();
    assert_eq!(net.inner.fc.get().unwrap().weight().shape(), [2, 6]);
    assert_eq!(net.out.parameter("bias").unwrap().shape(), [2]);
}

#[test]
fn it_is_listed_and_counted_once() {
    let net = network!(Language<7>).unwrap();
    let block = 4 + 4 + 16 + 4;
    assert_eq!(net.count_parameters(), 4 + 28 + 2 * block);
    assert_eq!(net.summary().count(), (4 + 28 + 2 * block, false));
    assert!(!paths(&net).contains(&"head.weight".to_owned()));
    // The order is that of declaration, though the tie named `wte` before anyone declared it.
    let rows = net.summary().rows;
    let rows: Vec<&str> = rows.iter().map(|row| row.path.as_str()).collect();
    let wanted = [
        "transformer.pos",
        "transformer.wte",
        "transformer.blocks.0.norm",
    ];
    let found = wanted.map(|wanted| rows.iter().position(|row| *row == wanted).unwrap());
    assert!(found.is_sorted(), "{rows:?}");
    assert_eq!(
        net.parameter("head.weight").unwrap(),
        net.parameter("transformer.wte.weight").unwrap()
    );
    let told = net.clone().freeze("head.weight").unwrap_err();
    assert_eq!(
        told.to_string(),
        "`head.weight` is `transformer.wte.weight`: change that one"
    );
}

#[test]
fn it_computes_with_the_owners_values() {
    let net = network!(Repeated<2>, seed = 3).unwrap();
    let x = numbers(&[4, 3]);
    let weight = matrix(net.parameter("first.weight").unwrap());
    let layer = |x: &Array2<f32>, bias: &str| {
        let bias = net.parameter(bias).unwrap().to_owned();
        let bias = bias.into_dimensionality::<ndarray::Ix1>().unwrap();
        (x.dot(&weight.t()) + bias).mapv(f32::tanh)
    };
    let hidden = layer(&matrix(x.view()), "first.bias");
    let expected = layer(&layer(&hidden, "rest.0.bias"), "rest.1.bias").into_dyn();
    let y = net.forward(&x).unwrap();
    assert!((y - expected).iter().all(|error| error.abs() < 1e-6));
    assert_eq!(net.count_parameters(), 9 + 3 * 3);

    let net = network!(Language<7>, seed = 3).unwrap();
    let tokens = ndarray::array![[1.0f32, 6.0, 0.0]];
    let code = net.transformer.forward(&tokens).unwrap();
    let code = code.into_shape_with_order((3, 4)).unwrap();
    let table = matrix(net.parameter("transformer.wte.weight").unwrap());
    let expected = code.dot(&table.t()).into_shape_with_order((1, 3, 7));
    let scores = net.forward(&tokens).unwrap();
    let error = scores - expected.unwrap().into_dyn();
    assert!(error.iter().all(|error| error.abs() < 1e-6));
}

#[test]
fn gradients_add_up_over_all_uses() {
    check(
        network!(Backwards<4>, seed = 5, dtype = f64).unwrap(),
        &[3, 2, 4],
        &[3, 2, 4],
    );
    check(
        network!(Repeated<3>, seed = 5, dtype = f64).unwrap(),
        &[4, 3],
        &[4, 3],
    );
    let net = network!(Around::<Unit<3>>, seed = 5, dtype = f64);
    let net = network_of_kind(net);
    check(net, &[2, 5, 3], &[2, 5, 3]);
}

/// The kind's own size is not written: a sample tells it.
fn network_of_kind<N: Network<f64>>(net: Result<N, Error>) -> N {
    let net = net.unwrap();
    net.bind([5, 3]).unwrap();
    net
}

#[test]
fn the_owner_may_be_declared_last() {
    let net = network!(Backwards<4>, seed = 1).unwrap();
    assert!(net.is_bound());
    assert_eq!(
        net.parameter("first.weight").unwrap(),
        net.parameter("rest.1.fc.weight").unwrap().t()
    );
    assert_eq!(
        net.parameter("second.bias").unwrap(),
        net.parameter("rest.0.norm.bias").unwrap()
    );
    let own = paths(&net);
    assert!(!own.iter().any(|path| path.starts_with("first.")));
    assert!(!own.iter().any(|path| path.starts_with("second.")));
    assert_eq!(own.len(), 2 * 4 + 2 * 2);
    // The owner draws.
    network! {
        struct Alone<width> {
            rest: [Block<width>; 2],
            layers: [Linear<width, width>; 2],
        }
        fn forward(x: [_, _]) -> [_, _] {
            layers(rest(x))
        }
    }
    let alone = network!(Alone<4>, seed = 1).unwrap();
    let sorted = |mut bits: crate::nets::Bits| {
        bits.sort();
        bits
    };
    assert_eq!(sorted(bits(&net)), sorted(bits(&alone)));
}

#[test]
fn files_hold_it_once_and_may_have_it_under_any_name() {
    let file = TempFile::new("tied-within");
    let net = network!(Language<7>, seed = 1).unwrap();
    net.save(&file).unwrap();
    let names: Vec<String> = TensorFile::open(&file)
        .unwrap()
        .names()
        .map(str::to_owned)
        .collect();
    assert_eq!(names, paths(&net));
    let mut loaded = network!(Language<_>, seed = 2).unwrap();
    loaded.load(&file).unwrap();
    assert_eq!(bits(&net), bits(&loaded));
    let mut loaded = network!(Language<_>, seed = 2).unwrap();
    let renamed = |name: &str| {
        Some(match name {
            "transformer.wte.weight" => "head.weight".to_owned(),
            name => name.to_owned(),
        })
    };
    loaded.load_renamed(&file, renamed).unwrap();
    assert_eq!(bits(&net), bits(&loaded));
}

#[test]
fn it_is_trained_frozen_and_bound_anew_once() {
    let mut net = network!(Autoencoder, seed = 1).unwrap();
    let x = numbers(&[4, 7]);
    net.forward(&x).unwrap();
    let mut trainer = Trainer::new(MseLoss::default(), Sgd::new(0.5)).unwrap();
    net.freeze("encode.0.weight").unwrap();
    let before = net.parameter("encode.0.weight").unwrap().to_owned();
    trainer.step(&mut net, &x, &x).unwrap();
    assert_eq!(net.parameter("decode.weight").unwrap(), before.t());
    net.unfreeze("encode.*").unwrap();
    trainer.step(&mut net, &x, &x).unwrap();
    assert_ne!(net.parameter("decode.weight").unwrap(), before.t());
    let mut net = network!(Backwards<_>, seed = 1).unwrap();
    net.bind([2, 4]).unwrap();
    net.rebind([2, 6]).unwrap();
    assert_eq!(net.parameter("first.weight").unwrap().shape(), [6, 6]);
    assert_eq!(net.forward(numbers(&[3, 2, 6])).unwrap().shape(), [3, 2, 6]);
}

#[test]
fn modules_are_visited_with_what_is_their_own() {
    let mut net = network!(Repeated<2>, seed = 1).unwrap();
    let mut visited = Vec::new();
    net.apply(|path, module| {
        let own = module.own_parameters().iter();
        let own: Vec<&str> = own.map(|own| own.name()).collect();
        let known = module.parameter_names().join(" ");
        visited.push(format!("{path}: {}, of {known}", own.join(" ")));
    });
    let rest = "rest.1: bias, of bias weight".to_owned();
    assert!(visited.contains(&rest), "{visited:?}");
}

#[test]
fn a_copy_of_the_part_that_owns_it_runs_by_itself() {
    let net = network!(Language<7>, seed = 1).unwrap();
    let tokens = ndarray::array![[1.0f32, 6.0, 0.0]];
    let mut body = net.transformer.clone();
    let (own, within) = (
        body.forward(&tokens).unwrap(),
        net.transformer.forward(&tokens),
    );
    assert_eq!(own, within.unwrap());
    // Put in the place of another one, it is what the tied layer takes.
    body.set_parameter("wte.weight", ArrayD::ones(vec![7, 4]))
        .unwrap();
    let mut other = network!(Language<7>, seed = 2).unwrap();
    other.transformer = body;
    assert_eq!(
        other.parameter("head.weight").unwrap(),
        ArrayD::<f32>::ones(vec![7, 4])
    );
    let scores = other.forward(&tokens).unwrap();
    let first = scores[[0, 0, 0]];
    assert!(scores.iter().take(7).all(|score| *score == first));
}

#[test]
fn the_owner_may_be_within_a_layer_of_any_kind() {
    let net = network!(Around::<Unit<3>>, seed = 1).unwrap();
    net.bind([2, 3]).unwrap();
    assert_eq!(
        net.parameter("back.weight").unwrap(),
        net.parameter("body.fc.weight").unwrap().t()
    );
    let Err(Error::Shape(error)) = network!(Around::<Linear>) else {
        panic!("built");
    };
    let told = "layer `body` (`Linear`) has no layer `fc`\n  = help: there is nothing within it";
    assert!(error.message.starts_with(told), "{}", error.message);
}

#[test]
fn a_stack_without_that_member_is_told_when_its_length_is_given() {
    network! {
        struct Stacked<depth> {
            layers: [Linear<3, 3>; depth],
            out: Linear<3, 3>(weight = layers[2].weight),
        }
    }
    let net = network!(Stacked<3>).unwrap();
    assert_eq!(net.count_parameters(), 3 * 12 + 3);
    let depth = 2;
    let Err(Error::Shape(error)) = network!(Stacked<depth>) else {
        panic!("built");
    };
    let told = "layer `layers` (`Linear`) has no member `[2]`\n  = help: it is a stack, whose members are `[0]` to `[1]`";
    assert!(error.message.starts_with(told), "{}", error.message);
    assert!(error.place.unwrap().contains("ties_within.rs"));
}

#[test]
fn parts_of_a_layer_can_be_named_and_each_copy_of_a_network_has_its_own_tie() {
    network! {
        struct Mixed {
            attn: MultiheadAttention<4, 2>,
            out: Linear<_, _>(weight = attn.out_proj.weight.t()),
        }
        fn forward(x: [_, _]) -> [_, _] {
            let (x, _) = attn(x, x, x);
            out(x)
        }
        struct Twice {
            all: [Mixed; 2],
            last: Linear<_, _>(weight = all[1].attn.out_proj.weight),
        }
    }
    let net = network!(Twice, dtype = f64).unwrap();
    let tied = |tied: &str, owner: &str| {
        let (tied, owner) = (net.parameter(tied).unwrap(), net.parameter(owner).unwrap());
        assert_eq!(tied, owner);
    };
    tied("last.weight", "all.1.attn.out_proj.weight");
    let owner = net.parameter("all.0.attn.out_proj.weight").unwrap();
    assert_eq!(net.parameter("all.0.out.weight").unwrap(), owner.t());
    assert_eq!(net.last.parameter("bias").unwrap().shape(), [4]);
    check(net, &[2, 3, 4], &[2, 3, 4]);
}

#[test]
fn a_layer_that_is_not_there_has_nothing_to_share() {
    network! {
        struct Inner<width> {
            fc: Linear<width, width>,
            more: Option<Linear<width, width>>(when = width > 2),
        }
        struct Outer<width> {
            inner: Inner<width>,
            out: Linear<_, _>(weight = inner.more.weight),
        }
    }
    assert_eq!(network!(Outer<3>).unwrap().count_parameters(), 27);
    let width = 2;
    let Err(Error::Shape(error)) = network!(Outer<width>) else {
        panic!("built");
    };
    assert_eq!(error.layer, "inner.more");
    let told = "its condition does not hold, so that it is not there";
    assert!(error.message.contains(told), "{}", error.message);
}

#[test]
fn sizes_that_conflict_are_told_of_both_layers() {
    network! {
        struct Crossed<inputs, outputs> {
            body: Block<inputs>,
            decode: Linear<_, outputs>(weight = body.fc.weight),
        }
    }
    network!(Crossed<6, 6>).unwrap();
    let outputs = 7;
    let Err(Error::Shape(error)) = network!(Crossed<6, outputs>) else {
        panic!("built");
    };
    assert_eq!(error.sizes, Some((7, 6)));
    let told = "`decode.weight` is `body.fc.weight`, but layer `decode` needs 7 where layer `body.fc` has 6";
    assert!(error.message.starts_with(told), "{}", error.message);
}
