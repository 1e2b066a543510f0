//! Prints the speed of products and convolutions in GFLOP/s, on one thread and on two.
//!
//! `cargo bench -p netdsl --bench gemm [-- filter]`

#![allow(missing_docs, reason = "a program")]

use std::time::{Duration, Instant};

use netdsl::engine::kernel::conv::{
    ConvSizes, conv_forward, conv_input_gradient, conv_weight_gradient,
};
use netdsl::engine::kernel::gemm::{Batch, Epilogue, MatRef, gemm, gemm_batched};
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

fn convolution(name: &str, [batch, ins, outs, size, k, stride, pad]: [usize; 7]) {
    let output = (size + 2 * pad - k) / stride + 1;
    let s = ConvSizes {
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
    };
    let (x, w, dy) = (
        noise(s.input_len()),
        noise(s.weight_len()),
        noise(s.output_len()),
    );
    let (mut dx, mut dw, mut y) = (x.clone(), w.clone(), dy.clone());
    let bias = noise(outs);
    let flops = 2 * batch * outs * output * output * ins * k * k;
    report(&format!("{name} forward"), flops, || {
        conv_forward(&s, &x, &w, Some(&bias), true, &mut y)
    });
    println!();
    report(&format!("{name} input gradient"), flops, || {
        conv_input_gradient(&s, &dy, &w, &mut dx)
    });
    println!();
    report(&format!("{name} weight gradient"), flops, || {
        conv_weight_gradient(&s, &x, &dy, &mut dw)
    });
    println!();
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
        ("NT", 64, 256, 256),
        ("NT", 64, 120, 400),
        ("NT", 64, 10, 256),
        ("NN", 64, 256, 10),
        ("TN", 10, 256, 64),
        ("NT", 256, 4096, 1024),
        ("NT", 256, 1000, 4096),
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
        ("NT", 512, 1024, 1024),
        ("NT", 1024, 384, 128),
        ("NN", 1024, 128, 384),
        ("NN", 1024, 512, 128),
        ("TN", 384, 128, 1024),
        ("TN", 512, 128, 1024),
        ("TN", 128, 512, 1024),
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
                    let products = Batch {
                        count: [batch, 1],
                        a: [m * k, 0],
                        b: [k * n, 0],
                        c: [m * n, 0],
                    };
                    gemm_batched(products, m, n, k, a, b, &mut c, n, false, none);
                },
            );
            println!();
        }
    }
    // Batch, channels in and out, size, kernel, stride, padding.
    let convolutions = [
        ("LeNet 1", [64, 1, 6, 28, 5, 1, 2]),
        ("LeNet 2", [64, 6, 16, 14, 5, 1, 0]),
        ("ResNet 3->16", [32, 3, 16, 32, 3, 1, 1]),
        ("ResNet 16", [32, 16, 16, 32, 3, 1, 1]),
        ("ResNet 16->32/2", [32, 16, 32, 32, 3, 2, 1]),
        ("ResNet 32", [32, 32, 32, 16, 3, 1, 1]),
        ("ResNet 32->64/2", [32, 32, 64, 16, 3, 2, 1]),
        ("ResNet 64", [32, 64, 64, 8, 3, 1, 1]),
        ("ResNet 1x1 16->32/2", [32, 16, 32, 32, 1, 2, 0]),
        ("ResNet 1x1 32->64/2", [32, 32, 64, 16, 1, 2, 0]),
    ];
    for (name, sizes) in convolutions {
        if name.contains(&filter) {
            convolution(name, sizes);
        }
    }
}
