//! A small U-Net that takes noise out of images: down twice, up twice, and on the way up each resolution
//! meets what was seen of it on the way down.
//!
//! Of the noise in held-out images it leaves less than a quarter, as mean squares count it.
//!
//! `cargo run --release --bin unet`

use ndarray::ArrayD;
use netdsl::data::{Dataset, digits};
use netdsl::init::{fill, stream};
use netdsl::prelude::*;
use netdsl::train::{Adam, Fit, MseLoss, Trainer};
use netdsl_examples::{no_arguments, state};
use std::error::Error as StdError;

network! {
    /// Two convolutions; takes whatever channels arrive.
    pub struct Double<channels> {
        conv1: Conv2d<_, channels, 3>(padding = 1),
        conv2: Conv2d<_, channels, 3>(padding = 1),
    }

    fn forward(x: [_, h, w]) -> [channels, h, w] {
        conv2(conv1(x).relu()).relu()
    }

    /// Gives what it got, without the noise. Sides are multiples of 4, otherwise of any length.
    pub struct UNet {
        enter: Double<16>,
        down1: Conv2d<_, 24, 3>(stride = 2, padding = 1),
        middle: Double<24>,
        down2: Conv2d<_, 32, 3>(stride = 2, padding = 1),
        bottom: Double<32>,
        twice: Upsample(scale_factor = 2),
        up2: Double<24>,
        up1: Double<16>,
        leave: Conv2d<_, channels, 1>,
    }

    fn forward(image: [channels, height, width]) -> [channels, height, width] {
        let fine = enter(image);
        let half = middle(down1(fine).relu());
        let quarter = bottom(down2(half).relu());
        let half = up2(cat([twice(quarter), half], 1));
        let fine = up1(cat([twice(half), fine], 1));
        leave(fine).sigmoid()
    }
}

/// The images with noise of standard deviation 0.3 as inputs, the images as targets.
fn noisy(images: &ArrayD<f32>, seed: u64) -> Result<Dataset<f32>, Box<dyn StdError>> {
    let mut noise = ArrayD::<f32>::zeros(images.shape());
    let law = Init::Normal {
        mean: 0.0,
        std: 0.3,
    };
    let numbers = noise.as_slice_mut().ok_or("zeros are in order")?;
    fill(&law, images.shape(), None, stream(seed, "noise"), numbers)?;
    Ok(Dataset::new(images + &noise, images.clone())?)
}

fn mean_square(difference: ArrayD<f32>) -> f32 {
    difference
        .mapv(|error| error * error)
        .mean()
        .unwrap_or(f32::NAN)
}

fn main() -> Result<(), Box<dyn StdError>> {
    no_arguments()?;
    let (train, test) = digits::<f32>().split(0.8, 7)?;
    let test = noisy(test.inputs(), 0)?;

    let mut net = network!(UNet, seed = 1)?;
    println!("Before any image was seen:\n{net}\n");
    net.bind([1, 8, 8])?;
    println!("Bound to images of one channel:\n{net}\n");

    let mut trainer = Trainer::new(MseLoss::default(), Adam::new(2e-3))?;
    for epoch in 1..=20 {
        // Other noise in each epoch.
        let data = noisy(train.inputs(), epoch)?;
        let history = Fit::new(1)
            .seed(epoch)
            .quiet()
            .run(&mut trainer, &mut net, &data)?;
        history
            .iter()
            .for_each(|run| println!("epoch {epoch:2}: loss {:.5}", run.loss));
    }

    let before = mean_square(test.inputs() - test.targets());
    let after = mean_square(net.forward(test.inputs())? - test.targets());
    // No parameter depends on the sides of an image.
    let large = net.forward(ArrayD::zeros(vec![1, 1, 12, 20]))?;
    println!(
        "\nan image of another size goes in and out as {:?}",
        &large.shape()[1..]
    );
    let result = format!(
        "mse on held-out images: {before:.5} with the noise, {after:.5} when it is taken out"
    );
    state(&result, after < before / 4.0, "less than a quarter")
}
