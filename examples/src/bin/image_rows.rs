//! An image read row by row: a sequence, which an LSTM goes through in both directions.
//!
//! `cargo run --release --bin image_rows` trains on the 8 × 8 digits that come with the library, and tells at
//! least 97 % of held-out ones rightly; with `-- --data DIR`, where `DIR` holds the four files of MNIST, at least 98 % of those.

use netdsl::prelude::*;
use netdsl::train::schedule::OneCycleLr;
use netdsl::train::{Adam, CrossEntropyLoss, Fit, Trainer, accuracy};
use netdsl_examples::{Images, digits_or_mnist, state};
use std::error::Error as StdError;

const BATCH: usize = 32;

network! {
    /// For images of one channel and any height: the width is what a step's input has, and so it is the one
    /// size that the first image decides.
    pub struct ImageRows {
        rows: Lstm<_, 64>(bidirectional = true),
        head: Linear<_, 10>,
    }

    fn forward(image: [1, _, width]) -> [10] {
        let (seen, _) = rows(image.reshape([_, width]));
        head(seen.amax(1))
    }
}

fn main() -> Result<(), Box<dyn StdError>> {
    let Images {
        train,
        test,
        stated,
    } = digits_or_mnist([97.0, 98.0])?;
    let mut net = network!(ImageRows, seed = 1)?;
    println!("Before any image was seen:\n{net}\n");
    net.bind(&train.inputs().shape()[1..])?;
    println!("Bound to the shape of an image:\n{net}\n");

    // As many steps on many images as on few.
    let epochs = (60_000 / train.len()).clamp(3, 30);
    let mut trainer = Trainer::new(CrossEntropyLoss::default(), Adam::new(4e-3))?;
    let steps = epochs * train.len().div_ceil(BATCH);
    let fit = Fit::new(epochs)
        .batch_size(BATCH)
        .schedule_per_batch(OneCycleLr::new(4e-3, steps as u64));
    let mut right = 0.0;
    fit.run_with(&mut trainer, &mut net, &train, |epoch, _, net| {
        right = 100.0 * accuracy(net, &test)?;
        println!(
            "epoch {:2}: loss {:.4}, test accuracy {right:.2} %, {:.2} s",
            epoch.number, epoch.loss, epoch.seconds
        );
        Ok(())
    })?;

    // Sequences of other lengths: the upper half of each image.
    let half = test.inputs().shape()[2] / 2;
    let upper = test.inputs().slice_axis(ndarray::Axis(2), (..half).into());
    let scores = net.forward(upper.to_owned())?;
    println!(
        "\nthe upper half alone, {half} rows, gives {:?} scores",
        scores.shape()
    );
    let result = format!("accuracy on {} held-out images: {right:.2} %", test.len());
    state(&result, right >= stated, &format!("at least {stated} %"))
}
