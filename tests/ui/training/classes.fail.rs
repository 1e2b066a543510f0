//! What is given to a network is of its numbers' type, and a loss is a function.
use netdsl::prelude::*;
use netdsl::train::{CrossEntropyLoss, Sgd, Trainer};

network! {
    struct Net {
        fc: Linear<4, 5>,
    }
}

fn main() {
    let mut net = network!(Net).unwrap();
    let mut trainer = Trainer::new(CrossEntropyLoss::default(), Sgd::new(0.1)).unwrap();
    let x = ndarray::Array2::<f32>::zeros((2, 4));
    let classes = ndarray::Array1::<usize>::zeros(2);
    trainer.step(&mut net, &x, &classes).unwrap();
    net.forward(&vec![1.0f32]).unwrap();
    let loss = |y: Tensor<'_>| y.square().mean_all();
    let _ = Trainer::<_, _>::new(loss, Sgd::new(0.1));
}
