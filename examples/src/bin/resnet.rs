//! A residual network from networks: blocks are networks, stages are stacks of them.
//!
//! `cargo run --release --bin resnet -- --data DIR`, where `DIR` holds the four files of MNIST
//! (`train-images-idx3-ubyte.gz`, …). With `--fashion` they are those of Fashion-MNIST.
//!
//! After one pass over the images it tells at least 98 % of the held-out ones of MNIST rightly, and at least
//! 84 % of those of Fashion-MNIST.

use netdsl::data::{FASHION_MNIST, MNIST, Mnist};
use netdsl::prelude::*;
use netdsl::train::schedule::OneCycleLr;
use netdsl::train::{CrossEntropyLoss, Fit, Sgd, Trainer, accuracy};
use netdsl_examples::{Arguments, state};
use std::error::Error as StdError;

const EPOCHS: usize = 1;
const BATCH: usize = 64;

network! {
    /// Adds what two convolutions find to what arrived: `BasicBlock` of torchvision. Where images become
    /// smaller, a convolution of one pixel brings what arrived to their shape.
    pub struct BasicBlock<channels, stride> {
        conv1: Conv2d<_, channels, 3>(stride = stride, padding = 1, bias = false),
        norm1: BatchNorm2d<_>,
        conv2: Conv2d<_, channels, 3>(padding = 1, bias = false),
        norm2: BatchNorm2d<_>,
        shortcut: Option<Conv2d<_, channels, 1>(stride = stride, bias = false)>(when = stride != 1),
        norm3: Option<BatchNorm2d<_>>(when = stride != 1),
    }

    fn forward(x: [_, _, _]) -> [channels, _, _] {
        let h = norm1(conv1(x)).relu();
        (norm2(conv2(h)) + norm3(shortcut(x))).relu()
    }

    /// The residual network of He, Zhang, Ren and Sun (2015) for small images, narrower.
    pub struct ResNet<classes> {
        stem: Conv2d<_, 16, 3>(stride = 2, padding = 1, bias = false),
        norm: BatchNorm2d<_>,
        stage1: [BasicBlock<16, 1>; 2],
        halve1: BasicBlock<32, 2>,
        stage2: [BasicBlock<32, 1>; 1],
        halve2: BasicBlock<64, 2>,
        stage3: [BasicBlock<64, 1>; 1],
        head: Linear<_, classes>,
    }

    fn forward(image: [_, _, _]) -> [classes] {
        let x = stage1(norm(stem(image)).relu());
        let x = stage2(halve1(x));
        let x = stage3(halve2(x));
        head(x.adaptive_avg_pool2d(1).flatten())
    }
}

fn main() -> Result<(), Box<dyn StdError>> {
    let arguments = Arguments::read(
        "the four files of MNIST or of Fashion-MNIST",
        &["--fashion"],
    )?;
    let (pixels, stated) = match arguments.has("--fashion") {
        true => (FASHION_MNIST, 84.0),
        false => (MNIST, 98.0),
    };
    let Mnist { train, test } = Mnist::<f32>::load(&arguments.data, pixels)?;

    let mut net = network!(ResNet<10>, seed = 1)?;
    println!("Before any image was seen:\n{net}\n");
    net.bind(&train.inputs().shape()[1..])?;
    println!("Bound to the shape of an image:\n{net}\n");

    let rule = Sgd::new(0.1).momentum(0.9).weight_decay(5e-4);
    let mut trainer = Trainer::new(CrossEntropyLoss::default(), rule)?;
    let steps = EPOCHS * train.len().div_ceil(BATCH);
    let fit = Fit::new(EPOCHS)
        .batch_size(BATCH)
        .schedule_per_batch(OneCycleLr::new(0.1, steps as u64));
    let mut right = 0.0;
    fit.run_with(&mut trainer, &mut net, &train, |epoch, _, net| {
        right = 100.0 * accuracy(net, &test)?;
        println!(
            "epoch {}: loss {:.4}, test accuracy {right:.2} %, {:.1} s",
            epoch.number, epoch.loss, epoch.seconds
        );
        Ok(())
    })?;
    let result = format!("accuracy on {} held-out images: {right:.2} %", test.len());
    state(&result, right >= stated, &format!("at least {stated} %"))
}
