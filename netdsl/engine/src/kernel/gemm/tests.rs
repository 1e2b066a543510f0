//! Products against a naive loop: every kernel set, layouts, tails, and no size at all.

use super::*;

/// Small whole numbers, so that sums are exact in any order.
fn whole<E: Element>(count: usize, seed: u64) -> Vec<E> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    (0..count)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            E::from_f64(((state >> 60) as f64) - 8.0)
        })
        .collect()
}

#[derive(Clone, Copy)]
struct Case {
    m: usize,
    n: usize,
    k: usize,
    a_t: bool,
    b_t: bool,
    extra: usize,
    accumulate: bool,
    bias: bool,
}

fn check<E: Element>(kernels: &'static Kernels<E>, case: Case) {
    let Case {
        m,
        n,
        k,
        a_t,
        b_t,
        extra,
        accumulate,
        bias,
    } = case;
    let matrix = |rows: usize, cols: usize, transposed: bool, seed| {
        let (outer, inner) = if transposed {
            (cols, rows)
        } else {
            (rows, cols)
        };
        let stride = inner + extra;
        // The slice ends with the last element, so that a sanitizer sees any read beyond it.
        let data = whole::<E>(
            if rows * cols == 0 {
                0
            } else {
                (outer - 1) * stride + inner
            },
            seed,
        );
        (data, if transposed { (1, stride) } else { (stride, 1) })
    };
    let (a, (a_row, a_col)) = matrix(m, k, a_t, 1);
    let (b, (b_row, b_col)) = matrix(k, n, b_t, 2);
    let (c, (c_row, _)) = matrix(m, n, false, 3);
    let (rows, cols) = (whole::<E>(m, 4), whole::<E>(n, 5));
    let mut expected = c.clone();
    for i in 0..m {
        for j in 0..n {
            let mut sum = if accumulate {
                c[i * c_row + j]
            } else {
                E::ZERO
            };
            for p in 0..k {
                sum += a[i * a_row + p * a_col] * b[p * b_row + j * b_col];
            }
            if bias {
                sum += rows[i] + cols[j];
                sum = sum.maximum(E::ZERO);
            }
            expected[i * c_row + j] = sum;
        }
    }
    let epilogue = if bias {
        Epilogue {
            bias_col: Some(&cols),
            bias_row: Some(&rows),
            relu: true,
        }
    } else {
        Epilogue::default()
    };
    for threads in [1, 3] {
        let mut got = c.clone();
        pool::with_threads(threads, || {
            let (a, b) = (MatRef::new(&a, a_row, a_col), MatRef::new(&b, b_row, b_col));
            gemm_with(
                kernels, m, n, k, a, b, &mut got, c_row, accumulate, epilogue,
            )
        });
        assert!(
            got == expected,
            "{m} {n} {k} {a_t} {b_t} {extra} {accumulate} {bias}"
        );
    }
}

fn sweep<E: Element>() {
    let small = [0, 1, 2, 3, 5, 7, 8, 12, 13, 17, 31, 33, 50, 65];
    for kernels in simd::all::<E>() {
        let mut turn = 0usize;
        for m in small {
            for n in small {
                for k in [0, 1, 2, 9, 16, 35] {
                    turn += 1;
                    check(
                        kernels,
                        Case {
                            m,
                            n,
                            k,
                            a_t: turn.is_multiple_of(2),
                            b_t: (turn / 2).is_multiple_of(2),
                            extra: [0, 3, 0][turn % 3],
                            accumulate: (turn / 3).is_multiple_of(2),
                            bias: (turn / 5).is_multiple_of(2),
                        },
                    );
                }
            }
        }
        for (m, n, k, extra) in [
            (70, 150, 900, 0),
            (300, 190, 70, 1),
            (3, 300, 1100, 1500),
            (520, 530, 33, 1000),
        ] {
            for form in 0..4 {
                let (a_t, b_t) = (form % 2 == 1, form / 2 == 1);
                check(
                    kernels,
                    Case {
                        m,
                        n,
                        k,
                        a_t,
                        b_t,
                        extra,
                        accumulate: form > 1,
                        bias: form != 1,
                    },
                );
            }
        }
    }
}

#[test]
fn single_is_exact() {
    sweep::<f32>();
}

#[test]
fn double_is_exact() {
    sweep::<f64>();
}

/// Products that read B as it lies.
fn large_b<E: Element>() {
    for kernels in simd::all::<E>() {
        for (m, n, k, extra) in [(49, 150, 900, 0), (65, 301, 513, 1), (90, 500, 300, 7)] {
            for bias in [false, true] {
                let (a_t, b_t, accumulate) = (false, true, false);
                check(
                    kernels,
                    Case {
                        m,
                        n,
                        k,
                        a_t,
                        b_t,
                        extra,
                        accumulate,
                        bias,
                    },
                );
            }
        }
    }
}

#[test]
fn large_b_is_exact() {
    large_b::<f32>();
    large_b::<f64>();
    // So many rows that A comes in two parts.
    let (m, n, k) = (257, 800, 810);
    check::<f32>(
        kernels(),
        Case {
            m,
            n,
            k,
            a_t: false,
            b_t: true,
            extra: 0,
            accumulate: false,
            bias: true,
        },
    );
}

#[test]
fn strides_of_zero_and_both_above_one() {
    let (a, b) = (whole::<f64>(40, 1), whole::<f64>(400, 2));
    let mut c = vec![0.0; 5 * 7];
    gemm(
        5,
        7,
        4,
        MatRef::new(&a, 0, 3),
        MatRef::new(&b, 2, 9),
        &mut c,
        7,
        false,
        Epilogue::default(),
    );
    for i in 0..5 {
        for j in 0..7 {
            let sum: f64 = (0..4).map(|p| a[3 * p] * b[2 * p + 9 * j]).sum();
            assert_eq!(c[i * 7 + j], sum);
        }
    }
}

#[test]
fn not_a_number_propagates() {
    for (m, n, k) in [(1, 1, 16), (1, 40, 20), (13, 33, 9), (40, 3, 50)] {
        let (mut a, b) = (vec![0.0f32; m * k], vec![f32::INFINITY; k * n]);
        a[0] = 1.0;
        let mut c = vec![0.0; m * n];
        let epilogue = Epilogue {
            relu: true,
            ..Epilogue::default()
        };
        gemm(
            m,
            n,
            k,
            MatRef::new(&a, k, 1),
            MatRef::new(&b, n, 1),
            &mut c,
            n,
            false,
            epilogue,
        );
        assert!(
            c.iter().all(|c| c.is_nan()),
            "0 times infinity, {m} {n} {k}"
        );
    }
}

#[test]
fn batches() {
    let (batch, m, n, k) = (9, 5, 6, 7);
    let (a, b) = (whole::<f32>(m * k, 1), whole::<f32>(batch * k * n, 2));
    // Side by side in shared rows, as attention heads are.
    let mut c = vec![0.0; m * batch * n];
    for threads in [1, 2] {
        pool::with_threads(threads, || {
            let (a, b) = (MatRef::new(&a, k, 1), MatRef::new(&b, n, 1));
            let none = Epilogue::default();
            let products = Batch {
                count: [batch, 1],
                a: [0, 0],
                b: [k * n, 0],
                c: [n, 0],
            };
            gemm_batched(products, m, n, k, a, b, &mut c, batch * n, false, none)
        });
        for (index, &c) in c.iter().enumerate() {
            let (i, at, j) = (index / (batch * n), index / n % batch, index % n);
            let sum: f32 = (0..k).map(|p| a[i * k + p] * b[(at * k + p) * n + j]).sum();
            assert_eq!(c, sum);
        }
    }
}

#[test]
#[should_panic = "B is shorter"]
fn short_operands_panic() {
    let (a, b, mut c) = ([0.0f32; 6], [0.0f32; 5], [0.0f32; 4]);
    let (a, b) = (MatRef::new(&a, 3, 1), MatRef::new(&b, 2, 1));
    gemm(2, 2, 3, a, b, &mut c, 2, false, Epilogue::default());
}

#[test]
fn bits_do_not_depend_on_threads() {
    for (m, n, k, b_row, b_col) in [
        (200, 300, 100, 300, 1),
        (40, 700, 800, 1, 800),
        (100, 700, 800, 1, 800),
    ] {
        let a: Vec<f32> = (0..m * k).map(|at| (at as f32).sin()).collect();
        let b: Vec<f32> = (0..k * n).map(|at| (at as f32).cos()).collect();
        let run = |threads| {
            let mut c = vec![0.0; m * n];
            pool::with_threads(threads, || {
                let (a, b) = (MatRef::new(&a, k, 1), MatRef::new(&b, b_row, b_col));
                gemm(m, n, k, a, b, &mut c, n, false, Epilogue::default())
            });
            c.iter().map(|x| x.to_bits()).collect::<Vec<_>>()
        };
        assert_eq!(run(1), run(4));
    }
}
