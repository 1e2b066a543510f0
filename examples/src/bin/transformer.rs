//! A small transformer that looks at an image as a sequence of rows, each of which may look at all others.
//!
//! `cargo run --release --bin transformer` trains on the 8 × 8 digits that come with the library, and tells at
//! least 97 % of held-out ones rightly; with `-- --data DIR`, where `DIR` holds the four files of MNIST, at least 98 % of those.

use netdsl::prelude::*;
use netdsl::train::schedule::OneCycleLr;
use netdsl::train::{AdamW, CrossEntropyLoss, Fit, Trainer, accuracy};
use netdsl_examples::{Images, digits_or_mnist, state};
use std::error::Error as StdError;

const BATCH: usize = 32;

netdsl::layer! {
    /// A learned vector for each step, added to it, so that attention can tell the steps apart.
    pub struct Positions<steps, features> {}
}

impl Positions {
    /// x: `[batch, steps, features]` → the same
    pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
        let (steps, features) = (
            at.size("steps", self.steps),
            at.size("features", self.features),
        );
        let init = Init::Normal {
            mean: 0.0,
            std: 0.02,
        };
        let own = at.parameter("weight", &[steps.dim, features.dim], init);
        x.expect(-1, features, "features")
            .expect(-2, steps, "steps")
            .add(own)
    }
}

network! {
    /// For images of one channel. How many rows there are and how long they are, the first image decides.
    pub struct RowTransformer {
        embed: Linear<_, 64>,
        positions: Positions<_, _>,
        layers: [TransformerEncoderLayer<_, 4>(
            dim_feedforward = 128,
            dropout = 0.0,
            norm_first = true,
        ); 2],
        norm: LayerNorm<_>,
        head: Linear<_, 10>,
    }

    fn forward(image: [1, rows, width]) -> [10] {
        let x = embed(image.reshape([rows, width]));
        let seen = layers(positions(x));
        head(norm(seen).mean(1))
    }
}

fn main() -> Result<(), Box<dyn StdError>> {
    let Images {
        train,
        test,
        stated,
    } = digits_or_mnist([97.0, 98.0])?;
    let mut net = network!(RowTransformer, seed = 1)?;
    println!("Before any image was seen:\n{net}\n");
    net.bind(&train.inputs().shape()[1..])?;
    println!("Bound to the shape of an image:\n{net}\n");

    // As many steps on many images as on few.
    let epochs = (60_000 / train.len()).clamp(3, 30);
    let mut trainer = Trainer::new(CrossEntropyLoss::default(), AdamW::new(2e-3))?;
    let steps = epochs * train.len().div_ceil(BATCH);
    let fit = Fit::new(epochs)
        .batch_size(BATCH)
        .schedule_per_batch(OneCycleLr::new(2e-3, steps as u64));
    let mut right = 0.0;
    fit.run_with(&mut trainer, &mut net, &train, |epoch, _, net| {
        right = 100.0 * accuracy(net, &test)?;
        println!(
            "epoch {:2}: loss {:.4}, test accuracy {right:.2} %, {:.2} s",
            epoch.number, epoch.loss, epoch.seconds
        );
        Ok(())
    })?;
    let result = format!("accuracy on {} held-out images: {right:.2} %", test.len());
    state(&result, right >= stated, &format!("at least {stated} %"))
}
