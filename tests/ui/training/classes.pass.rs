use netdsl::prelude::*;
use netdsl::train::{CrossEntropyLoss, Sgd, Trainer};

network! {
    struct Net {
        fc: Linear<4, 5>,
    }
}

fn loss<'t>(y: Tensor<'t>, target: Tensor<'t>) -> Tensor<'t> {
    (y - target).square().mean_all()
}

#[test]
fn classes_are_numbers_of_the_network() {
    let mut net = network!(Net).unwrap();
    let mut trainer = Trainer::new(CrossEntropyLoss::default(), Sgd::new(0.1)).unwrap();
    let x = ndarray::Array2::<f32>::zeros((2, 4));
    let classes = ndarray::Array1::<usize>::zeros(2);
    let classes = classes.mapv(|class| class as f32);
    assert!(trainer.step(&mut net, &x, &classes).unwrap() > 0.0);
    assert!(Trainer::<_, _>::new(loss, Sgd::new(0.1)).is_ok());
}
