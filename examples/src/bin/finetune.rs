//! Fine-tuning: a network learns the digits 0 to 4, and its body, with a head of its own, the digits 5 to 9 from few images.
//!
//! `cargo run --release --bin finetune` takes about a second.

use netdsl::data::{Dataset, digits};
use netdsl::prelude::*;
use netdsl::train::optimizer::Optimizer;
use netdsl::train::{Adam, CrossEntropyLoss, Fit, Trainer, accuracy};
use netdsl_examples::no_arguments;
use std::error::Error as StdError;

network! {
    /// What is common to all digits.
    pub struct Body {
        conv1: Conv2d<_, 16, 3>(padding = 1),
        norm: BatchNorm2d<_>,
        conv2: Conv2d<_, 32, 3>(padding = 1),
        fc: Linear<_, 64>,
    }

    fn forward(image: [_, _, _]) -> [64] {
        let x = norm(conv1(image)).relu();
        fc(conv2(x).relu().max_pool2d(2).flatten()).relu()
    }

    /// A body and a head for so many classes.
    pub struct Classifier<classes> {
        body: Body,
        head: Linear<_, classes>,
    }
}

/// The images of five digits from one on, which then count from 0.
fn five_from(data: &Dataset<f32>, first: f32) -> Result<Dataset<f32>, Error> {
    let targets = data.targets().iter().enumerate();
    let rows: Vec<usize> = targets
        .filter(|(_, digit)| (first..first + 5.0).contains(*digit))
        .map(|(row, _)| row)
        .collect();
    let (images, digits) = data.select(&rows)?.into_parts();
    Ok(Dataset::new(images, digits - first)?)
}

fn main() -> Result<(), Box<dyn StdError>> {
    no_arguments()?;
    let (train, test) = digits::<f32>().split(0.8, 7)?;
    let file = std::env::temp_dir().join(format!(
        "netdsl-finetune-{}.safetensors",
        std::process::id()
    ));

    let (low, low_test) = (five_from(&train, 0.0)?, five_from(&test, 0.0)?);
    let mut net = network!(Classifier<5>, seed = 1)?;
    let mut trainer = Trainer::new(CrossEntropyLoss::default(), Adam::new(2e-3))?;
    Fit::new(8).run(&mut trainer, &mut net, &low)?;
    net.save(&file)?;
    println!(
        "0 to 4, {} images: {:.1} % of held-out images",
        low.len(),
        100.0 * accuracy(&net, &low_test)?
    );

    // The file tells the sizes of the body; of the head nothing is taken over.
    let mut tuned = network!(Classifier<5>, seed = 2)?;
    let report = tuned.load_partial_renamed(&file, |name| {
        (!name.starts_with("head.")).then(|| name.to_owned())
    })?;
    std::fs::remove_file(&file)?;
    println!(
        "\nloaded but for {}:\n{tuned}\n",
        report.missing.join(" and ")
    );

    let few: Vec<usize> = (0..40).collect();
    let (high, high_test) = (
        five_from(&train, 5.0)?.select(&few)?,
        five_from(&test, 5.0)?,
    );
    let frozen = tuned.freeze("body.*")?;
    let mut trainer = Trainer::new(CrossEntropyLoss::default(), Adam::new(1e-2))?;
    Fit::new(30)
        .batch_size(10)
        .run(&mut trainer, &mut tuned, &high)?;
    let head_only = accuracy(&tuned, &high_test)?;
    println!(
        "5 to 9, {} images, the head alone ({frozen} parameters frozen): {:.1} %",
        high.len(),
        100.0 * head_only
    );

    // Then all of it, the body at a small rate.
    tuned.unfreeze("body.*")?;
    let optimizer = Optimizer::new(Adam::new(2e-3))?.group("body.*", |rule| rule.lr(5e-4))?;
    let mut trainer = Trainer::with_optimizer(CrossEntropyLoss::default(), optimizer);
    Fit::new(30)
        .batch_size(10)
        .run(&mut trainer, &mut tuned, &high)?;
    let all = accuracy(&tuned, &high_test)?;
    println!("then all of it, the body more slowly: {:.1} %", 100.0 * all);

    if all < 0.8 {
        return Err("fine-tuning should come to more than 80 %".into());
    }
    Ok(())
}
