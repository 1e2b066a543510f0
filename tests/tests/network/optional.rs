//! Layers that may be absent.

use crate::nets::{TempFile, numbers};
use ndarray::Axis;
use netdsl::prelude::*;

network! {
    pub(crate) struct Projection<channels, stride> {
        conv: Conv2d<_, channels, 1>(stride = stride, bias = false),
        norm: BatchNorm2d<_>,
    }

    /// The basic block of a residual network: what arrives is projected where its shape changes.
    pub(crate) struct BasicBlock<inputs, channels, stride> {
        conv1: Conv2d<inputs, channels, 3>(stride = stride, padding = 1, bias = false),
        bn1: BatchNorm2d<_>,
        conv2: Conv2d<_, channels, 3>(padding = 1, bias = false),
        bn2: BatchNorm2d<_>,
        pub(crate) downsample: Option<Projection<channels, stride>>(when = stride != 1 || inputs != channels),
    }

    fn forward(x: [inputs, _, _]) -> [channels, _, _] {
        let y = bn2(conv2(bn1(conv1(x)).relu()));
        (y + downsample(x)).relu()
    }
}

network! {
    pub(crate) struct Residual {
        stem: Conv2d<_, 4, 3>(padding = 1),
        same: [BasicBlock<4, 4, 1>; 2],
        halved: BasicBlock<4, 6, 2>,
        wider: BasicBlock<6, 8, 1>,
        head: Linear<_, 3>,
    }

    fn forward(image: [_, _, _]) -> [3] {
        let x = wider(halved(same(stem(image))));
        head(x.mean(-1).mean(-1))
    }
}

fn paths<N: Network<f32>>(net: &N) -> Vec<String> {
    net.parameters().into_iter().map(|own| own.path).collect()
}

#[test]
fn a_block_has_a_projection_where_its_shape_changes() {
    let net = network!(BasicBlock<4, 4, 1>).unwrap();
    assert!(net.downsample.is_none());
    assert_eq!(
        net.forward(numbers(&[2, 4, 6, 6])).unwrap().shape(),
        [2, 4, 6, 6]
    );
    assert!(
        paths(&net)
            .iter()
            .all(|path| !path.starts_with("downsample"))
    );
    assert!(!net.to_string().contains("downsample"), "{net}");

    let net = network!(BasicBlock<4, 4, 2>).unwrap();
    assert!(net.downsample.is_some());
    assert_eq!(
        net.forward(numbers(&[2, 4, 6, 6])).unwrap().shape(),
        [2, 4, 3, 3]
    );
    assert!(paths(&net).contains(&"downsample.conv.weight".to_owned()));
    assert!(net.to_string().contains("downsample.conv"), "{net}");
}

#[test]
fn blocks_of_one_definition_differ_within_a_network() {
    let net = network!(Residual).unwrap();
    assert!(net.same.iter().all(|block| block.downsample.is_none()));
    assert!(net.halved.downsample.is_some() && net.wider.downsample.is_some());
    net.bind([3, 8, 8]).unwrap();
    let mut kinds = Vec::new();
    net.clone()
        .apply(|path, module| kinds.push(format!("{path}: {}", module.kind())));
    assert!(
        kinds.contains(&"halved.downsample: Projection".to_owned()),
        "{kinds:?}"
    );
    assert!(
        !kinds
            .iter()
            .any(|kind| kind.starts_with("same.0.downsample")),
        "{kinds:?}"
    );
    assert_eq!(net.forward(numbers(&[2, 3, 8, 8])).unwrap().shape(), [2, 3]);
}

#[test]
fn an_absent_layer_gives_back_what_arrives() {
    network! {
        struct Maybe<rate> {
            fc: Linear<5, 5>,
            scale: Option<LayerNorm<_>>(when = rate > 0),
        }
    }
    let (with, without) = (network!(Maybe<1>, seed = 3), network!(Maybe<0>, seed = 3));
    let (with, without) = (with.unwrap(), without.unwrap());
    assert_eq!(with.fc.weight(), without.fc.weight());
    let x = numbers(&[4, 5]);
    let plain = without.forward(&x).unwrap();
    let weight = without
        .fc
        .weight()
        .clone()
        .into_dimensionality::<ndarray::Ix2>()
        .unwrap();
    let x = x.into_dimensionality::<ndarray::Ix2>().unwrap();
    let expected = x.dot(&weight.t()) + without.fc.bias().unwrap().view().insert_axis(Axis(0));
    let difference = (&plain - &expected).fold(0.0f32, |most, x| most.max(x.abs()));
    assert!(difference < 1e-5, "{difference}");
    let normed = with.forward(x.into_dyn()).unwrap();
    assert!(normed.sum_axis(Axis(1)).iter().all(|sum| sum.abs() < 1e-4));
}

network! {
    /// Sizes that are written in a stack do not count where it may have no members.
    struct Depth<depth> {
        stack: [Linear<_, 4>; depth],
        looped: [Linear<4, 4>; depth],
        inside: Linear<4, 4>,
        after: Linear<_, 2>,
        apart: Linear<3, 5>,
    }

    fn forward(x: [_], y: [3]) -> ([2], [5]) {
        let mut x = stack(x);
        for layer in looped {
            x = inside(layer(x));
        }
        (after(x), apart(y))
    }
}

#[test]
fn a_stack_may_have_no_members() {
    let net = network!(Depth<0>).unwrap();
    assert!(net.after.get().is_err());
    assert_eq!(net.apart.weight().shape(), [5, 3]);
    net.bind_all(&[&[7], &[3]]).unwrap();
    assert_eq!(net.after.get().unwrap().weight().shape(), [2, 7]);
    assert!(!paths(&net).iter().any(|path| path.starts_with("stack")));

    let net = network!(Depth<2>).unwrap();
    assert_eq!(net.after.get().unwrap().weight().shape(), [2, 4]);
    assert_eq!(net.inside.get().unwrap().weight().shape(), [4, 4]);
    net.bind_all(&[&[7], &[3]]).unwrap();
    assert_eq!(net.stack[0].get().unwrap().weight().shape(), [4, 7]);
}

#[test]
fn a_condition_needs_its_numbers() {
    let stride = 1;
    let error = network!(BasicBlock<_, 4, stride>).unwrap_err().to_string();
    assert!(
        error.contains("downsample") && error.contains("when"),
        "{error}"
    );
    // A number that settles the condition alone is enough.
    let net = network!(BasicBlock<_, 4, 2>).unwrap();
    assert!(net.downsample.is_some());
    net.bind([3, 4, 4]).unwrap();
}

#[test]
fn files_have_what_is_there() {
    let (net, file) = (
        network!(Residual, seed = 4).unwrap(),
        TempFile::new("optional"),
    );
    let x = numbers(&[2, 3, 8, 8]);
    let expected = net.forward(&x).unwrap();
    net.save(&file).unwrap();
    let mut other = network!(Residual, seed = 9).unwrap();
    other.load(&file).unwrap();
    assert_eq!(other.forward(&x).unwrap(), expected);

    let with = network!(BasicBlock<4, 4, 2>).unwrap();
    with.save(&file).unwrap();
    let mut without = network!(BasicBlock<4, 4, 1>).unwrap();
    let error = without.load(&file).unwrap_err().to_string();
    assert!(error.contains("downsample.conv.weight"), "{error}");
}
