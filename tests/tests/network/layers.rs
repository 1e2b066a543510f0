//! Layers by themselves, where PyTorch's cases do not reach.

use ndarray::{ArrayD, array};
use netdsl::prelude::*;
use netdsl::train::{BceLoss, BceWithLogitsLoss, KlDivLoss};
use netdsl::{Element, Standalone};

/// RMSNorm of two rows, the first of them small beside `f32`'s precision.
fn normalized<E: Element>() -> ArrayD<E> {
    let x = array![[3e-4, -4e-4], [1.0, 2.0]]
        .into_dyn()
        .mapv(E::from_f64);
    let layer = RmsNorm::BLANK.sizes(Arg::OPEN);
    let own = Standalone::new(&[Some(&[2, 2])], false, 1, &|at, x| {
        vec![layer.forward(at, x[0])]
    });
    own.unwrap().run(&[x.view()]).unwrap().remove(0)
}

#[test]
fn rms_norm_adds_the_precision_of_its_type() {
    // PyTorch 2.15: torch.nn.RMSNorm(2, dtype=...)(torch.tensor([[3e-4, -4e-4], [1., 2.]])).
    let single = array![[0.607_071_9, -0.809_429_3], [0.632_455_5, 1.264_911_f32]];
    let double = array![
        [0.848_528_1, -1.131_370_8],
        [0.632_455_532_033_676, 1.264_911_064_067_351_8]
    ];
    let close = |a: f64, b: f64, tolerance: f64| (a - b).abs() <= tolerance;
    let pairs = normalized::<f32>();
    let mut pairs = pairs.iter().zip(&single);
    assert!(pairs.all(|(&a, &b)| close(a.into(), b.into(), 3e-7)));
    let pairs = normalized::<f64>();
    let mut pairs = pairs.iter().zip(&double);
    assert!(pairs.all(|(&a, &b)| close(a, b, 1e-6)));
}

#[test]
fn attention_gives_the_weights_of_each_head_or_their_mean() {
    let weights = |average: bool| {
        let layer = MultiheadAttention {
            average_attn_weights: Arg::flag(average),
            ..MultiheadAttention::BLANK
        };
        let layer = layer.sizes(Arg::OPEN, Arg::int(2));
        let own = Standalone::<f64>::new(&[Some(&[5, 3, 8])], false, 1, &|at, x| {
            vec![layer.forward(at, x[0], x[0], x[0]).1]
        });
        let x = ArrayD::from_shape_fn(vec![5, 3, 8], |at| ((at[0] + at[1] * at[2]) as f64).sin());
        own.unwrap().run(&[x.view()]).unwrap().remove(0)
    };
    let (heads, means) = (weights(false), weights(true));
    assert_eq!(heads.shape(), [3, 2, 5, 5]);
    let found = heads.mean_axis(ndarray::Axis(1)).unwrap();
    assert!(
        (found - means)
            .iter()
            .all(|difference| difference.abs() < 1e-12)
    );
    let sums = heads.sum_axis(ndarray::Axis(3));
    assert!(sums.iter().all(|sum| (sum - 1.0).abs() < 1e-12));
}

/// What something gives for inputs, and the gradients by them of the sum of that.
fn backward<E: Element>(
    inputs: &[ArrayD<E>],
    forward: netdsl::Forward<'_>,
) -> (ArrayD<E>, Vec<ArrayD<E>>) {
    let shapes: Vec<_> = inputs.iter().map(|input| Some(input.shape())).collect();
    let own = Standalone::new(&shapes, true, 1, forward).unwrap();
    let views: Vec<_> = inputs.iter().map(|input| input.view()).collect();
    let mut results = own.run(&views).unwrap();
    let ones = results[0].mapv(|_| E::ONE);
    let done = own.backward(&views, &[Some(ones.view())]).unwrap();
    let gradients = done.inputs.into_iter().map(Option::unwrap).collect();
    (results.remove(0), gradients)
}

#[test]
fn images_are_enlarged_by_cubics() {
    let upsample = Upsample {
        scale_factor: Arg::int(2),
        mode: Arg::word("bicubic"),
        ..Upsample::BLANK
    };
    let x = array![[[[0.0, 0.0, 1.0, 0.0]]]].into_dyn();
    let (y, gradients) = backward::<f64>(&[x], &|at, x| vec![upsample.forward(at, x[0])]);
    // PyTorch 2.15: torch.nn.Upsample(scale_factor=2, mode="bicubic").
    let row = [
        0.0,
        -0.03515625,
        -0.10546875,
        0.26171875,
        0.87890625,
        0.87890625,
        0.26171875,
        -0.10546875,
    ];
    let found: Vec<f64> = y.iter().copied().collect();
    assert!(
        found
            .iter()
            .zip(row.iter().cycle())
            .all(|(a, b)| (a - b).abs() < 1e-15)
    );
    // What is spread over two rows comes back from two.
    assert_eq!(y.shape(), [1, 1, 2, 8]);
    assert!((gradients[0].sum() - 16.0).abs() < 1e-12);
    assert!((gradients[0][[0, 0, 0, 2]] - 2.0 * row.iter().sum::<f64>()).abs() < 1e-12);
}

#[test]
fn the_nearest_element_is_that_of_the_middle_if_asked_for() {
    let enlarged = |mode| {
        let upsample = Upsample {
            size: Arg::int(5),
            mode: Arg::word(mode),
            ..Upsample::BLANK
        };
        let x = array![[[1f32, 2.0, 4.0]]].into_dyn();
        backward(&[x], &|at, x| vec![upsample.forward(at, x[0])])
    };
    let (y, dx) = enlarged("nearest-exact");
    assert_eq!(y, array![[[1f32, 1.0, 2.0, 4.0, 4.0]]].into_dyn());
    assert_eq!(dx, [array![[[2f32, 1.0, 2.0]]].into_dyn()]);
    let (y, _) = enlarged("nearest");
    assert_eq!(y, array![[[1f32, 1.0, 2.0, 2.0, 4.0]]].into_dyn());
}

#[test]
fn confident_negatives_have_slopes() {
    // PyTorch 2.15: torch.nn.BCEWithLogitsLoss(reduction="sum", pos_weight=...), in single precision.
    let x = array![-18f32, 12.0, -12.0].into_dyn();
    let y = array![0f32, 1.0, 1.0].into_dyn();
    let loss = BceWithLogitsLoss {
        reduction: Arg::word("sum"),
    };
    let (_, plain) = backward(&[x.clone(), y.clone()], &|at, x| {
        vec![loss.forward(at, x[0], x[1])]
    });
    let weight = array![2f32].into_dyn();
    let (_, weighted) = backward(&[x, y, weight], &|at, x| {
        vec![loss.forward_weighted(at, x[0], x[1], None, Some(x[2]))]
    });
    let wanted = [
        [1.522_998e-8, -6.198_883e-6, -0.999_993_86],
        [1.522_998e-8, -1.239_776_6e-5, -1.999_987_7],
    ];
    for (found, wanted) in [&plain[0], &weighted[0]].into_iter().zip(wanted) {
        for (found, wanted) in found.iter().zip(wanted) {
            assert!((found / wanted - 1f32).abs() < 1e-6, "{found} {wanted}");
        }
    }
}

#[test]
fn losses_at_the_edges_have_pytorchs_slopes() {
    let (p, y) = (array![0.0, 1.0].into_dyn(), array![1.0, 1.0].into_dyn());
    let (_, dp) = backward::<f64>(&[p, y], &|at, x| {
        vec![BceLoss::BLANK.forward(at, x[0], x[1])]
    });
    // The least p·(1 − p) is 1e-12 in single precision.
    assert_eq!(dp[0][0], -0.5 / f64::from(1e-12f32));
    assert_eq!(dp[0][1], 0.0);
    let (x, y) = (array![-1.0, -2.0].into_dyn(), array![0.0, 1.0].into_dyn());
    let (loss, slopes) = backward::<f64>(&[x, y], &|at, x| {
        let loss = KlDivLoss {
            reduction: Arg::word("sum"),
            ..KlDivLoss::BLANK
        };
        vec![loss.forward(at, x[0], x[1])]
    });
    assert_eq!(loss.sum(), 2.0);
    assert_eq!(slopes[0], array![0.0, -1.0].into_dyn());
    assert!(slopes[1][0].is_nan() && slopes[1][1] == 3.0);
}

#[test]
fn what_is_not_a_number_is_scaled_by_the_slope_of_prelu() {
    let x = array![f32::NAN, 0.0, -2.0, 3.0, f32::INFINITY].into_dyn();
    let (y, dx) = backward(&[x], &|at, x| vec![PRelu::BLANK.forward(at, x[0])]);
    assert!(y[0].is_nan());
    assert_eq!(y.as_slice().unwrap()[1..], [0.0, -0.5, 3.0, f32::INFINITY]);
    assert_eq!(dx, [array![0.25f32, 0.25, 0.25, 1.0, 1.0].into_dyn()]);
}

#[test]
fn shrinking_activations_are_layers() {
    let x = array![-2f32, 0.25, 1.0].into_dyn();
    let (soft, _) = backward(std::slice::from_ref(&x), &|at, x| {
        vec![Softshrink::BLANK.forward(at, x[0])]
    });
    assert_eq!(soft, array![-1.5f32, 0.0, 0.5].into_dyn());
    let (hard, slopes) = backward(&[x], &|at, x| vec![Hardshrink::BLANK.forward(at, x[0])]);
    assert_eq!(hard, array![-2f32, 0.0, 1.0].into_dyn());
    assert_eq!(slopes, [array![1f32, 0.0, 1.0].into_dyn()]);
}

#[test]
fn a_step_that_may_look_at_nothing_gives_zeros_where_no_weights_are_asked_for() {
    let attended = |need_weights| {
        let layer = MultiheadAttention {
            need_weights: Arg::flag(need_weights),
            bias: Arg::flag(false),
            ..MultiheadAttention::BLANK
        };
        let layer = layer.sizes(Arg::OPEN, Arg::int(1));
        let x = array![[[1.0, 2.0]], [[3.0, 4.0]]].into_dyn();
        let mask = array![[1.0, 1.0], [0.0, 0.0]].into_dyn();
        let own = Standalone::<f64>::new(&[Some(&[2, 1, 2]), Some(&[2, 2])], true, 1, &|at, x| {
            let pairs = Some(Mask::Exclude(x[1]));
            let (y, _) = layer.forward_masked(at, x[0], x[0], x[0], None, pairs);
            vec![y]
        });
        own.unwrap()
            .run(&[x.view(), mask.view()])
            .unwrap()
            .remove(0)
    };
    let (with, without) = (attended(true), attended(false));
    assert!(with[[0, 0, 0]].is_nan());
    assert_eq!((without[[0, 0, 0]], without[[0, 0, 1]]), (0.0, 0.0));
    assert_eq!(with[[1, 0, 0]], without[[1, 0, 0]]);
}

#[test]
fn local_response_norm_follows_pytorch() {
    // PyTorch 2.15: torch.nn.LocalResponseNorm(size, alpha, beta, k)(torch.arange(1, 13).double().reshape(1, 4, 3) / 4 - 1.5).
    let x = ArrayD::from_shape_fn(vec![1, 4, 3], |at| {
        (at[1] * 3 + at[2] + 1) as f64 / 4.0 - 1.5
    });
    let cases = [
        (
            (3, 0.5, 0.75, 2.0),
            [
                -0.6688353710843628,
                -0.5579479807701592,
                -0.4308912202714724,
                -0.26662980697942273,
                -0.13751774140470802,
                0.0,
                0.13751774140470802,
                0.26662980697942273,
                0.38080568971341244,
                0.5579479807701592,
                0.6688353710843628,
                0.7616113794268249,
            ],
        ),
        (
            (2, 0.5, 0.75, 1.0),
            [
                -0.9761183755835069,
                -0.8458970107524513,
                -0.6795229026600419,
                -0.3777833152128609,
                -0.20951312035156963,
                0.0,
                0.23628609834618092,
                0.47257219669236183,
                0.6795229026600419,
                0.8380524814062785,
                0.9444582880321523,
                1.0061352529935026,
            ],
        ),
        (
            (7, 0.25, 1.5, 0.5),
            [
                -2.671661227281016,
                -2.137328981824813,
                -1.5343028456162504,
                -1.0686644909124066,
                -0.5343322454562033,
                0.0,
                0.5343322454562033,
                1.0686644909124066,
                1.5343028456162504,
                2.137328981824813,
                2.671661227281016,
                3.068605691232501,
            ],
        ),
    ];
    for ((size, alpha, beta, k), wanted) in cases {
        // The positions may have any number of axes.
        for shape in [vec![1, 4, 3], vec![1, 4, 1, 3], vec![1, 4, 1, 1, 3, 1]] {
            let layer = LocalResponseNorm {
                alpha: Arg::float(alpha),
                beta: Arg::float(beta),
                k: Arg::float(k),
                ..LocalResponseNorm::BLANK.sizes(Arg::int(size))
            };
            let own = Standalone::new(&[Some(&shape)], false, 1, &|at, x| {
                vec![layer.forward(at, x[0])]
            });
            let x = x.to_shape(shape).unwrap();
            let y = own.unwrap().run(&[x.view()]).unwrap().remove(0);
            let close = |(y, wanted): (&f64, &f64)| (y - wanted).abs() < 1e-14;
            assert!(y.iter().zip(&wanted).all(close), "{size}: {y}");
        }
    }
}

#[test]
fn local_response_norm_has_gradients() {
    network! {
        struct Normalized {
            conv: Conv2d<_, 5, 1>,
            norm: LocalResponseNorm<3>(alpha = 0.5),
            last: Conv2d<_, 2, 1>,
        }
    }
    let net = network!(Normalized, seed = 3, dtype = f64).unwrap();
    crate::training::check(net, &[2, 3, 2, 3], &[2, 2, 2, 3]);
}

netdsl::layer! {
    /// y = x · A · B, of low rank.
    pub struct Lora<rank, width> {}
}

impl Lora {
    const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        let (rank, width) = (at.size("rank", self.rank), at.size("width", self.width));
        let a = at.parameter("a", &[width.dim, rank.dim], Init::normal());
        let b = at.parameter("b", &[rank.dim, width.dim], Init::normal());
        x.matmul(a).matmul(b)
    }
}

network! {
    // The width follows through products of which nobody knows how many axes they have.
    #[eager]
    struct Adapted {
        enter: Linear<5, 4>,
        lora: Lora<2, _>,
        head: Linear<_, 3>,
    }

    struct Deep<depth> {
        layers: [Linear<4, 4>; depth],
    }
}

#[test]
fn a_matrix_of_ones_own_tells_sizes_without_a_signature() {
    let net = network!(Adapted).unwrap();
    assert_eq!(net.parameter("lora.a").unwrap().shape(), [4, 2]);
    assert_eq!(net.head.weight().shape(), [3, 4]);
}

#[test]
fn a_stack_has_no_more_members_than_can_be_counted() {
    let depth = std::hint::black_box(u64::MAX);
    let error = network!(Deep<depth>).unwrap_err().to_string();
    assert!(error.contains("at most 65536"), "{error}");
}
