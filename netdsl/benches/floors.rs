//! What this machine can do at best, and what the workloads would take then.
//!
//! `cargo bench -p netdsl --bench floors` prints memory bandwidth, the rate of fused multiply-adds in
//! registers, the best rate of a large product, and for each workload the least time those allow: its
//! multiply-adds at the rate of the product and, for training, one pass of the optimiser over
//! parameters, gradients and state at the bandwidth. Whatever stays in the caches can beat the second.
//! Constructing parameters writes to memory that the system has to find and clear first.

use netdsl::engine::kernel::gemm::{Epilogue, MatRef, gemm};
use netdsl::engine::kernel::memory::zeros;
use netdsl::engine::pool::with_threads;
use std::hint::black_box;
use std::time::Instant;

fn main() {
    println!("| | 1 thread | 2 threads |\n|---|---:|---:|");
    let row = |what: &str, [one, two]: [f64; 2]| println!("| {what} | {one:.1} | {two:.1} |");
    let bandwidth = [1, 2].map(triad);
    row("triad, GB/s", bandwidth);
    let fresh = [1, 2].map(first_writes);
    row("first writes to new memory, GB/s", fresh);
    for (name, burst) in bursts() {
        row(
            &format!("{name} in registers, GFLOP/s"),
            [1, 2].map(|threads| registers(threads, burst)),
        );
    }
    let own = [1, 2].map(|threads| with_threads(threads, product));
    row("product of 2048³, GFLOP/s", own);
    let theirs = matrixmultiply();
    println!("| product of 2048³ by matrixmultiply, GFLOP/s | {theirs:.1} | – |");
    println!("\n| least time, µs | 1 thread | 2 threads |\n|---|---:|---:|");
    for (case, multiply_adds, bytes) in workloads() {
        row(
            case,
            [0, 1].map(|i| 2e-3 * multiply_adds / own[i] + 1e-3 * bytes / bandwidth[i]),
        );
    }
    row(
        "w6.init.100M",
        fresh.map(|rate| 1e-3 * 4.0 * 100_242_360.0 / rate),
    );
}

/// Each workload's multiply-adds, and the bytes its optimiser moves: 20 a parameter for SGD with momentum, 28 for Adam.
fn workloads() -> Vec<(&'static str, f64, f64)> {
    let mlp = |sizes: &[f64]| sizes.windows(2).map(|pair| pair[0] * pair[1]).sum::<f64>();
    let (w1, w5) = (
        mlp(&[784.0, 256.0, 256.0, 10.0]),
        mlp(&[1024.0, 4096.0, 4096.0, 1000.0]),
    );
    let (lenet, resnet) = (416_520.0, 26_657_408.0);
    let encoder =
        2.0 * 64.0 * (128.0 * 384.0 + 128.0 * 128.0 + 2.0 * 128.0 * 512.0 + 2.0 * 64.0 * 128.0);
    // The first layer's input needs no gradient.
    let training = |batch: f64, forward: f64, first: f64| batch * (3.0 * forward - first);
    vec![
        ("w1.infer.b64", 64.0 * w1, 0.0),
        ("w1.infer.b1", w1, 0.0),
        (
            "w1.train_sgd.b64",
            training(64.0, w1, 784.0 * 256.0),
            20.0 * w1,
        ),
        (
            "w1.train_adam.b64",
            training(64.0, w1, 784.0 * 256.0),
            28.0 * w1,
        ),
        ("w2.infer.b64", 64.0 * lenet, 0.0),
        ("w2.infer.b1", lenet, 0.0),
        (
            "w2.train_sgd.b64",
            training(64.0, lenet, 117_600.0),
            20.0 * 61_706.0,
        ),
        ("w3.infer.b32", 32.0 * resnet, 0.0),
        (
            "w3.train_sgd.b32",
            training(32.0, resnet, 442_368.0),
            20.0 * 175_258.0,
        ),
        ("w4.infer.b16", 16.0 * encoder, 0.0),
        (
            "w4.train_sgd.b16",
            training(16.0, encoder, 0.0),
            20.0 * 397_834.0,
        ),
        ("w5.infer.b256", 256.0 * w5, 0.0),
        (
            "w5.train_sgd.b256",
            training(256.0, w5, 1024.0 * 4096.0),
            20.0 * w5,
        ),
    ]
}

/// The least seconds of several calls.
fn least(mut call: impl FnMut()) -> f64 {
    let time = |_| {
        let start = Instant::now();
        call();
        start.elapsed().as_secs_f64()
    };
    (0..8).map(time).fold(f64::INFINITY, f64::min)
}

/// Runs something on several threads at once.
fn together(threads: usize, run: impl Fn(usize) + Sync) {
    std::thread::scope(|scope| {
        for thread in 1..threads {
            let run = &run;
            scope.spawn(move || run(thread));
        }
        run(0);
    });
}

/// Gigabytes a second of a ← b + s·c (McCalpin's STREAM) on arrays far larger than any cache.
fn triad(threads: usize) -> f64 {
    const LENGTH: usize = 1 << 25;
    let mut arrays: Vec<_> = (0..threads)
        .map(|_| std::sync::Mutex::new([1.0, 2.0, 3.0].map(|x| vec![x; LENGTH / threads])))
        .collect();
    let seconds = least(|| {
        together(threads, |thread| {
            let mut arrays = arrays[thread].lock().expect("nobody panics");
            let [a, b, c] = &mut *arrays;
            for ((a, b), c) in a.iter_mut().zip(b).zip(c) {
                *a = *b + 3.0f32 * *c;
            }
        });
    });
    black_box(&mut arrays);
    (3 * LENGTH * size_of::<f32>()) as f64 / seconds / 1e9
}

/// Gigabytes a second of writing to memory that was never written to.
fn first_writes(threads: usize) -> f64 {
    const LENGTH: usize = 100_000_000;
    let seconds = (0..8).map(|_| {
        let arrays: Vec<_> = (0..threads)
            .map(|_| std::sync::Mutex::new(Vec::new()))
            .collect();
        let start = Instant::now();
        together(threads, |thread| {
            let mut values = zeros::<f32>(LENGTH / threads);
            values.fill(1.0);
            *arrays[thread].lock().expect("nobody panics") = black_box(values);
        });
        start.elapsed().as_secs_f64()
    });
    (LENGTH * size_of::<f32>()) as f64 / seconds.fold(f64::INFINITY, f64::min) / 1e9
}

/// Billions of operations a second of multiply-adds that touch no memory.
fn registers(threads: usize, burst: Burst) -> f64 {
    const ROUNDS: usize = 2_000_000;
    let seconds = least(|| {
        together(threads, |_| {
            black_box(burst(ROUNDS));
        })
    });
    threads as f64 * burst(1).1 * ROUNDS as f64 / seconds / 1e9
}

/// Does rounds of multiply-adds; gives a number to show for it, and how many operations a round has.
type Burst = fn(usize) -> (f32, f64);

/// Functions that do rounds of multiply-adds, for each instruction set here.
fn bursts() -> Vec<(&'static str, Burst)> {
    let mut found: Vec<(&'static str, Burst)> = Vec::new();
    #[cfg(target_arch = "x86_64")]
    {
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            // SAFETY: the features have just been found.
            found.push(("AVX2", |rounds| unsafe { x86::avx2(rounds) }));
        }
        if is_x86_feature_detected!("avx512f") {
            // SAFETY: as above.
            found.push(("AVX-512", |rounds| unsafe { x86::avx512(rounds) }));
        }
    }
    found
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    /// Chains that do not wait for each other: latency times units of today's processors.
    const CHAINS: usize = 12;

    #[target_feature(enable = "avx2,fma")]
    pub fn avx2(rounds: usize) -> (f32, f64) {
        let (by, mut sums) = (_mm256_set1_ps(0.999), [_mm256_set1_ps(1.0); CHAINS]);
        for _ in 0..rounds {
            sums = sums.map(|sum| _mm256_fmadd_ps(sum, by, by));
        }
        let sum = sums.into_iter().fold(by, |a, b| _mm256_add_ps(a, b));
        (_mm256_cvtss_f32(sum), (2 * 8 * CHAINS) as f64)
    }

    #[target_feature(enable = "avx512f")]
    pub fn avx512(rounds: usize) -> (f32, f64) {
        let (by, mut sums) = (_mm512_set1_ps(0.999), [_mm512_set1_ps(1.0); CHAINS]);
        for _ in 0..rounds {
            sums = sums.map(|sum| _mm512_fmadd_ps(sum, by, by));
        }
        let sum = sums.into_iter().fold(by, |a, b| _mm512_add_ps(a, b));
        (_mm512_cvtss_f32(sum), (2 * 16 * CHAINS) as f64)
    }
}

const N: usize = 2048;

fn noise() -> Vec<f32> {
    (0..N * N).map(|at| (at as f32 * 0.7).sin()).collect()
}

fn rate(call: impl FnMut()) -> f64 {
    (2 * N * N * N) as f64 / least(call) / 1e9
}

/// Billions of operations a second of netdsl's product.
fn product() -> f64 {
    let (a, b, mut c) = (noise(), noise(), vec![0.0; N * N]);
    rate(|| {
        let (a, b) = (MatRef::new(&a, N, 1), MatRef::new(&b, N, 1));
        gemm(N, N, N, a, b, &mut c, N, false, Epilogue::default());
    })
}

/// The same of another library's, on one thread.
fn matrixmultiply() -> f64 {
    let (a, b, mut c, row) = (noise(), noise(), vec![0f32; N * N], N as isize);
    rate(|| {
        // SAFETY: the strides are those of the matrices.
        unsafe {
            let (a, b, c) = (a.as_ptr(), b.as_ptr(), c.as_mut_ptr());
            matrixmultiply::sgemm(N, N, N, 1.0, a, row, 1, b, row, 1, 0.0, c, row, 1);
        }
    })
}
