//! Prints the speed of products and convolutions in GFLOP/s, on one thread and on two.
//!
//! `cargo bench -p netdsl --bench gemm [-- filter]`

#![allow(missing_docs, reason = "a program")]

use std::time::{Duration, Instant};

use netdsl::engine::kernel::gemm::{Epilogue, MatRef, gemm, gemm_batched};
use netdsl::engine::pool::with_threads;

/// The least time of a call, over a fifth of a second of calls.
fn least(mut call: impl FnMut()) -> f64 {
    call();
    let (start, mut best) = (Instant::now(), f64::INFINITY);
    while start.elapsed() < Duration::from_millis(200) {
        let start = Instant::now();
        call();
        best = best.min(start.elapsed().as_secs_f64());
    }
    best
}

fn noise(count: usize) -> Vec<f32> {
    (0..count).map(|at| (at as f32 * 0.7).sin()).collect()
}

fn report(name: &str, flops: usize, mut call: impl FnMut()) {
    let speed = |seconds: f64| flops as f64 / seconds / 1e9;
    let one = speed(with_threads(1, || least(&mut call)));
    let two = speed(with_threads(2, || least(&mut call)));
    print!("{name:36} {one:8.1} {two:8.1}");
}

fn product(form: &str, m: usize, n: usize, k: usize) {
    let (a, b, mut c) = (noise(m * k), noise(k * n), vec![0.0; m * n]);
    let a_strides = if form.starts_with('T') {
        (1, m)
    } else {
        (k, 1)
    };
    let b_strides = if form.ends_with('T') { (1, k) } else { (n, 1) };
    let flops = 2 * m * n * k;
    report(&format!("gemm {form} {m}x{k}x{n}"), flops, || {
        let a = MatRef::new(&a, a_strides.0, a_strides.1);
        let b = MatRef::new(&b, b_strides.0, b_strides.1);
        gemm(m, n, k, a, b, &mut c, n, false, Epilogue::default());
    });
    let theirs = least(|| {
        let (ra, ca) = (a_strides.0 as isize, a_strides.1 as isize);
        let (rb, cb) = (b_strides.0 as isize, b_strides.1 as isize);
        // SAFETY: the strides are those of the slices.
        unsafe {
            matrixmultiply::sgemm(
                m,
                k,
                n,
                1.0,
                a.as_ptr(),
                ra,
                ca,
                b.as_ptr(),
                rb,
                cb,
                0.0,
                c.as_mut_ptr(),
                n as isize,
                1,
            );
        }
    });
    println!(
        "   matrixmultiply, one thread: {:8.1}",
        flops as f64 / theirs / 1e9
    );
}

fn main() {
    let filter = std::env::args()
        .skip(1)
        .find(|arg| !arg.starts_with('-'))
        .unwrap_or_default();
    println!("{:36} {:>8} {:>8}", "GFLOP/s (f32), threads:", 1, 2);
    let products = [
        ("NT", 64, 256, 784),
        ("NN", 64, 784, 256),
        ("TN", 256, 784, 64),
        ("NT", 64, 10, 256),
        ("NN", 64, 256, 10),
        ("TN", 10, 256, 64),
        ("NN", 256, 4096, 4096),
        ("NT", 256, 4096, 4096),
        ("TN", 4096, 4096, 256),
        ("NN", 16, 1024, 144),
        ("NT", 16, 144, 1024),
        ("TN", 144, 1024, 16),
        ("NT", 1, 256, 784),
        ("NN", 1, 784, 256),
        ("NN", 1, 4096, 4096),
        ("NT", 1, 4096, 4096),
        ("NT", 8, 256, 784),
        ("NN", 512, 512, 512),
        ("NN", 2048, 2048, 2048),
        ("NT", 2048, 2048, 2048),
    ];
    for (form, m, n, k) in products {
        if format!("gemm {form} {m}x{k}x{n}").contains(&filter) {
            product(form, m, n, k);
        }
    }
    if "batched".contains(&filter) {
        for form in ["NN", "NT"] {
            let (batch, m, n, k) = (64, 64, 32, 64);
            let (a, b, mut c) = (
                noise(batch * m * k),
                noise(batch * k * n),
                vec![0.0; batch * m * n],
            );
            let (row, col) = if form == "NN" { (n, 1) } else { (1, k) };
            report(
                &format!("batched {form} 64 of 64x64x32"),
                2 * batch * m * n * k,
                || {
                    let (a, b) = (MatRef::new(&a, k, 1), MatRef::new(&b, row, col));
                    let none = Epilogue::default();
                    gemm_batched(
                        batch,
                        m,
                        n,
                        k,
                        a,
                        m * k,
                        b,
                        k * n,
                        &mut c,
                        m * n,
                        n,
                        false,
                        none,
                    );
                },
            );
            println!();
        }
    }
}
