//! A network with two inputs: the image of a digit, and how much ink each of its rows and columns has.
//!
//! It tells at least 97 % of held-out digits rightly.
//!
//! `cargo run --release --bin two_inputs`

use ndarray::{ArrayD, Axis, concatenate};
use netdsl::data::{Dataset, digits};
use netdsl::prelude::*;
use netdsl::train::{Adam, CrossEntropyLoss, Trainer};
use netdsl_examples::state;
use std::error::Error as StdError;

network! {
    /// `head` takes what both branches give, however much that is.
    pub struct TwoInputs<classes> {
        conv: Conv2d<_, 16, 3>,
        counts: Linear<_, 32>,
        fc: Linear<_, 64>,
        head: Linear<_, classes>,
    }

    fn forward(image: [_, _, _], ink: [_]) -> [classes] {
        let seen = conv(image).relu().max_pool2d(2).flatten();
        let counted = counts(ink).relu();
        head(fc(cat([seen, counted], 1)).relu())
    }
}

/// The mean of each row and of each column: `[n, 1, 8, 8]` → `[n, 16]`.
fn ink(images: &ArrayD<f32>) -> Result<ArrayD<f32>, Box<dyn StdError>> {
    let plane = images.index_axis(Axis(1), 0);
    let rows = plane.mean_axis(Axis(2)).ok_or("images without columns")?;
    let columns = plane.mean_axis(Axis(1)).ok_or("images without rows")?;
    Ok(concatenate(Axis(1), &[rows.view(), columns.view()])?)
}

/// The share of images whose greatest score is that of their class.
fn accuracy(net: &TwoInputs, data: &Dataset<f32>) -> Result<f64, Box<dyn StdError>> {
    let scores = net.forward(data.inputs(), &ink(data.inputs())?)?;
    let best = |row: &[f32]| (0..row.len()).max_by(|&a, &b| row[a].total_cmp(&row[b]));
    let chosen = scores.outer_iter().map(|row| row.as_slice().and_then(best));
    let right = chosen
        .zip(data.targets())
        .filter(|(chosen, target)| chosen.is_some_and(|chosen| chosen as f32 == **target));
    Ok(right.count() as f64 / data.len() as f64)
}

fn main() -> Result<(), Box<dyn StdError>> {
    let (train, test) = digits::<f32>().split(0.8, 7)?;
    let mut net = network!(TwoInputs<10>, seed = 1)?;
    println!("Before any image was seen:\n{net}\n");
    net.bind_all(&[&[1, 8, 8], &[16]])?;
    println!("Bound to the shapes of its two inputs:\n{net}\n");

    let mut trainer = Trainer::new(CrossEntropyLoss::default(), Adam::new(2e-3))?;
    for epoch in 1..=20 {
        let mut total = 0.0;
        for (images, labels) in train.batches(32)?.shuffled(epoch) {
            total += trainer.step_on(&mut net, &[&images, &ink(&images)?], &[&labels])?
                * labels.len() as f32;
        }
        println!("epoch {epoch:2}: loss {:.4}", total / train.len() as f32);
    }
    let right = 100.0 * accuracy(&net, &test)?;
    let result = format!("accuracy on held-out images: {right:.2} %");
    state(&result, right >= 97.0, "at least 97 %")
}
