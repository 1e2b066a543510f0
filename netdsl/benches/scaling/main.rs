//! How the cost of training grows with batch, width, depth, parameters, image and sequence.
//!
//! `cargo bench -p netdsl --bench scaling [-- filter]` prints a table for each curve: the least time
//! of a step, the most memory held since the network was made (parameters, gradients and results,
//! without the data), and slopes in logarithms beside that of the arithmetic. Without a filter it also
//! writes `docs/scaling.md` and `docs/scaling.svg`. The largest network takes 4 GB.

#[path = "../common/mod.rs"]
mod common;
mod curve;
mod memory;
mod plot;

use common::{BATCHES, LeNet, Mlp, Outcome, Random};
use curve::{Curve, Point};
use netdsl::prelude::*;
use netdsl::train::{CrossEntropyLoss, Sgd, Trainer};
use std::time::{Duration, Instant};

network! {
    struct Wide<width> {
        fc1: Linear<_, width>,
        fc2: Linear<_, width>,
        head: Linear<_, 10>,
    }

    fn forward(x: [_]) -> [10] {
        head(fc2(fc1(x).relu()).relu())
    }

    struct Rectified {
        fc: Linear<_, 64>,
        act: Relu,
    }

    struct Deep<depth> {
        layers: [Rectified; depth],
        head: Linear<_, 10>,
    }

    struct Convolutions {
        conv1: Conv2d<_, 16, 3>(padding = 1),
        conv2: Conv2d<_, 32, 3>(padding = 1),
        head: Linear<_, 10>,
    }

    fn forward(image: [_, _, _]) -> [10] {
        let x = conv1(image).relu().max_pool2d(2);
        head(conv2(x).relu().adaptive_avg_pool2d(1).flatten())
    }

    struct Recurrent {
        lstm: Lstm<_, 64>,
        head: Linear<_, 10>,
    }

    fn forward(x: [_, _]) -> [10] {
        let (y, _) = lstm(x);
        head(y.mean(1))
    }

    struct Attentive {
        encoder: TransformerEncoderLayer<_, 4>(dim_feedforward = 256, dropout = 0.0),
        head: Linear<_, 10>,
    }

    fn forward(x: [_, _]) -> [10] {
        head(encoder(x).mean(1))
    }
}

fn main() -> Outcome<()> {
    let filter = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with('-'))
        .unwrap_or_default();
    let mut curves = Vec::new();
    for mut curve in curve::all() {
        if !curve.name.contains(&filter) {
            continue;
        }
        for &x in curve.xs {
            curve.points.push(point(curve.name, x)?);
        }
        print!("{}", curve.table());
        curves.push(curve);
    }
    if filter.is_empty() {
        let docs = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs");
        std::fs::create_dir_all(docs)?;
        let tables: String = curves.iter().map(Curve::table).collect();
        std::fs::write(format!("{docs}/scaling.md"), curve::page(&tables))?;
        std::fs::write(format!("{docs}/scaling.svg"), plot::svg(&curves))?;
    }
    Ok(())
}

/// One point of a curve.
fn point(curve: &str, x: usize) -> Outcome<Point> {
    match curve {
        "batch, MLP" => step(|| Ok(network!(Mlp)?), &[x, 784]),
        "batch, LeNet-5" => step(|| Ok(network!(LeNet)?), &[x, 1, 28, 28]),
        "width" => step(|| Ok(network!(Wide<x>)?), &[64, x]),
        "depth" => step(|| Ok(network!(Deep<x>)?), &[16, 64]),
        "depth, binding" => build(|| Ok(network!(Deep<x>)?), &[64]),
        "depth, planning" => plan(network!(Deep<x>)?, &[16, 64]),
        // Two layers of that many parameters, the square root of the half wide each.
        "parameters" => {
            let width = (x as f64 / 2.0).sqrt() as usize;
            step(|| Ok(network!(Wide<width>)?), &[16, width])
        }
        "parameters, construction" => {
            let width = (x as f64 / 2.0).sqrt() as usize;
            build(|| Ok(network!(Wide<width>)?), &[width])
        }
        "image" => step(|| Ok(network!(Convolutions)?), &[8, 3, x, x]),
        "sequence, LSTM" => step(|| Ok(network!(Recurrent)?), &[16, x, 64]),
        "sequence, attention" => step(|| Ok(network!(Attentive)?), &[4, x, 64]),
        other => Err(format!("there is no curve {other}").into()),
    }
}

/// A training step by SGD without momentum.
fn step<N: Network<f32>>(make: impl Fn() -> Outcome<N>, shape: &[usize]) -> Outcome<Point> {
    let (data, mut i) = (Random(8).batches(shape, 10)?, 0);
    let watch = memory::Watch::start();
    let (mut net, mut trainer) = (
        make()?,
        Trainer::new(CrossEntropyLoss::default(), Sgd::new(1e-3))?,
    );
    let time = least(|| {
        i += 1;
        let (x, y) = &data[i % BATCHES];
        Ok(trainer.step(&mut net, x, y).map(drop)?)
    })?;
    Ok(Point::new(time, watch.peak()))
}

/// Building a network and binding it, drawing included.
fn build<N: Network<f32>>(make: impl Fn() -> Outcome<N>, sample: &[usize]) -> Outcome<Point> {
    let watch = memory::Watch::start();
    let time = least(|| Ok(make()?.bind(sample)?))?;
    Ok(Point::new(time, watch.peak()))
}

/// What the first step on a batch size takes beyond a step: the graph, its gradients and its plan.
fn plan<N: Network<f32>>(mut net: N, shape: &[usize]) -> Outcome<Point> {
    net.bind(&shape[1..])?;
    let (x, y) = &Random(8).batches(shape, 10)?[0];
    let watch = memory::Watch::start();
    let mut step = Duration::MAX;
    let first = least(|| {
        let mut trainer = Trainer::new(CrossEntropyLoss::default(), Sgd::new(1e-3))?;
        trainer.step(&mut net, x, y)?;
        let start = Instant::now();
        trainer.step(&mut net, x, y)?;
        step = step.min(start.elapsed());
        Ok(())
    })?;
    Ok(Point::new(first.saturating_sub(2 * step), watch.peak()))
}

/// The least time of a call, over a third of a second of calls and at least two.
fn least(mut call: impl FnMut() -> Outcome<()>) -> Outcome<Duration> {
    let (begin, mut best, mut calls) = (Instant::now(), Duration::MAX, 0);
    while calls < 2 || begin.elapsed() < Duration::from_millis(300) {
        let start = Instant::now();
        call()?;
        best = best.min(start.elapsed());
        calls += 1;
    }
    Ok(best)
}
