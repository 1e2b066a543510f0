//! Training over data sets of several arrays.

use crate::nets::bits;
use ndarray::{Array1, Array2, ArrayD};
use netdsl::data::Dataset;
use netdsl::prelude::*;
use netdsl::train::{Adam, CrossEntropyLoss, Fit, MseLoss, Trainer, accuracy};

network! {
    /// Two inputs of different shapes, two results.
    struct Both {
        left: Linear<_, 6>,
        right: Linear<_, 6>,
        class: Linear<_, 3>,
        place: Linear<_, 2>,
    }

    fn forward(a: [_], b: [_, 2]) -> ([3], [2]) {
        let h = (left(a) + right(b.flatten())).tanh();
        (class(h), place(h))
    }

    /// Two inputs, one result.
    struct Which {
        fc: Linear<_, 2>,
    }

    fn forward(a: [n], b: [n]) -> [2] {
        fc(a - b)
    }
}

fn both<'t>([class, place]: [Tensor<'t>; 2], [wanted, at]: [Tensor<'t>; 2]) -> Tensor<'t> {
    CrossEntropyLoss::default().of(class, wanted) + MseLoss::default().of(place, at)
}

/// Results without targets: they are to be small, and to differ from each other.
fn small<'t>([class, place]: [Tensor<'t>; 2], []: [Tensor<'t>; 0]) -> Tensor<'t> {
    class.square().mean_all() + (1.0 - place).square().mean_all()
}

fn numbers(shape: &[usize]) -> ArrayD<f32> {
    crate::nets::numbers(shape)
}

fn classes(count: usize) -> Array1<f32> {
    Array1::from_shape_fn(count, |i| (i * i % 3) as f32)
}

type Pair = (ArrayD<f32>, ArrayD<f32>);

fn data() -> Dataset<f32, Pair, Pair> {
    let inputs = (numbers(&[23, 4]), numbers(&[23, 3, 2]));
    Dataset::new(inputs, (classes(23), numbers(&[23, 2]))).unwrap()
}

#[test]
fn training_on_several_arrays_is_the_loop_written_out() {
    let (mut fitted, mut looped) = (
        network!(Both, seed = 1).unwrap(),
        network!(Both, seed = 1).unwrap(),
    );
    let trainer = || Trainer::new(both, Adam::new(0.01)).unwrap();
    let (mut fitting, mut looping) = (trainer(), trainer());
    let fit = Fit::new(3).batch_size(5).seed(8).quiet();
    let history = fit.run(&mut fitting, &mut fitted, &data()).unwrap();
    for epoch in history {
        let mut total = 0.0;
        let batches = data();
        let batches = batches.batches(5).unwrap();
        for ((a, b), (class, at)) in batches.shuffled(8 + epoch.number as u64) {
            let loss = looping.step_on(&mut looped, &[&a, &b], &[&class, &at]);
            total += f64::from(loss.unwrap()) * class.len() as f64;
        }
        assert_eq!(epoch.loss, total / 23.0);
    }
    assert_eq!(bits(&fitted), bits(&looped));

    // The same batches, taken together two by two.
    let fit = Fit::new(1).batch_size(5).in_order().accumulate(2).quiet();
    fit.run(&mut fitting, &mut fitted, &data()).unwrap();
    assert_eq!(fitting.optimizer().steps("class.weight"), 3 * 5 + 3);
}

#[test]
fn a_loss_may_take_no_targets() {
    let mut net = network!(Both, seed = 1).unwrap();
    let mut trainer = Trainer::new(small, Adam::new(0.05)).unwrap();
    let data = Dataset::new(data().into_parts().0, ()).unwrap();
    let fit = Fit::new(60).quiet();
    let history = fit.run(&mut trainer, &mut net, &data).unwrap();
    assert!(history[59].loss < 0.05 * history[0].loss);
}

#[test]
fn accuracy_is_of_networks_with_several_inputs_too() {
    let mut net = network!(Which).unwrap();
    net.bind_all(&[&[1], &[1]]).unwrap();
    // Class 1 where a is the greater one.
    net.set_parameter("fc.weight", ndarray::array![[-1.0], [1.0]].into_dyn())
        .unwrap();
    net.set_parameter("fc.bias", ArrayD::zeros(vec![2]))
        .unwrap();
    let a = Array2::from_shape_fn((600, 1), |(i, _)| (i % 4) as f32);
    let b = Array2::from_elem((600, 1), 1.5);
    let greater = Array1::from_shape_fn(600, |i| f32::from(u8::from(i % 4 > 0)));
    let data = Dataset::new((a, b), greater).unwrap();
    assert_eq!(accuracy(&net, &data).unwrap(), 0.75);
}

#[test]
fn a_data_set_has_the_arrays_that_training_takes() {
    let mut net = network!(Both).unwrap();
    let mut trainer = Trainer::new(both, Adam::new(0.01)).unwrap();
    let ((a, b), (class, at)) = data().into_parts();
    let one_input = Dataset::new(a.clone(), (class.clone(), at)).unwrap();
    let error = Fit::new(1).run(&mut trainer, &mut net, &one_input);
    assert_eq!(
        error.unwrap_err().to_string(),
        "`Both` has 2 inputs, but the data set has 1\n  = help: give `Dataset::new` a tuple of 2 arrays as inputs"
    );
    let one_target = Dataset::new((a.clone(), b.clone()), class).unwrap();
    let error = Fit::new(1).run(&mut trainer, &mut net, &one_target);
    assert_eq!(
        error.unwrap_err().to_string(),
        "the loss takes 2 targets, but the data set has 1\n  = help: give `Dataset::new` a tuple of 2 arrays as targets"
    );
    assert!(!net.is_bound());
    let mut trainer = Trainer::new(MseLoss::default(), Adam::new(0.01)).unwrap();
    let mut which = network!(Which).unwrap();
    let no_target = Dataset::new((a.clone(), a.clone()), ()).unwrap();
    let error = Fit::new(1).run(&mut trainer, &mut which, &no_target);
    assert_eq!(
        error.unwrap_err().to_string(),
        "the loss takes 1 target, but the data set has 0\n  = help: give `Dataset::new` an array as targets"
    );
    let error = accuracy(&which, &Dataset::new(a.clone(), classes(23)).unwrap());
    assert!(
        error
            .unwrap_err()
            .to_string()
            .contains("`Which` has 2 inputs")
    );
    // Sizes are the network's to tell.
    let other = Dataset::new((a, b.remove_axis(ndarray::Axis(2))), numbers(&[23, 2])).unwrap();
    let error = Fit::new(1).run(&mut trainer, &mut which, &other);
    assert!(error.is_err() && !which.is_bound());
}
