//! Do two images show the same digit? Both go through the same layers: a layer called twice has one set
//! of parameters.
//!
//! Of pairs of held-out images it tells at least 95 % rightly.
//!
//! `cargo run --release --bin siamese`

use ndarray::{Array1, ArrayD};
use netdsl::data::{Dataset, digits};
use netdsl::prelude::*;
use netdsl::train::{Adam, CrossEntropyLoss, Trainer};
use netdsl_examples::state;
use std::error::Error as StdError;

const BATCH: usize = 64;

network! {
    /// What is seen in an image, as 32 numbers.
    pub struct Tower {
        conv1: Conv2d<_, 16, 3>(padding = 1),
        conv2: Conv2d<_, 32, 3>(padding = 1),
        fc: Linear<_, 32>,
    }

    fn forward(image: [_, _, _]) -> [32] {
        let x = conv1(image).relu();
        fc(conv2(x).relu().max_pool2d(2).flatten())
    }

    /// Compares what the tower sees in two images of one shape; the scores are for "different" and "same".
    pub struct Siamese {
        tower: Tower,
        compare: Linear<_, 2>,
    }

    fn forward(a: [channels, height, width], b: [channels, height, width]) -> [2] {
        compare((tower(a) - tower(b)).abs())
    }
}

/// Images in pairs, and 1 for those that show the same digit.
struct Pairs {
    a: ArrayD<f32>,
    b: ArrayD<f32>,
    same: Array1<f32>,
}

impl Pairs {
    /// Each image twice: with one of its own class and with one of another, whichever comes next.
    fn of(data: &Dataset<f32>, seed: u64) -> Result<Self, Box<dyn StdError>> {
        let data = data.shuffled(seed);
        let labels: Vec<f32> = data.targets().iter().copied().collect();
        let next = |from: usize, same: bool| {
            let others = (1..labels.len()).map(|step| (from + step) % labels.len());
            others
                .into_iter()
                .find(|&to| (labels[to] == labels[from]) == same)
        };
        let (mut left, mut right, mut answers) = (Vec::new(), Vec::new(), Vec::new());
        for from in 0..labels.len() {
            for same in [true, false] {
                right.push(next(from, same).ok_or("a class with one image, or only one class")?);
                left.push(from);
                answers.push(f32::from(u8::from(same)));
            }
        }
        let (a, _) = data.select(&left)?.into_parts();
        let (b, _) = data.select(&right)?.into_parts();
        Ok(Self {
            a,
            b,
            same: answers.into(),
        })
    }
}

fn main() -> Result<(), Box<dyn StdError>> {
    let (train, test) = digits::<f32>().split(0.8, 7)?;
    let mut net = network!(Siamese, seed = 1)?;
    println!("Before any image was seen:\n{net}\n");
    net.bind_all(&[&[1, 8, 8], &[1, 8, 8]])?;
    println!("Bound to the shapes of two images; the tower has its parameters once:\n{net}\n");

    let mut trainer = Trainer::new(CrossEntropyLoss::default(), Adam::new(1e-3))?;
    for epoch in 1..=30u64 {
        // Other pairs in each epoch.
        let Pairs { a, b, same } = Pairs::of(&train, epoch)?;
        let (mut total, mut batches) = (0.0, 0.0);
        let sets = a
            .axis_chunks_iter(AXIS, BATCH)
            .zip(b.axis_chunks_iter(AXIS, BATCH));
        for ((a, b), same) in sets.zip(same.axis_chunks_iter(AXIS, BATCH)) {
            total += trainer.step_on(&mut net, &[&a, &b], &[&same])?;
            batches += 1.0;
        }
        println!("epoch {epoch:2}: loss {:.4}", total / batches);
    }

    let Pairs { a, b, same } = Pairs::of(&test, 0)?;
    let scores = net.forward(&a, &b)?;
    let right = scores
        .outer_iter()
        .zip(&same)
        .filter(|(scores, same)| (scores[1] > scores[0]) == (**same == 1.0))
        .count();
    let accuracy = 100.0 * right as f64 / same.len() as f64;
    let result = format!("accuracy on {} held-out pairs: {accuracy:.2} %", same.len());
    state(&result, accuracy >= 95.0, "at least 95 %")
}

/// The batch.
const AXIS: ndarray::Axis = ndarray::Axis(0);
