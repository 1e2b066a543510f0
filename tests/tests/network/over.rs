//! Layers over an axis of their arguments.

use crate::nets::{bits, numbers};
use ndarray::{ArrayD, Axis};
use netdsl::prelude::*;
use netdsl::train::{AdamW, MseLoss, Sgd, Trainer};

network! {
    struct Cnn {
        conv: Conv2d<_, 4, 3>,
        norm: BatchNorm2d<_>,
    }

    fn forward(image: [_, _, _]) -> [4] {
        norm(conv(image)).relu().adaptive_avg_pool2d(1).flatten()
    }

    struct Frames {
        cnn: Cnn,
    }

    fn forward(frames: [t, c, h, w]) -> [t, 4] {
        cnn.over(1)(frames)
    }

    struct Images {
        cnn: Cnn,
    }

    fn forward(image: [_, _, _]) -> [4] {
        cnn(image)
    }

    /// A recurrent layer for each sentence, and one over the sentences.
    struct Over {
        words: Gru<_, 6>(bidirectional = true),
        attn: MultiheadAttention<_, 2>,
        sentences: Lstm<_, 5>,
    }

    fn forward(text: [s, w, _]) -> ([5], [s, w, w], [s, 2, 6]) {
        let (y, h) = words.over(1)(text);
        let (y, weights) = attn.over(1)(y, y, y);
        let (_, (last, _)) = sentences(y.mean(2));
        (last.flatten(), weights, h)
    }

    struct OneByOne {
        words: Gru<_, 6>(bidirectional = true),
        attn: MultiheadAttention<_, 2>,
        sentences: Lstm<_, 5>,
    }

    fn forward(text: [3, w, _]) -> ([5], [3, w, w], [3, 2, 6]) {
        let (a, ha) = words(text.select_index(1, 0));
        let (b, hb) = words(text.select_index(1, 1));
        let (c, hc) = words(text.select_index(1, 2));
        let (a, wa) = attn(a, a, a);
        let (b, wb) = attn(b, b, b);
        let (c, wc) = attn(c, c, c);
        let (_, (last, _)) = sentences(stack([a, b, c], 1).mean(2));
        (last.flatten(), stack([wa, wb, wc], 1), stack([ha, hb, hc], 1))
    }

    /// Attention along columns: over what stands in the middle.
    struct Columns {
        attn: MultiheadAttention<_, 2>,
        fc: [Linear<4, 4>; 2],
    }

    fn forward(x: [h, w, 4]) -> [h, w, 4] {
        let (y, _) = attn.over(2)(x, x, x);
        fc.over(1)(y) + fc[1].over(2)(x)
    }

    struct Exchanged {
        attn: MultiheadAttention<_, 2>,
        fc: [Linear<4, 4>; 2],
    }

    fn forward(x: [h, w, 4]) -> [h, w, 4] {
        let x = x.transpose(1, 2);
        let (y, _) = attn.over(1)(x, x, x);
        (fc(y) + fc[1](x)).transpose(1, 2)
    }
}

fn close(a: &ArrayD<f32>, b: &ArrayD<f32>) {
    assert_eq!(a.shape(), b.shape());
    for (a, b) in a.iter().zip(b) {
        assert!((a - b).abs() < 1e-5, "{a} {b}");
    }
}

fn all_results<'t>([a, b, c]: [Tensor<'t>; 3], target: Tensor<'t>) -> Tensor<'t> {
    (a - target).square().mean_all() + b.square().mean_all() + c.square().mean_all()
}

#[test]
fn what_lies_along_the_axis_are_samples() {
    let (mut frames, mut images) = (
        network!(Frames, seed = 1).unwrap(),
        network!(Images, seed = 1).unwrap(),
    );
    let x = numbers(&[3, 5, 2, 6, 7]);
    let as_images = x.clone().into_shape_with_order(vec![15, 2, 6, 7]).unwrap();
    let (target, as_targets) = (numbers(&[3, 5, 4]), numbers(&[3, 5, 4]));
    let as_targets = as_targets.into_shape_with_order(vec![15, 4]).unwrap();
    let trainer = || Trainer::new(MseLoss::default(), AdamW::new(0.01)).unwrap();
    let (mut one, mut other) = (trainer(), trainer());
    // Weights, and the statistics of all frames of all samples.
    for _ in 0..3 {
        let loss = one.step(&mut frames, &x, &target).unwrap();
        assert_eq!(
            loss,
            other.step(&mut images, &as_images, &as_targets).unwrap()
        );
    }
    assert_eq!(bits(&frames), bits(&images));
    let (y, as_ys) = (
        frames.forward(&x).unwrap(),
        images.forward(&as_images).unwrap(),
    );
    assert_eq!(y, as_ys.into_shape_with_order(vec![3, 5, 4]).unwrap());
}

#[test]
fn it_is_bound_by_a_sample_and_takes_any_length() {
    let net = network!(Frames).unwrap();
    assert!(!net.is_bound());
    net.bind([5, 2, 6, 7]).unwrap();
    assert_eq!(
        net.parameter("cnn.conv.weight").unwrap().shape(),
        [4, 2, 3, 3]
    );
    for shape in [
        [1, 5, 2, 6, 7],
        [4, 9, 2, 3, 8],
        [2, 1, 2, 6, 7],
        [0, 2, 2, 6, 6],
    ] {
        let y = net.forward(numbers(&shape)).unwrap();
        assert_eq!(y.shape(), [shape[0], shape[1], 4]);
    }
    let error = net.forward(numbers(&[2, 5, 3, 6, 7])).unwrap_err();
    assert!(error.to_string().contains("`cnn.conv`"), "{error}");
    // A sample's result does not depend on what else is in the batch.
    let x = numbers(&[3, 4, 2, 6, 7]);
    let y = net.forward(&x).unwrap();
    for sample in 0..3 {
        let alone = x.index_axis(Axis(0), sample).insert_axis(Axis(0));
        let alone = net.forward(alone).unwrap();
        close(
            &alone.remove_axis(Axis(0)),
            &y.index_axis(Axis(0), sample).to_owned(),
        );
    }
}

#[test]
fn it_is_what_calls_one_by_one_give() {
    let (mut over, mut one_by_one) = (
        network!(Over, seed = 2).unwrap(),
        network!(OneByOne, seed = 2).unwrap(),
    );
    let x = numbers(&[4, 3, 5, 2]);
    let target = numbers(&[4, 5]);
    let mut one = Trainer::new(all_results, Sgd::new(0.5)).unwrap();
    let mut other = Trainer::new(all_results, Sgd::new(0.5)).unwrap();
    for _ in 0..3 {
        let (a, b) = (over.forward(&x).unwrap(), one_by_one.forward(&x).unwrap());
        close(&a.0, &b.0);
        close(&a.1, &b.1);
        close(&a.2, &b.2);
        one.step(&mut over, &x, &target).unwrap();
        other.step(&mut one_by_one, &x, &target).unwrap();
    }
}

#[test]
fn it_goes_over_any_axis() {
    let (mut columns, mut exchanged) = (
        network!(Columns, seed = 3).unwrap(),
        network!(Exchanged, seed = 3).unwrap(),
    );
    let (x, target) = (numbers(&[2, 3, 5, 4]), numbers(&[2, 3, 5, 4]));
    let trainer = || Trainer::new(MseLoss::default(), Sgd::new(0.1)).unwrap();
    let (mut one, mut other) = (trainer(), trainer());
    for _ in 0..3 {
        let a = one.step(&mut columns, &x, &target).unwrap();
        let b = other.step(&mut exchanged, &x, &target).unwrap();
        assert!((a - b).abs() < 1e-5, "{a} {b}");
    }
    close(
        &columns.forward(&x).unwrap(),
        &exchanged.forward(&x).unwrap(),
    );
}
