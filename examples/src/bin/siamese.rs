//! Do two images show the same digit? Both go through the same layers: a layer called twice has one set
//! of parameters.
//!
//! Of pairs of held-out images it tells at least 95 % rightly.
//!
//! `cargo run --release --bin siamese`

use ndarray::{Array1, ArrayD};
use netdsl::data::{Dataset, digits};
use netdsl::prelude::*;
use netdsl::train::{Adam, CrossEntropyLoss, Fit, Trainer, accuracy};
use netdsl_examples::{no_arguments, state};
use std::error::Error as StdError;

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

/// Pairs of images, and 1 for those that show the same digit.
type Pairs = Dataset<f32, (ArrayD<f32>, ArrayD<f32>)>;

/// Each image twice: with one of its own class and with one of another, whichever comes next.
fn pairs(data: &Dataset<f32>, seed: u64) -> Result<Pairs, Box<dyn StdError>> {
    let data = data.shuffled(seed);
    let labels: Vec<f32> = data.targets().iter().copied().collect();
    let next = |from: usize, same: bool| {
        let mut others = (1..labels.len()).map(|step| (from + step) % labels.len());
        others.find(|&to| (labels[to] == labels[from]) == same)
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
    Ok(Dataset::new((a, b), Array1::from(answers))?)
}

fn main() -> Result<(), Box<dyn StdError>> {
    no_arguments()?;
    let (train, test) = digits::<f32>().split(0.8, 7)?;
    let mut net = network!(Siamese, seed = 1)?;
    println!("Before any image was seen:\n{net}\n");
    net.bind_all(&[&[1, 8, 8], &[1, 8, 8]])?;
    println!("Bound to the shapes of two images; the tower has its parameters once:\n{net}\n");

    let mut trainer = Trainer::new(CrossEntropyLoss::default(), Adam::new(1e-3))?;
    for epoch in 1..=30 {
        // Other pairs in each epoch.
        let fit = Fit::new(1).batch_size(64).in_order().quiet();
        let history = fit.run(&mut trainer, &mut net, &pairs(&train, epoch)?)?;
        println!("epoch {epoch:2}: loss {:.4}", history[0].loss);
    }

    let test = pairs(&test, 0)?;
    let right = 100.0 * accuracy(&net, &test)?;
    let result = format!("accuracy on {} held-out pairs: {right:.2} %", test.len());
    state(&result, right >= 95.0, "at least 95 %")
}
