//! Regression on a table: how far a patient's diabetes has come in a year.
//!
//! `cargo run --release --bin diabetes -- --data DIR`, where `DIR` holds `diabetes.csv`: a line of names,
//! 442 rows, the target in the last column. Linear regression explains 54 % of the variance of the last 89.

use ndarray::ArrayD;
use netdsl::data::{Dataset, Standardizer, Table};
use netdsl::prelude::*;
use netdsl::train::{AdamW, Fit, MseLoss, Trainer};
use netdsl_examples::{Arguments, state};
use std::error::Error as StdError;

network! {
    /// One hidden layer; the number of features is the table's.
    pub struct Regressor {
        hidden: Linear<_, 16>,
        out: Linear<_, 1>,
    }

    fn forward(features: [_]) -> [1] {
        out(hidden(features).tanh())
    }
}

/// The share of the targets' variance that the predictions explain: R².
fn explained(predictions: &ArrayD<f32>, targets: &ArrayD<f32>) -> f32 {
    let mean = targets.mean().unwrap_or(0.0);
    let left = (targets - predictions).mapv(|error| error * error).sum();
    let total = targets.mapv(|target| (target - mean).powi(2)).sum();
    1.0 - left / total
}

/// Each target as a row of its own, `[n, 1]`: the shape of what the network gives.
fn column(data: &Dataset<f32>) -> Result<ArrayD<f32>, Box<dyn StdError>> {
    Ok(data
        .targets()
        .to_shape((data.len(), 1))?
        .into_owned()
        .into_dyn())
}

fn main() -> Result<(), Box<dyn StdError>> {
    let arguments = Arguments::read("diabetes.csv", &[])?;
    let table = Table::<f32>::open(arguments.data.join("diabetes.csv"))?;
    println!(
        "{} of {} patients from {}\n",
        table.target,
        table.data.len(),
        table.features.join(", ")
    );

    // Everything in units of the training rows' standard deviations.
    let (train, test) = table.data.split_at(353)?;
    let (inputs, targets) = (
        Standardizer::fit(train.inputs())?,
        Standardizer::fit(&column(&train)?)?,
    );
    let scaled = Dataset::new(
        inputs.apply(train.inputs().clone())?,
        targets.apply(column(&train)?)?,
    )?;

    let mut net = network!(Regressor, seed = 1)?;
    let mut trainer = Trainer::new(MseLoss::default(), AdamW::new(2e-3).weight_decay(0.3))?;
    let history = Fit::new(60)
        .batch_size(16)
        .run(&mut trainer, &mut net, &scaled)?;
    println!("{net}\n");
    for epoch in history.iter().filter(|epoch| epoch.number % 10 == 0) {
        println!("epoch {:2}: loss {:.4}", epoch.number, epoch.loss);
    }

    let predicted = targets.undo(net.forward(&inputs.apply(test.inputs().clone())?)?)?;
    let explained = explained(&predicted, &column(&test)?);
    let result = format!("R² on the last {} patients: {explained:.3}", test.len());
    state(&result, explained >= 0.5, "at least 0.5")
}
