//! Passes a state dict through a network: `state_dict NETWORK IN OUT` loads the file IN into a network
//! that has seen no size, and saves it as OUT; `state_dict NETWORK --fresh OUT` saves freshly drawn
//! weights. `tests/pytorch/check.sh` holds the outcome against PyTorch.

use netdsl::prelude::*;
use std::process::ExitCode;

network! {
    /// Convolutions and linear layers.
    struct LeNet {
        conv1: Conv2d<_, 6, 5>(padding = 2),
        conv2: Conv2d<_, 16, 5>,
        fc1: Linear<_, 120>,
        fc2: Linear<_, 84>,
        fc3: Linear<_, 10>,
    }

    fn forward(image: [_, _, _]) -> [10] {
        let x = conv1(image).tanh().max_pool2d(2);
        let x = conv2(x).tanh().max_pool2d(2).flatten();
        fc3(fc2(fc1(x).relu()).relu())
    }
}

network! {
    /// A stack, batch normalisation and its buffers.
    struct Residual<channels> {
        conv1: Conv2d<_, channels, 3>(padding = 1, bias = false),
        bn1: BatchNorm2d<_>,
    }

    fn forward(x: [channels, _, _]) -> [channels, _, _] {
        (bn1(conv1(x)) + x).relu()
    }
}

network! {
    struct ResNet {
        stem: Conv2d<_, 8, 3>(padding = 1, bias = false),
        blocks: [Residual<8>; 2],
        fc: Linear<_, 10>,
    }

    fn forward(image: [_, _, _]) -> [10] {
        fc(blocks(stem(image)).adaptive_avg_pool2d(1).flatten())
    }
}

network! {
    /// Recurrent layers in both directions, and a transformer's layer.
    struct Sequence {
        rnn: Lstm<_, 6>(num_layers = 2, bidirectional = true),
        encoder: TransformerEncoderLayer<_, 4>(dim_feedforward = 16),
        norm: LayerNorm<_>,
        head: Linear<_, 5>,
    }

    fn forward(x: [_, _]) -> [5] {
        let (steps, _) = rnn(x);
        head(norm(encoder(steps)).mean(1))
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [network, from, to] = arguments.as_slice() else {
        eprintln!("usage: state_dict lenet|resnet|sequence IN|--fresh OUT");
        return ExitCode::from(2);
    };
    let done = match network.as_str() {
        "lenet" => network!(LeNet, seed = 3).and_then(|net| pass(net, &[1, 28, 28], from, to)),
        "resnet" => network!(ResNet, seed = 3).and_then(|net| pass(net, &[3, 8, 8], from, to)),
        "sequence" => network!(Sequence, seed = 3).and_then(|net| pass(net, &[7, 4], from, to)),
        other => Err(Error::Invalid(format!("there is no network `{other}`"))),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn pass<N: Network<f32>>(mut net: N, sample: &[usize], from: &str, to: &str) -> Result<(), Error> {
    if from == "--fresh" {
        net.bind(sample)?;
    } else {
        net.load(from)?;
    }
    net.save(to)
}
