//! Counts that are no sizes of data: as parameters of a network, by dimension and by constant.

use crate::nets::numbers;
use ndarray::Ix3;
use netdsl::prelude::*;

network! {
    struct Block<d, heads> {
        norm: LayerNorm<_>,
        attn: MultiheadAttention<d, heads>(dropout = 0.1),
        wide: Linear<_, { d * 2 }>,
        narrow: Linear<_, d>,
    }

    fn forward(x: [t, d], mask: [t, t]) -> [t, d] {
        let h = norm(x);
        let (h, _) = attn.forward_masked(h, h, h, None, Some(Mask::Exclude(mask)));
        let x = x + h;
        x + narrow(wide(x).gelu())
    }

    struct Plain<const HEADS: usize> {
        attn: MultiheadAttention<8, HEADS>,
    }

    fn forward(x: [t, 8]) -> [t, 8] {
        let (y, _) = attn(x, x, x);
        y
    }

    struct Weights<heads> {
        attn: MultiheadAttention<8, heads>(average_attn_weights = false),
    }

    fn forward(x: [t, 8]) -> [heads, t, t] {
        let (_, weights) = attn(x, x, x);
        weights
    }

    struct Fixed {
        attn: MultiheadAttention<8, 2>,
    }

    fn forward(x: [t, 8]) -> [t, 8] {
        let (y, _) = attn(x, x, x);
        y
    }

    struct Gpt<d, heads, depth> {
        blocks: [Block<d, heads>; depth],
        head: Linear<_, 5>,
    }

    fn forward(x: [t, d], mask: [t, t]) -> [t, 5] {
        let mut x = x;
        for block in blocks {
            x = block(x, mask);
        }
        head(x)
    }
}

#[test]
fn heads_are_a_parameter() {
    let x = numbers(&[3, 5, 8]);
    let fixed = network!(Fixed, seed = 4).unwrap().forward(&x).unwrap();
    let plain = network!(Plain::<2>, seed = 4).unwrap();
    assert_eq!(plain.forward(&x).unwrap(), fixed);
    let weights = network!(Weights<4>).unwrap();
    assert_eq!(weights.forward(&x).unwrap().shape(), [3, 4, 5, 5]);
    let net = network!(Gpt<8, 4, 2>).unwrap();
    let mask = numbers(&[3, 5, 5]).mapv(|value| f32::from(value > 10.0));
    let y = net.forward(&x, &mask).unwrap();
    assert_eq!(y.into_dimensionality::<Ix3>().unwrap().dim(), (3, 5, 5));
    let heads = numbers(&[3]).len();
    let error = network!(Gpt<8, heads, 2>).map(|_| ()).unwrap_err();
    let error = error.to_string();
    assert!(error.contains("embed_dim to be a multiple"), "{error}");
}

network! {
    struct Images<kernel, stride, padding, groups, factor, pool> {
        conv: Conv2d<_, 8, kernel>(stride = stride, padding = padding, groups = groups),
        norm: GroupNorm<groups, _>,
        up: Upsample(scale_factor = factor),
        shuffle: PixelShuffle<factor>,
        unshuffle: PixelUnshuffle<factor>,
        back: ConvTranspose2d<_, 4, kernel>(stride = stride, padding = padding),
        max: MaxPool2d<pool>,
        mean: AvgPool2d<pool>(stride = stride),
        whole: AdaptiveAvgPool2d<pool>,
        head: Linear<_, 3>,
    }

    fn forward(image: [_, _, _]) -> [3] {
        let x = norm(conv(image)).relu();
        let x = unshuffle(shuffle(up(x)));
        head(whole(mean(max(back(x)))).flatten())
    }

    struct ConstImages<const KERNEL: usize, const GROUPS: usize, const FACTOR: usize> {
        conv: Conv2d<_, 8, KERNEL>(stride = FACTOR, padding = 1, groups = GROUPS, dilation = FACTOR),
        norm: GroupNorm<GROUPS, _>,
        up: Upsample(scale_factor = FACTOR),
        shuffle: PixelShuffle<FACTOR>,
        unshuffle: PixelUnshuffle<FACTOR>,
        back: ConvTranspose2d<_, 4, KERNEL>(stride = FACTOR),
        max: MaxPool2d<FACTOR>,
        mean: AvgPool2d<FACTOR>,
        whole: AdaptiveMaxPool2d<FACTOR>,
        head: Linear<_, 3>,
    }

    fn forward(image: [_, _, _]) -> [3] {
        let x = norm(conv(image)).relu();
        let x = unshuffle(shuffle(up(x)));
        head(whole(mean(max(back(x)))).flatten())
    }
}

#[test]
fn numbers_of_windows_are_parameters() {
    let x = numbers(&[2, 4, 12, 12]);
    let net = network!(Images<3, 2, 1, 2, 2, 2>).unwrap();
    assert_eq!(net.forward(&x).unwrap().shape(), [2, 3]);
    let net = network!(ConstImages::<3, 2, 2>).unwrap();
    assert_eq!(net.forward(&x).unwrap().shape(), [2, 3]);
}

network! {
    struct Sequences<tokens, d, layers, heads, wide> {
        embed: Embedding<tokens, d>,
        lstm: Lstm<d, d>(num_layers = layers, bidirectional = true),
        gru: Gru<_, d>(num_layers = layers),
        rnn: Rnn<_, d>(num_layers = layers),
        encoder: TransformerEncoderLayer<d, heads>(dim_feedforward = wide),
        head: Linear<_, 3>,
    }

    fn forward(text: [t]) -> [t, 3] {
        let x = embed(text);
        let (x, _) = lstm(x);
        let (x, _) = gru(x);
        let (x, _) = rnn(x);
        head(encoder(x))
    }

    struct ConstSequences<const D: usize, const LAYERS: usize, const HEADS: usize> {
        embed: Embedding<7, D>,
        lstm: Lstm<D, D>(num_layers = LAYERS, proj_size = HEADS),
        gru: Gru<_, D>(num_layers = LAYERS),
        rnn: Rnn<_, D>(num_layers = LAYERS),
        encoder: TransformerEncoderLayer<D, HEADS>(dim_feedforward = D),
        head: Linear<_, 3>,
    }

    fn forward(text: [t]) -> [t, 3] {
        let x = embed(text);
        let (x, _) = lstm(x);
        let (x, _) = gru(x);
        let (x, _) = rnn(x);
        head(encoder(x))
    }
}

#[test]
fn numbers_of_sequences_are_parameters() {
    let text = numbers(&[2, 6]).mapv(|_| 3.0);
    let net = network!(Sequences<7, 8, 2, 4, 16>).unwrap();
    assert_eq!(net.forward(&text).unwrap().shape(), [2, 6, 3]);
    let net = network!(ConstSequences::<8, 2, 4>).unwrap();
    assert_eq!(net.forward(&text).unwrap().shape(), [2, 6, 3]);
}
