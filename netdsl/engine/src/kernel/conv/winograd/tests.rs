//! Minimal filtering against convolutions tap by tap.

use super::super::tests::{Case, products, unwritten};
use super::*;
use crate::kernel::gemm::simd;

fn sizes(
    batch: usize,
    channels: [usize; 2],
    input: [usize; 2],
    low: [usize; 2],
    output: [usize; 2],
) -> ConvSizes {
    ConvSizes {
        batch,
        in_channels: channels[0],
        out_channels: channels[1],
        groups: 1,
        rank: 2,
        input: [1, input[0], input[1]],
        kernel: [1, 3, 3],
        stride: [1; 3],
        padding: [0, low[0], low[1]],
        dilation: [1; 3],
        output: [1, output[0], output[1]],
    }
}

fn check<E: Element>(s: &ConvSizes) {
    // Halves and quarters of small whole numbers are exact, in any order.
    let Case {
        x,
        w,
        dy,
        bias,
        rectified,
        dx,
        dw,
        ..
    } = Case::<E>::of(s, &mut 1);
    for kernels in simd::all::<E>() {
        let filter = || Filter {
            kernels,
            ..Filter::new(s).expect("kernels of 3 by 3")
        };
        let [mut got_y, mut got_dx, mut got_dw] =
            [&dy, &x, &w].map(|like| unwritten::<E>(like.len()));
        let forth = filter();
        forth.with_kernels(&w, |kernels| {
            forth.convolve(kernels, &x, Some(&bias), true, &mut got_y)
        });
        forth.sum_weights(&x, &dy, &mut got_dw);
        let back = filter().turned().expect("little padding");
        back.with_turned_kernels(&w, |kernels| {
            back.convolve(kernels, &dy, None, false, &mut got_dx)
        });
        let lanes = kernels.lanes;
        assert!(got_y == rectified, "y, {lanes} lanes, {s:?}");
        assert!(got_dx == dx, "dx, {lanes} lanes, {s:?}");
        assert!(got_dw == dw, "dw, {lanes} lanes, {s:?}");
    }
}

#[test]
fn all_borders_and_numbers_of_channels() {
    for s in [
        sizes(1, [1, 1], [1, 1], [0, 0], [1, 1]),
        sizes(2, [3, 5], [4, 6], [1, 1], [4, 6]),
        sizes(1, [16, 8], [5, 7], [1, 1], [5, 7]),
        sizes(2, [17, 33], [6, 3], [0, 2], [4, 5]),
        sizes(3, [9, 20], [7, 9], [2, 0], [9, 7]),
        // Less and more than the image gives.
        sizes(1, [4, 4], [8, 8], [1, 1], [3, 5]),
        sizes(1, [4, 4], [3, 2], [1, 1], [7, 9]),
        // Several blocks of an image, the last of them smaller.
        sizes(2, [20, 12], [37, 20], [1, 1], [37, 20]),
    ] {
        check::<f32>(&s);
        check::<f64>(&s);
    }
}

/// Rounding is that of direct sums, within a few times.
#[test]
fn rounding_is_small() {
    let s = sizes(2, [64, 64], [12, 12], [1, 1], [12, 12]);
    let wave = |count: usize, by: f64| (0..count).map(move |at| (at as f64 * by).sin());
    let (x, w): (Vec<f64>, Vec<f64>) = (
        wave(s.input_len(), 0.7).collect(),
        wave(s.weight_len(), 1.3).collect(),
    );
    let mut y = vec![0.0; s.output_len()];
    products(&s, |i, j, k| y[k] += x[i] * w[j]);
    let narrow = |wide: &[f64]| wide.iter().map(|&x| x as f32).collect::<Vec<_>>();
    let (x, w, mut got) = (narrow(&x), narrow(&w), vec![0.0; y.len()]);
    assert!(forward(&s, &x, &w, None, false, &mut got));
    let worst = got
        .iter()
        .zip(&y)
        .map(|(&got, y)| (f64::from(got) - y).abs())
        .fold(0.0, f64::max);
    // 576 products of numbers below 1, rounded to 2⁻²⁴; direct sums are off by 4.9e-6, these by 5.8e-6.
    assert!(worst < 576f64.sqrt() * 6.0 * 2f64.powi(-24), "{worst}");
}
