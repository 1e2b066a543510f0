//! Convolutions against a naive loop over positions and taps.

use super::*;
use crate::pool::with_threads;

/// Whole numbers, so that sums are exact in any order.
fn whole<E: Element>(count: usize, state: &mut u64) -> Vec<E> {
    (0..count)
        .map(|_| E::from_f64(pick(state, 15) as f64 - 7.0))
        .collect()
}

fn pick(state: &mut u64, below: usize) -> usize {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) as usize % below
}

/// Calls `body` with the index of x, w and y of every product there is.
pub(super) fn products(s: &ConvSizes, mut body: impl FnMut(usize, usize, usize)) {
    let (ins, outs) = (s.group_in(), s.group_out());
    for image in 0..s.batch {
        for out in 0..s.out_channels {
            for c in 0..ins {
                for_each_index(s.output, |at| {
                    for_each_index(s.kernel, |tap| {
                        let mut from = 0;
                        for axis in 0..3 {
                            let index = at[axis] * s.stride[axis] + tap[axis] * s.dilation[axis];
                            if index < s.padding[axis] || index - s.padding[axis] >= s.input[axis] {
                                return;
                            }
                            from = from * s.input[axis] + index - s.padding[axis];
                        }
                        let flat = |i: [usize; 3], size: [usize; 3]| {
                            (i[0] * size[1] + i[1]) * size[2] + i[2]
                        };
                        body(
                            (image * s.in_channels + out / outs * ins + c) * volume(s.input) + from,
                            (out * ins + c) * volume(s.kernel) + flat(tap, s.kernel),
                            (image * s.out_channels + out) * volume(s.output) + flat(at, s.output),
                        );
                    });
                });
            }
        }
    }
}

/// The operands of a convolution, and all that it and its gradients make of them.
pub(super) struct Case<E> {
    pub x: Vec<E>,
    pub w: Vec<E>,
    pub dy: Vec<E>,
    pub bias: Vec<E>,
    pub y: Vec<E>,
    /// With the bias and the rectifier.
    pub rectified: Vec<E>,
    pub dx: Vec<E>,
    pub dw: Vec<E>,
}

impl<E: Element> Case<E> {
    pub fn of(s: &ConvSizes, state: &mut u64) -> Self {
        let [x, w, dy, bias] = [
            s.input_len(),
            s.weight_len(),
            s.output_len(),
            s.out_channels,
        ]
        .map(|count| whole::<E>(count, state));
        let [mut y, mut dx, mut dw] = [&dy, &x, &w].map(|like| vec![E::ZERO; like.len()]);
        products(s, |i, j, k| {
            y[k] += x[i] * w[j];
            dx[i] += dy[k] * w[j];
            dw[j] += dy[k] * x[i];
        });
        let rectified = y
            .iter()
            .enumerate()
            .map(|(at, &y)| (y + bias[at / volume(s.output) % s.out_channels]).maximum(E::ZERO))
            .collect();
        Self {
            x,
            w,
            dy,
            bias,
            y,
            rectified,
            dx,
            dw,
        }
    }
}

/// Elements that show where a kernel writes nothing.
pub(super) fn unwritten<E: Element>(count: usize) -> Vec<E> {
    vec![E::from_f64(f64::NAN); count]
}

fn check<E: Element>(s: &ConvSizes, state: &mut u64) {
    let Case {
        x,
        w,
        dy,
        bias,
        y,
        rectified,
        dx,
        dw,
    } = Case::<E>::of(s, state);
    for threads in [1, 3] {
        with_threads(threads, || {
            let mut got = unwritten(y.len());
            conv_forward(s, &x, &w, None, false, &mut got);
            assert!(got == y, "forward {s:?}");
            conv_forward(s, &x, &w, Some(&bias), true, &mut got);
            assert!(got == rectified, "forward with bias {s:?}");
            let mut got = unwritten(dx.len());
            conv_input_gradient(s, &dy, &w, &mut got);
            assert!(got == dx, "input gradient {s:?}");
            let mut got = unwritten(dw.len());
            conv_weight_gradient(s, &x, &dy, &mut got);
            assert!(got == dw, "weight gradient {s:?}");
        });
    }
}

#[test]
fn random_sizes() {
    let state = &mut 1;
    for turn in 0..600 {
        let rank = 1 + turn % 3;
        let groups = [1, 1, 2, 3][pick(state, 4)];
        let mut s = ConvSizes {
            batch: [1, 2, 3, 0, 19][pick(state, 5)],
            in_channels: groups * (1 + pick(state, 4)),
            out_channels: groups * (1 + pick(state, 14)),
            groups,
            rank,
            input: [1; 3],
            kernel: [1; 3],
            stride: [1; 3],
            padding: [0; 3],
            dilation: [1; 3],
            output: [1; 3],
        };
        for axis in 3 - rank..3 {
            s.input[axis] = 1 + pick(state, if rank == 1 { 70 } else { 19 / rank });
            s.kernel[axis] = 1 + pick(state, 4);
            s.stride[axis] = 1 + pick(state, 5) * pick(state, 2);
            s.padding[axis] = pick(state, 5);
            s.dilation[axis] = 1 + pick(state, 3) * pick(state, 2);
            // Any output, short of what the input allows or beyond.
            let reach = (s.kernel[axis] - 1) * s.dilation[axis] + 1;
            let padded = s.input[axis] + 2 * s.padding[axis];
            s.output[axis] =
                (padded.saturating_sub(reach) / s.stride[axis] + pick(state, 3)).max(1);
        }
        if turn % 2 == 0 {
            check::<f64>(&s, state)
        } else {
            check::<f32>(&s, state)
        }
    }
}

fn square(
    batch: usize,
    ins: usize,
    outs: usize,
    size: usize,
    k: usize,
    stride: usize,
    pad: usize,
) -> ConvSizes {
    let output = (size + 2 * pad - k) / stride + 1;
    ConvSizes {
        batch,
        in_channels: ins,
        out_channels: outs,
        groups: 1,
        rank: 2,
        input: [1, size, size],
        kernel: [1, k, k],
        stride: [1, stride, stride],
        padding: [0, pad, pad],
        dilation: [1; 3],
        output: [1, output, output],
    }
}

#[test]
fn usual_sizes() {
    let state = &mut 2;
    for s in [
        square(3, 1, 6, 28, 5, 1, 2),
        square(3, 6, 16, 14, 5, 1, 0),
        square(2, 16, 16, 32, 3, 1, 1),
        square(2, 16, 32, 32, 3, 2, 1),
        square(3, 32, 33, 16, 3, 1, 1),
        square(5, 40, 64, 8, 3, 1, 1),
        square(2, 16, 32, 32, 1, 2, 0),
        square(1, 200, 200, 12, 3, 1, 1),
        square(3, 256, 40, 9, 3, 1, 1),
    ] {
        check::<f32>(&s, state);
        check::<f64>(&s, state);
    }
    check::<f32>(
        &ConvSizes {
            groups: 16,
            ..square(2, 16, 32, 9, 3, 1, 1)
        },
        state,
    );
}

/// Sums of products that rounding would tell apart.
#[test]
fn bits_do_not_depend_on_threads() {
    let s = square(21, 5, 7, 13, 3, 2, 1);
    let x: Vec<f32> = (0..s.input_len()).map(|at| (at as f32).sin()).collect();
    let dy: Vec<f32> = (0..s.output_len()).map(|at| (at as f32).cos()).collect();
    let run = |threads| {
        let mut dw = vec![0.0; s.weight_len()];
        with_threads(threads, || conv_weight_gradient(&s, &x, &dy, &mut dw));
        dw.iter().map(|x| x.to_bits()).collect::<Vec<_>>()
    };
    assert_eq!(run(1), run(4));
}
