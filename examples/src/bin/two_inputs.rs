//! A network with two inputs: the image of a digit, and how much ink each of its rows and columns has.
//!
//! It tells at least 97 % of held-out digits rightly.
//!
//! `cargo run --release --bin two_inputs`

use ndarray::{ArrayD, Axis, concatenate};
use netdsl::data::{Dataset, digits};
use netdsl::prelude::*;
use netdsl::train::{Adam, CrossEntropyLoss, Fit, Trainer, accuracy};
use netdsl_examples::{no_arguments, state};
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

/// Images and how much ink they have: `[n, 1, 8, 8]` and `[n, 16]`.
type Inked = Dataset<f32, (ArrayD<f32>, ArrayD<f32>)>;

/// Adds the mean of each row and of each column.
fn with_ink(data: Dataset<f32>) -> Result<Inked, Box<dyn StdError>> {
    let (images, labels) = data.into_parts();
    let plane = images.index_axis(Axis(1), 0);
    let rows = plane.mean_axis(Axis(2)).ok_or("images without columns")?;
    let columns = plane.mean_axis(Axis(1)).ok_or("images without rows")?;
    let ink = concatenate(Axis(1), &[rows.view(), columns.view()])?;
    Ok(Dataset::new((images, ink), labels)?)
}

fn main() -> Result<(), Box<dyn StdError>> {
    no_arguments()?;
    let (train, test) = with_ink(digits())?.split(0.8, 7)?;
    let mut net = network!(TwoInputs<10>, seed = 1)?;
    println!("Before any image was seen:\n{net}\n");
    net.bind_all(&[&[1, 8, 8], &[16]])?;
    println!("Bound to the shapes of its two inputs:\n{net}\n");

    let mut trainer = Trainer::new(CrossEntropyLoss::default(), Adam::new(2e-3))?;
    Fit::new(20).run_with(&mut trainer, &mut net, &train, |epoch, _, _| {
        println!("epoch {:2}: loss {:.4}", epoch.number, epoch.loss);
        Ok(())
    })?;
    let right = 100.0 * accuracy(&net, &test)?;
    let result = format!("accuracy on held-out images: {right:.2} %");
    state(&result, right >= 97.0, "at least 97 %")
}
