//! The arrays of a data set are of one type of numbers.
use netdsl::data::Dataset;
use netdsl::prelude::*;
use netdsl::train::{CrossEntropyLoss, Fit, Sgd, Trainer};

network! {
    struct Net {
        a: Linear<4, 5>,
        b: Linear<3, 5>,
    }

    fn forward(x: [4], y: [3]) -> [5] {
        a(x) + b(y)
    }
}

fn main() {
    let mut net = network!(Net).unwrap();
    let mut trainer = Trainer::new(CrossEntropyLoss::default(), Sgd::new(0.1)).unwrap();
    let x = ndarray::Array2::<f32>::zeros((2, 4));
    let y = ndarray::Array2::<f32>::zeros((2, 3));
    let classes = ndarray::Array1::<usize>::zeros(2);
    let data = Dataset::new((x, y.view()), classes).unwrap();
    Fit::new(1).run(&mut trainer, &mut net, &data).unwrap();
}
