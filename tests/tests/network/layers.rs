//! Layers by themselves, where PyTorch's cases do not reach.

use ndarray::{ArrayD, array};
use netdsl::prelude::*;
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
