//! Trains a convolutional network on 8 × 8 images of handwritten digits, which come with the library;
//! saves it, loads it into a network that nobody has told any size, and compares the two.
//!
//! `cargo run --release --bin digits`

use netdsl::data::digits;
use netdsl::prelude::*;
use netdsl::train::{Adam, CrossEntropyLoss, Fit, Trainer, accuracy};
use netdsl_examples::no_arguments;
use std::error::Error as StdError;

network! {
    /// Two convolutions and two linear layers, for images of any size.
    pub struct DigitNet {
        conv1: Conv2d<_, 16, 3>(padding = 1),
        conv2: Conv2d<_, 32, 3>(padding = 1),
        fc1: Linear<_, 64>,
        drop: Dropout(p = 0.25),
        head: Linear<_, 10>,
    }

    fn forward(image: [_, _, _]) -> [10] {
        let x = conv1(image).relu();
        let x = conv2(x).relu().max_pool2d(2).flatten();
        head(drop(fc1(x).relu()))
    }
}

fn main() -> Result<(), Box<dyn StdError>> {
    no_arguments()?;
    let (train, test) = digits::<f32>().split(0.8, 7)?;
    println!(
        "{} images to train on, {} held out\n",
        train.len(),
        test.len()
    );

    let mut net = network!(DigitNet, seed = 1)?;
    println!("Before any image was seen:\n{net}\n");

    let first = train.batches(1)?.next().ok_or("no images")?.0;
    net.forward(&first)?;
    println!("After the first forward:\n{net}\n");

    let mut trainer = Trainer::new(CrossEntropyLoss::default(), Adam::new(2e-3))?;
    for epoch in Fit::new(30)
        .batch_size(32)
        .run(&mut trainer, &mut net, &train)?
    {
        println!(
            "epoch {:2}: loss {:.4}, {:.2} s",
            epoch.number, epoch.loss, epoch.seconds
        );
    }
    println!(
        "\naccuracy on held-out images: {:.2} %",
        100.0 * accuracy(&net, &test)?
    );

    let file =
        std::env::temp_dir().join(format!("netdsl-digits-{}.safetensors", std::process::id()));
    net.save(&file)?;
    let mut loaded = network!(DigitNet, seed = 2)?;
    loaded.load(&file)?;
    std::fs::remove_file(&file)?;
    let (ours, theirs) = (net.forward(test.inputs())?, loaded.forward(test.inputs())?);
    println!(
        "loaded into a fresh network: {}",
        if ours == theirs {
            "the same predictions"
        } else {
            "OTHER predictions"
        }
    );
    Ok(())
}
