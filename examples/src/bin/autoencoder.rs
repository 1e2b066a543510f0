//! An autoencoder that squeezes the 64 pixels of a digit into 12 numbers and back, the way back being
//! the way there with its weights transposed: they are trained, counted and saved once.
//!
//! Its reconstructions of held-out digits are off by less than an eighth of what the average digit is.
//!
//! `cargo run --release --bin autoencoder`

use ndarray::Axis;
use netdsl::data::{Dataset, digits};
use netdsl::prelude::*;
use netdsl::train::{Adam, Fit, MseLoss, Trainer};
use netdsl_examples::{no_arguments, state};
use std::error::Error as StdError;

network! {
    /// The sizes of the way back follow from its ties.
    pub struct Autoencoder<code> {
        squeeze: Linear<_, 128>,
        encode: Linear<_, code>,
        expand: Linear<_, _>(weight = encode.weight.t()),
        decode: Linear<_, _>(weight = squeeze.weight.t()),
    }

    fn forward(x: [_]) -> [_] {
        let inner = encode(squeeze(x).relu());
        decode(expand(inner).relu()).sigmoid()
    }
}

fn main() -> Result<(), Box<dyn StdError>> {
    no_arguments()?;
    let (images, _) = digits::<f32>().into_parts();
    let images = images.into_shape_with_order((1797, 64))?;
    let (train, test) = Dataset::new(images.clone(), images)?.split(0.8, 7)?;

    let mut net = network!(Autoencoder<12>, seed = 1)?;
    println!("Before any image was seen:\n{net}\n");
    net.bind([64])?;
    println!("Bound to 64 pixels:\n{net}\n");

    let mut trainer = Trainer::new(MseLoss::default(), Adam::new(2e-3))?;
    let history = Fit::new(60).run(&mut trainer, &mut net, &train)?;
    for epoch in history.iter().filter(|epoch| epoch.number % 10 == 0) {
        println!("epoch {}: loss {:.5}", epoch.number, epoch.loss);
    }

    let restored = net.forward(test.inputs())?;
    let error = (&restored - test.inputs())
        .mapv(|error| error * error)
        .mean()
        .unwrap_or(f32::NAN);
    let average = train.inputs().mean_axis(Axis(0)).ok_or("no images")?;
    let naive = (test.inputs() - &average)
        .mapv(|error| error * error)
        .mean()
        .unwrap_or(f32::NAN);
    for (before, after) in test
        .inputs()
        .outer_iter()
        .zip(restored.outer_iter())
        .take(2)
    {
        for (before, after) in before
            .as_slice()
            .into_iter()
            .zip(after.as_slice())
            .flat_map(rows)
        {
            println!("  {before}   {after}");
        }
        println!();
    }
    let result = format!("mse on held-out digits: {error:.5}; of the average digit: {naive:.5}");
    state(&result, error < naive / 8.0, "less than an eighth")
}

/// The lines of two images, drawn.
fn rows<'i>(
    (before, after): (&'i [f32], &'i [f32]),
) -> impl Iterator<Item = (String, String)> + 'i {
    before.chunks(8).map(drawn).zip(after.chunks(8).map(drawn))
}

fn drawn(pixels: &[f32]) -> String {
    let shade =
        |&pixel: &f32| [' ', '░', '▒', '▓', '█'][(4.0 * pixel).round().clamp(0.0, 4.0) as usize];
    pixels.iter().flat_map(|pixel| [shade(pixel); 2]).collect()
}
