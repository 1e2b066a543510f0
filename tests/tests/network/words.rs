//! What is told of mistakes at run time.

use crate::apply::Normed;
use crate::nets::{Mlp, numbers};
use ndarray::{Array2, ArrayD};
use netdsl::data::Dataset;
use netdsl::prelude::*;
use netdsl::train::{CrossEntropyLoss, Sgd, Trainer, accuracy};

fn words<T>(result: Result<T, Error>) -> String {
    match result {
        Ok(_) => "no mistake".to_owned(),
        Err(error) => error.to_string(),
    }
}

#[track_caller]
fn check(found: &str, parts: &[&str]) {
    for part in parts {
        assert!(found.contains(part), "`{part}` is not in:\n{found}");
    }
}

#[test]
fn names_that_do_not_exist() {
    let mut net = network!(Normed).unwrap();
    let mut kind = |kind, name| words(net.initialize_kind(kind, name, Init::Zeros));
    let found = kind("Linear", "wieght");
    assert_eq!(
        found,
        "there is no `Linear.wieght`; did you mean `Linear.weight` or `Linear.bias`?"
    );
    check(
        &kind("Linaer", "weight"),
        &["there is no `Linaer`; did you mean `Linear`"],
    );
    check(&kind("BatchNorm1d", "running_var"), &["is a buffer"]);
    check(
        &words(net.initialize("norm.running_mean", Init::Ones)),
        &["`norm.running_mean` is a buffer", "`set_parameter`"],
    );
    let found = words(net.initialize("hidden", Init::Zeros));
    assert_eq!(
        found,
        "there is no `hidden`; did you mean `hidden.*` or `hidden.weight` or `hidden.bias`?"
    );
    assert_eq!(words(net.freeze("hidden").map(|_| ())), found);
    assert_eq!(net.clone().freeze("hidden.*").unwrap(), 2);
}

#[test]
fn numbers_that_are_no_sizes() {
    for number in [-3, 0, i32::MIN] {
        assert!(
            words(network!(Statistics<number>)).contains(&format!(
                "layer `hidden` takes for `in_features` a size of 1 or more, or `_`, and is given {number}"
            )),
            "{number}"
        );
    }
    let huge = u64::MAX;
    check(
        &words(network!(Statistics<huge>)),
        &["`hidden.weight` [4, 18446744073709551615] is too large to hold"],
    );
}

network! {
    struct Statistics<features> {
        hidden: Linear<features, 4>,
        norm: BatchNorm1d<_>,
    }

    struct Computed<n> {
        fc: Linear<{ n - 5 }, 4>,
    }

    struct Halved<n> {
        fc: Linear<{ n / 2 }, 4>,
    }

    struct Plain<n> {
        fc: Linear<n, 4>,
    }

    struct Normalized<features> {
        norm: LayerNorm<20>,
        out: Linear<features, 10>,
    }
}

#[test]
fn a_buffer_waits_for_what_its_layer_waits_for() {
    let net = network!(Statistics<_>).unwrap();
    check(
        &words(net.parameter("norm.num_batches_tracked")),
        &[
            "`norm.num_batches_tracked []` does not exist yet",
            "of `norm`",
            "is not known",
        ],
    );
    assert!(!words(net.parameter("norm.num_batches_tracked")).contains("initial values"));
    let error = words(net.norm.get());
    assert!(!error.contains("initial values"), "{error}");
}

#[test]
fn arithmetic_that_gives_no_size() {
    let three = std::hint::black_box(3);
    check(
        &words(network!(Computed<three>)),
        &["`3 - 5` is no size: it is below 0"],
    );
    let odd = std::hint::black_box(7);
    check(
        &words(network!(Halved<odd>)),
        &["`7 / 2` is no size: it leaves a remainder"],
    );
    assert!(network!(Halved<{ odd + 1 }>).unwrap().is_bound());
}

#[test]
fn a_size_that_nothing_can_hold() {
    let n = std::hint::black_box(usize::MAX);
    check(
        &words(network!(Plain<n>)),
        &["`fc.weight` [4, 18446744073709551615] is too large to hold"],
    );
    assert!(words(network!(Mlp<n, 3, 2>)).contains("too large"));
}

#[test]
fn a_number_given_at_construction_is_not_the_definition_s() {
    let four = std::hint::black_box(4);
    let net = network!(Mlp<four, 3, 2>).unwrap();
    check(
        &words(net.forward(numbers(&[2, 5]))),
        &[
            "layer `hidden_layer` was built with 4 input features, `inputs`, but the input has 5",
            "build the network with `5` or `_` for `inputs`",
        ],
    );
    let found = words(network!(Normalized<{ four + 17 }>));
    check(
        &found,
        &["layer `out` was built with 21 input features, `features`, but `norm` produces 20"],
    );
    assert!(!found.contains("the input has"), "{found}");
}

#[test]
fn more_axes_than_there_can_be() {
    let net = network!(Plain<3>).unwrap();
    let found = words(net.forward(ArrayD::zeros(vec![1, 1, 1, 1, 1, 1, 1, 1, 3])));
    check(&found, &["a tensor has at most 8 axes, the batch included"]);
    assert_eq!(
        net.forward(ArrayD::zeros(vec![1, 1, 1, 1, 1, 1, 2, 3]))
            .unwrap()
            .ndim(),
        8
    );
    assert!(words(net.bind([1, 1, 1, 1, 1, 1, 1, 3])).contains("at most 8 axes"));
}

network! {
    struct Deep {
        fc: Linear<_, 128>,
    }

    fn forward(x: [3]) -> [_, _, _, _, _, _, _] {
        fc(x).reshape([2, 2, 2, 2, 2, 2, 2]).permute([0, 7, 6, 5, 4, 3, 2, 1])
    }
}

#[test]
fn as_many_axes_as_there_can_be() {
    let net = network!(Deep).unwrap();
    assert_eq!(
        net.forward(numbers(&[5, 3])).unwrap().shape(),
        [5, 2, 2, 2, 2, 2, 2, 2]
    );
}

network! {
    struct Scores {
        fc: Linear<2, 2>(bias = false),
    }
}

/// The network whose outputs are its inputs.
fn identity() -> Scores {
    let mut net = network!(Scores).unwrap();
    net.set_parameter(
        "fc.weight",
        ndarray::array![[1.0, 0.0], [0.0, 1.0]].into_dyn(),
    )
    .unwrap();
    net
}

fn data(scores: &[[f32; 2]], targets: &[f32]) -> Dataset<f32> {
    let scores = Array2::from(scores.to_vec()).into_dyn();
    Dataset::new(scores, ndarray::Array1::from(targets.to_vec()).into_dyn()).unwrap()
}

#[test]
fn accuracy_counts_what_is_right() {
    let net = identity();
    let right = |scores: &[[f32; 2]], targets: &[f32]| accuracy(&net, &data(scores, targets));
    assert_eq!(
        right(
            &[[1.0, 2.0], [3.0, 2.0], [0.0, 1.0], [1.0, 0.0]],
            &[1.0, 0.0, 0.0, 0.0]
        )
        .unwrap(),
        0.75
    );
    // Of equal ones the first, as PyTorch's argmax.
    assert_eq!(right(&[[0.0, 0.0], [5.0, 5.0]], &[0.0, 1.0]).unwrap(), 0.5);
    let nan = f32::NAN;
    assert_eq!(
        right(&[[nan, nan], [nan, 1.0], [1.0, nan]], &[1.0, 1.0, 0.0]).unwrap(),
        0.0
    );
}

#[test]
fn accuracy_of_what_is_no_class_is_an_error() {
    let net = identity();
    for target in [2.0, 5.0, -1.0, 0.5, f32::NAN] {
        let found = words(accuracy(&net, &data(&[[1.0, 2.0]], &[target])));
        check(&found, &["indices of 2 classes", &target.to_string()]);
    }
    let rows = Array2::from(vec![[1.0, 2.0], [3.0, 4.0]]).into_dyn();
    let found = words(accuracy(&net, &Dataset::new(rows.clone(), rows).unwrap()));
    check(&found, &["the targets [2, 2]"]);
}

#[test]
fn an_initialiser_that_does_not_fit_an_array() {
    let fill = || -> Result<(), Error> {
        let stream = netdsl::init::stream(1, "array");
        Ok(netdsl::init::fill(
            &Init::Eye,
            &[4],
            None,
            stream,
            &mut [0.0; 4],
        )?)
    };
    let by_itself = Init::Eye.check(&[4], None).unwrap_err();
    assert_eq!(words(fill()), by_itself.to_string());
}

network! {
    struct Narrow {
        fc: Linear<4, 5>,
    }

    struct Wide {
        fc: Linear<4, 8>,
        out: Linear<8, 2>,
    }
}

#[test]
fn a_layer_of_another_size_in_the_place_of_one() {
    let mut net = network!(Wide).unwrap();
    net.fc = network!(Narrow).unwrap().fc;
    let found = words(net.forward(numbers(&[1, 4])));
    check(
        &found,
        &[
            "layer `fc` has a `weight` of shape [8, 4] here, but holds one of shape [5, 4]",
            "= help: put a layer of the sizes written here in its place",
        ],
    );
}

network! {
    struct Tokens {
        words: Embedding<10, 4>,
        places: Embedding<10, _>,
        out: Linear<_, 10>,
    }

    fn forward(tokens: [n], at: [n]) -> [10] {
        out((words(tokens) + places(at)).mean(1))
    }
}

#[test]
fn an_index_that_has_no_row_is_told_with_its_layer() {
    let few = || Array2::<f32>::from_shape_fn((2, 3), |(i, j)| (i + j) as f32);
    let many = || few() * 4.0;
    let told = "index 12 at position 5 is not a whole number from 0 to below 10";
    let mut net = network!(Tokens).unwrap();
    // The first forward, which binds, and a later one.
    for _ in 0..2 {
        let found = words(net.forward(few(), many()));
        check(&found, &[&format!("layer `places`: {told}")]);
        let found = words(net.forward(many(), few()));
        check(&found, &[&format!("layer `words`: {told}")]);
        net.forward(few(), few()).unwrap();
    }
    let mut unknown = few();
    unknown[[1, 0]] = f32::NAN;
    let found = words(net.forward(few(), unknown));
    check(&found, &["layer `places`: index NaN at position 3 is not"]);
    let mut trainer = Trainer::new(CrossEntropyLoss::default(), Sgd::new(0.1)).unwrap();
    let classes = ndarray::array![1.0, 2.0];
    let found = words(trainer.step_on(&mut net, &[&many(), &few()], &[&classes]));
    check(&found, &[&format!("layer `words`: {told}")]);
    // A class is no layer's, but the target's.
    let found = words(trainer.step_on(&mut net, &[&few(), &few()], &[&(classes * 10.0)]));
    let told = "the target has class 10 at position 0, but there are 10 classes, from 0";
    check(&found, &[told, "= help: give classes below 10, or have"]);
}

#[test]
fn a_padding_row_is_one_of_the_rows() {
    network! {
        struct Padded<rows> {
            words: Embedding<rows, 4>(padding_idx = -10),
        }
    }
    let [enough, few] = [10, 9];
    assert!(network!(Padded<enough>).is_ok());
    let found = words(network!(Padded<few>).map(drop));
    check(
        &found,
        &["`padding_idx` one of its rows, 0 to 8 or from the end -1 to -9, and is given -10"],
    );
}

#[test]
fn sizes_beyond_all_memory_are_told_with_their_layer() {
    network! {
        struct Large {
            up: Upsample(scale_factor = 4000000000),
            conv: Conv2d<1, 2, 1>,
        }

        struct Channels {
            conv: Conv2d<3, 2, 1>,
        }

        struct Padded {
            conv: Conv2d<_, 2, 3>(padding = 1),
        }
    }
    let net = network!(Large).unwrap();
    let found = words(net.forward(numbers(&[1, 1, 8, 8])));
    let told = "layer `up` produces an array [1, 1, 32000000000, 32000000000], which does not fit";
    check(&found, &[told]);
    let found = words(network!(Channels).unwrap().bind([usize::MAX, 8, 8]));
    check(&found, &[&format!("but the input has {}", usize::MAX)]);
    for sample in [[usize::MAX, 8, 8], [3, usize::MAX, 8]] {
        let found = words(network!(Padded).unwrap().bind(sample));
        let told = "layer `conv` has sizes that are too large to count with";
        check(&found, &[told]);
    }
}

#[test]
fn a_position_that_has_no_row_is_told_with_its_layer() {
    network! {
        struct Places {
            words: Embedding<10, 4>,
            places: Embedding<5, _>,
        }

        fn forward(tokens: [_]) -> [_, 4] {
            words(tokens) + places(tokens.arange(1))
        }

        struct Fixed {
            places: Places,
        }

        fn forward(tokens: [6]) -> [6, 4] {
            places(tokens)
        }
    }
    let tokens = Array2::<f32>::zeros((2, 6));
    let told = "has 5 rows, but there are 6 positions\n  = help: write 6 for its rows";
    let mut net = network!(Places).unwrap();
    let found = words(net.forward(&tokens));
    check(&found, &[&format!("layer `places` {told}")]);
    let mut trainer = Trainer::new(netdsl::train::MseLoss::default(), Sgd::new(0.1)).unwrap();
    let target = ndarray::Array3::<f32>::zeros((2, 6, 4));
    let found = words(trainer.step(&mut net, &tokens, &target));
    check(&found, &[&format!("layer `places` {told}")]);
    let found = words(network!(Fixed).unwrap().forward(&tokens));
    check(&found, &[&format!("layer `places.places` {told}")]);
}

#[test]
fn a_part_that_needs_what_is_around_it_says_so() {
    network! {
        struct Decoder<c, h, w> {
            fc: Linear<_, { c * h * w }>,
        }

        fn forward(z: [_]) -> [c, h, w] {
            fc(z).reshape([c, h, w])
        }

        struct Autoencoder {
            encoder: Linear<_, 4>,
            decoder: Decoder<_, _, _>,
        }

        fn forward(image: [c, h, w]) -> [c, h, w] {
            decoder(encoder(image.flatten()))
        }
    }
    let net = network!(Autoencoder).unwrap();
    net.bind([1, 8, 8]).unwrap();
    let found = words(net.decoder.forward(Array2::<f32>::zeros((2, 4))));
    check(&found, &["nothing tells `c`, `h`, `w`", "around it"]);
}

#[test]
fn training_on_nothing_is_an_error() {
    network! {
        struct Net {
            fc: Linear<2, 1>,
        }
    }
    let none = Array2::<f32>::zeros((0, 2)).into_dyn();
    let data = netdsl::data::Dataset::new(none, Array2::zeros((0, 1)).into_dyn()).unwrap();
    let mut trainer = Trainer::new(netdsl::train::MseLoss::default(), Sgd::new(0.1)).unwrap();
    let mut net = network!(Net).unwrap();
    let found = words(netdsl::train::Fit::new(1).run(&mut trainer, &mut net, &data));
    check(&found, &["no samples"]);
}
