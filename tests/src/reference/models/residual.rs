//! Residual networks for small images.

use super::check::reading;
use super::{Model, Reading};
use netdsl::prelude::*;

network! {
    /// A block that adds what arrives.
    #[loaded]
    pub struct Plain {
        conv1: Conv2d<_, _, 3>(padding = 1, bias = false),
        bn1: BatchNorm2d<_>,
        conv2: Conv2d<_, _, 3>(padding = 1, bias = false),
        bn2: BatchNorm2d<_>,
    }

    fn forward(x: [channels, _, _]) -> [channels, _, _] {
        let y = bn1(conv1(x)).relu();
        (bn2(conv2(y)) + x).relu()
    }
}

network! {
    /// A block that makes images smaller, and adds what arrives made as small.
    #[loaded]
    pub struct Down {
        conv1: Conv2d<_, _, 3>(padding = 1, stride = 2, bias = false),
        bn1: BatchNorm2d<_>,
        conv2: Conv2d<_, _, 3>(padding = 1, bias = false),
        bn2: BatchNorm2d<_>,
        short: Conv2d<_, _, 1>(stride = 2, bias = false),
        short_bn: BatchNorm2d<_>,
    }

    fn forward(x: [_, _, _]) -> [_, _, _] {
        let y = bn1(conv1(x)).relu();
        (bn2(conv2(y)) + short_bn(short(x))).relu()
    }
}

network! {
    /// A block with more channels.
    #[loaded]
    pub struct Wide {
        conv1: Conv2d<_, _, 3>(padding = 1, bias = false),
        bn1: BatchNorm2d<_>,
        conv2: Conv2d<_, _, 3>(padding = 1, bias = false),
        bn2: BatchNorm2d<_>,
        short: Conv2d<_, _, 1>(bias = false),
        short_bn: BatchNorm2d<_>,
    }

    fn forward(x: [_, _, _]) -> [_, _, _] {
        let y = bn1(conv1(x)).relu();
        (bn2(conv2(y)) + short_bn(short(x))).relu()
    }
}

network! {
    /// A stem, up to four stages of blocks, and a mean over positions.
    #[loaded]
    pub struct ResNet<wide, first, down2, plain2, down3, plain3, down4, plain4> {
        conv1: Conv2d<_, _, 3>(padding = 1, bias = false),
        bn1: BatchNorm2d<_>,
        wide1: [Wide; wide],
        blocks1: [Plain; first],
        down2s: [Down; down2],
        blocks2: [Plain; plain2],
        down3s: [Down; down3],
        blocks3: [Plain; plain3],
        down4s: [Down; down4],
        blocks4: [Plain; plain4],
        fc: Linear<_, _>,
    }

    fn forward(image: [_, _, _]) {
        let x = bn1(conv1(image)).relu();
        let x = blocks1(wide1(x));
        let x = blocks2(down2s(x));
        let x = blocks3(down3s(x));
        let x = blocks4(down4s(x));
        fc(x.adaptive_avg_pool2d(1).flatten())
    }
}

/// The networks that a residual network may be: its blocks are counted, and one that has a convolution
/// of its own for what arrives begins a stage.
pub fn readings(model: &Model<'_>) -> Vec<Reading> {
    let kernels: Vec<usize> = model.weights(4).iter().map(|shape| shape[3]).collect();
    let (mut blocks, mut rest) = (Vec::new(), kernels.get(1..).unwrap_or(&[]));
    while rest.len() >= 2 {
        let taken = if rest.get(2) == Some(&1) { 3 } else { 2 };
        blocks.push(taken == 3);
        rest = &rest[taken..];
    }
    let mut stages: Vec<usize> = vec![0];
    let mut readings = Vec::new();
    let opens = blocks.first() == Some(&true);
    for &begins in blocks.iter().skip(usize::from(opens)) {
        if begins {
            stages.push(0);
        } else if let Some(last) = stages.last_mut() {
            *last += 1;
        }
    }
    let stage =
        |stages: &[usize], index: usize| stages.get(index).map_or((0, 0), |&plain| (1, plain));
    let wide = usize::from(opens);
    let shapes = if opens {
        vec![(wide, stages.clone()), (0, [&[0], &stages[..]].concat())]
    } else {
        vec![(0, stages)]
    };
    for (wide, stages) in shapes {
        let (_, first) = stage(&stages, 0);
        let (down2, plain2) = stage(&stages, 1);
        let (down3, plain3) = stage(&stages, 2);
        let (down4, plain4) = stage(&stages, 3);
        readings.push(reading!(ResNet<wide, first, down2, plain2, down3, plain3, down4, plain4>));
    }
    readings
}
