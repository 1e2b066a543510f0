//! LeNet-5 on MNIST: the sizes of its linear layers are found, not written.
//!
//! `cargo run --release --bin mnist -- --data DIR`, where `DIR` holds the four files of MNIST
//! (`train-images-idx3-ubyte.gz`, …). With `--fashion` they are those of Fashion-MNIST.

use netdsl::data::{FASHION_MNIST, MNIST, Mnist};
use netdsl::prelude::*;
use netdsl::train::schedule::OneCycleLr;
use netdsl::train::{AdamW, CrossEntropyLoss, Fit, Trainer, accuracy};
use netdsl_examples::Arguments;
use std::error::Error as StdError;

const EPOCHS: usize = 5;
const BATCH: usize = 64;

network! {
    /// LeNet-5 for images of any size and number of channels.
    pub struct LeNet {
        conv1: Conv2d<_, 6, 5>(padding = 2),
        conv2: Conv2d<_, 16, 5>,
        fc1: Linear<_, 120>,
        fc2: Linear<_, 84>,
        head: Linear<_, 10>,
    }

    fn forward(image: [_, _, _]) -> [10] {
        let x = conv1(image).relu().max_pool2d(2);
        let x = conv2(x).relu().max_pool2d(2).flatten();
        let x = fc1(x).relu();
        head(fc2(x).relu())
    }
}

fn main() -> Result<(), Box<dyn StdError>> {
    let arguments = Arguments::read(
        "the four files of MNIST or of Fashion-MNIST",
        &["--fashion"],
    )?;
    let pixels = if arguments.has("--fashion") {
        FASHION_MNIST
    } else {
        MNIST
    };
    let Mnist { train, test } = Mnist::<f32>::load(&arguments.data, pixels)?;

    let mut net = network!(LeNet, seed = 1)?;
    println!("Before any image was seen:\n{net}\n");
    net.bind(&train.inputs().shape()[1..])?;
    println!("Bound to the shape of an image:\n{net}\n");

    let mut trainer = Trainer::new(CrossEntropyLoss::default(), AdamW::new(1e-3))?;
    let steps = EPOCHS * train.len().div_ceil(BATCH);
    let fit = Fit::new(EPOCHS)
        .batch_size(BATCH)
        .schedule_per_batch(OneCycleLr::new(4e-3, steps as u64));
    fit.run_with(&mut trainer, &mut net, &train, |epoch, _, net| {
        let right = 100.0 * accuracy(net, &test)?;
        println!(
            "epoch {}: loss {:.4}, test accuracy {right:.2} %, {:.1} s",
            epoch.number, epoch.loss, epoch.seconds
        );
        Ok(())
    })?;
    Ok(())
}
