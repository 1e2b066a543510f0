//! Probing, binding, the first forward and later ones.

use crate::nets::{Bits, Convolutions, Mlp, Nested, Small, bits, numbers};
use ndarray::ArrayD;
use netdsl::loss::CrossEntropyLoss;
use netdsl::prelude::*;
use netdsl::train::{Sgd, Trainer};
use netdsl::{ShapeError, Status};

/// A network as far as it can be seen.
fn picture<N: Network<f32>>(net: &N) -> (String, bool, Bits) {
    (net.summary().to_string(), net.is_bound(), bits(net))
}

#[test]
fn a_probe_tells_everything_and_changes_nothing() {
    let net = network!(Small, seed = 3).unwrap();
    let before = picture(&net);
    let probe = net.probe([1, 12, 10]).unwrap();
    assert_eq!(picture(&net), before);

    // By hand: 12 × 10 → 10 × 8 → 5 × 4, four channels.
    let outputs: Vec<_> = probe
        .rows
        .iter()
        .map(|row| row.output.clone().unwrap())
        .collect();
    assert_eq!(
        outputs,
        [
            vec![Some(4), Some(10), Some(8)],
            vec![Some(8)],
            vec![Some(3)]
        ]
    );
    let counts: Vec<_> = probe.rows.iter().map(|row| row.count).collect();
    assert_eq!(counts, [4 * 9 + 4, 8 * 80 + 8, 3 * 8 + 3]);
    assert_eq!(probe.count(), (40 + 648 + 27, false));
    let statuses: Vec<_> = probe.rows.iter().map(|row| row.status).collect();
    assert_eq!(statuses, [Status::Bound, Status::Bound, Status::Static]);
    assert!(
        probe
            .rows
            .iter()
            .all(|row| !row.open && row.waits_for.is_empty())
    );

    // Another probe is not held against the first, nor is what comes after.
    assert_eq!(
        net.probe([2, 9, 9]).unwrap().parameters[0].shape,
        [Some(4), Some(2), Some(3), Some(3)]
    );
    assert!(net.probe([1, 2, 2]).is_err());
    assert_eq!(picture(&net), before);
    net.bind([3, 8, 8]).unwrap();
    let fresh = network!(Small, seed = 3).unwrap();
    fresh.bind([3, 8, 8]).unwrap();
    assert_eq!(picture(&net), picture(&fresh));
}

#[test]
fn a_probe_of_a_bound_network_is_held_against_it() {
    let net = network!(Small).unwrap();
    net.bind([1, 12, 10]).unwrap();
    let before = picture(&net);
    assert!(net.probe([1, 12, 10]).is_ok());
    assert!(matches!(net.probe([1, 14, 14]), Err(Error::Shape(_))));
    assert_eq!(picture(&net), before);
}

#[test]
fn binding_draws_and_is_what_a_forward_does() {
    let (bound, run) = (network!(Small).unwrap(), network!(Small).unwrap());
    assert!(!bound.is_bound() && bound.fc1.get().is_err());
    bound.bind([1, 12, 10]).unwrap();
    assert!(bound.is_bound());
    assert_eq!(bound.fc1.get().unwrap().weight().shape(), [8, 80]);
    let x = numbers(&[2, 1, 12, 10]);
    assert_eq!(bound.forward(&x).unwrap(), run.forward(&x).unwrap());
    assert_eq!(bits(&bound), bits(&run));
    // Bound once more: nothing new, or an error.
    let before = bits(&bound);
    bound.bind([1, 12, 10]).unwrap();
    assert!(bound.bind([1, 40, 40]).is_err());
    assert_eq!(bits(&bound), before);
}

#[test]
fn a_failing_first_forward_leaves_the_network_as_it_was() {
    let net = network!(Small, seed = 4).unwrap();
    let before = picture(&net);
    for wrong in [
        vec![2, 1, 3, 3],
        vec![2, 1, 2, 30],
        vec![2, 9],
        vec![2],
        vec![],
        vec![2, 1, 9, 9, 9],
    ] {
        let error = net
            .forward(numbers(&wrong))
            .expect_err("it does not fit")
            .to_string();
        assert!(!error.is_empty());
        assert_eq!(picture(&net), before, "after {wrong:?}: {error}");
    }
    net.forward(numbers(&[2, 1, 8, 8])).unwrap();
    let fresh = network!(Small, seed = 4).unwrap();
    fresh.forward(numbers(&[2, 1, 8, 8])).unwrap();
    assert_eq!(picture(&net), picture(&fresh));
}

network! {
    struct Words {
        embed: Embedding<5, 4>,
        flat: Flatten,
        fc: Linear<_, 3>,
    }
}

network! {
    struct Classes {
        hidden: Linear<_, 6>,
        act: Relu,
        out: Linear<_, 4>,
    }
}

network! {
    struct Two {
        left: Linear<_, 3>,
        right: Linear<_, 3>,
    }

    fn forward(a: [_], b: [_]) -> [3] {
        left(a) + right(b)
    }
}

#[test]
fn data_that_cannot_be_run_binds_nothing() {
    let net = network!(Words).unwrap();
    let before = picture(&net);
    let wrong = ArrayD::from_elem(vec![1, 3], 7.0f32);
    assert!(net.forward(&wrong).is_err(), "there are 5 rows");
    assert_eq!(picture(&net), before);
    assert_eq!(net.bound_by(), None);
    net.forward(ArrayD::from_elem(vec![1, 6], 2.0f32)).unwrap();
    assert!(
        net.bound_by()
            .is_some_and(|cause| cause.contains("the first input, a batch of samples [6]"))
    );
}

#[test]
fn a_first_step_on_a_class_there_is_not_binds_nothing() {
    let mut net = network!(Classes).unwrap();
    let mut trainer = Trainer::new(CrossEntropyLoss::default(), Sgd::new(0.1)).unwrap();
    let before = picture(&net);
    let classes = |class: f32| ArrayD::from_elem(vec![2], class);
    assert!(
        trainer
            .step(&mut net, numbers(&[2, 3]), classes(9.0))
            .is_err()
    );
    assert_eq!(picture(&net), before);
    trainer
        .step(&mut net, numbers(&[2, 5]), classes(3.0))
        .unwrap();
    let mut fresh = network!(Classes).unwrap();
    let mut trainer = Trainer::new(CrossEntropyLoss::default(), Sgd::new(0.1)).unwrap();
    trainer
        .step(&mut fresh, numbers(&[2, 5]), classes(3.0))
        .unwrap();
    assert_eq!(bits(&net), bits(&fresh));
}

#[test]
fn another_number_of_inputs_is_an_error() {
    let net = network!(Two).unwrap();
    let x = numbers(&[1, 2]);
    for given in 0..4 {
        let views = vec![x.view(); given];
        assert_eq!(net.run(&views).is_ok(), given == 2, "{given} inputs");
        assert_eq!(net.is_bound(), given >= 2);
    }
}

#[test]
fn a_mistake_far_into_the_network_binds_nothing_before_it() {
    network! {
        struct Net {
            first: Linear<_, 4>,
            second: Linear<_, 5>,
            third: Linear<40, 1>,
        }

        fn forward(x: [_, _]) -> [1] {
            third(second(first(x)).flatten())
        }
    }
    let net = network!(Net).unwrap();
    let before = picture(&net);
    // 7 · 5 elements reach a layer of 40 inputs.
    let error = shape_error(net.forward(numbers(&[1, 7, 2])));
    assert_eq!(
        (error.layer.as_str(), error.sizes),
        ("third", Some((40, 35)))
    );
    assert_eq!(picture(&net), before);
    assert!(net.forward(numbers(&[1, 7, 2])).is_err(), "and again");
}

fn shape_error<T: std::fmt::Debug>(result: Result<T, Error>) -> ShapeError {
    match result {
        Err(Error::Shape(error)) => *error,
        other => panic!("expected a shape error, not {other:?}"),
    }
}

#[test]
fn a_later_input_that_does_not_fit_is_told_what_bound_the_network() {
    let x = numbers(&[5, 1, 12, 10]);
    let by_forward = network!(Small).unwrap();
    by_forward.forward(&x).unwrap();
    let by_hand = network!(Small).unwrap();
    by_hand.bind([1, 12, 10]).unwrap();
    for (net, cause) in [
        (
            by_forward,
            "it was bound by the first input, a batch of samples [1, 12, 10]",
        ),
        (
            by_hand,
            "it was bound by `bind` with a sample of shape [1, 12, 10]",
        ),
    ] {
        let before = picture(&net);
        let error = shape_error(net.forward(numbers(&[5, 1, 14, 14])));
        assert_eq!(error.layer, "fc1");
        assert_eq!(error.axis, "input features");
        assert_eq!(error.sizes, Some((80, 144)));
        for part in ["`fc1`", "80", "144", "input features", cause, "= help"] {
            assert!(
                error.message.contains(part),
                "no {part:?} in {}",
                error.message
            );
        }
        let error = shape_error(net.forward(numbers(&[5, 3, 12, 10])));
        assert_eq!((error.layer.as_str(), error.sizes), ("conv", Some((1, 3))));
        assert!(error.axis.contains("channels"), "{}", error.axis);
        assert_eq!(picture(&net), before);
        assert_eq!(net.forward(&x).unwrap().shape(), [5, 3]);
    }
}

#[test]
fn sizes_that_no_parameter_needs_stay_free() {
    let net = network!(Convolutions).unwrap();
    for probe in [[3, 8, 8], [3, 11, 7]] {
        net.probe(probe).unwrap();
    }
    for (batch, height, width) in [
        (2, 8, 8),
        (1, 11, 7),
        (5, 3, 20),
        (2, 8, 8),
        (0, 4, 4),
        (3, 1, 1),
    ] {
        let y = net.forward(numbers(&[batch, 3, height, width])).unwrap();
        assert_eq!(y.shape(), [batch, 2, height, width]);
    }
    // The channels are not free.
    let error = shape_error(net.forward(numbers(&[2, 1, 8, 8])));
    assert_eq!((error.layer.as_str(), error.sizes), ("conv1", Some((3, 1))));
}

#[test]
fn any_size_gives_what_a_crop_of_it_gives() {
    // Independent of the program compiled for a shape: an image within a larger one of zeros.
    network! {
        struct Net {
            conv: Conv2d<_, 2, 3>(bias = false),
        }
    }
    let net = network!(Net).unwrap();
    let small = numbers(&[1, 1, 5, 5]);
    let mut large = ndarray::ArrayD::zeros(vec![1, 1, 9, 8]);
    large
        .slice_mut(ndarray::s![.., .., 2..7, 1..6])
        .assign(&small);
    let (small, large) = (net.forward(small).unwrap(), net.forward(large).unwrap());
    let inner = large.slice(ndarray::s![.., .., 2..5, 1..4]);
    assert!(inner.iter().zip(&small).all(|(a, b)| (a - b).abs() < 1e-6));
}

#[test]
fn what_does_not_exist_yet_says_what_is_missing() {
    let net = network!(Small).unwrap();
    let by_name = net.parameter("fc1.weight").map(|_| ());
    let by_field = net.fc1.get().map(|_| ());
    for error in [by_name, by_field] {
        let Err(Error::Waiting(error)) = error else {
            panic!("expected that it waits, not {error:?}")
        };
        assert_eq!(
            (error.parameter.as_str(), error.shape.as_str()),
            ("fc1.weight", "[8, _]")
        );
        for part in [
            "fc1.weight [8, _]",
            "`in_features` of `fc1`",
            "`bind`",
            "`forward`",
        ] {
            assert!(
                error.message.contains(part),
                "no {part:?} in {}",
                error.message
            );
        }
    }
    // What is not deferred is there.
    assert_eq!(net.fc2.weight().shape(), [3, 8]);
    assert_eq!(net.parameter("fc2.weight").unwrap(), net.fc2.weight());
}

#[test]
fn a_bias_of_known_size_waits_for_its_fan_and_says_so() {
    let net = network!(Small).unwrap();
    let Err(Error::Waiting(error)) = net.parameter("fc1.bias") else {
        panic!("its bounds depend on the inputs")
    };
    assert_eq!(error.parameter, "fc1.bias");
    assert_eq!(
        error.message,
        "`fc1.bias [8]` does not exist yet: `in_features` of `fc1`, from which its initial values follow, is not known\n  = help: \
         write the number instead of `_`, or give a sample: its shape to `bind`, or itself to `forward`"
    );
}

#[test]
fn two_widths_in_one_run_are_told_as_such() {
    network! {
        struct Towers {
            tower: Linear<_, 4>,
            head: Linear<_, 2>,
        }

        fn forward(a: [_], b: [_]) -> [2] {
            head(tower(a) - tower(b))
        }
    }
    let net = network!(Towers).unwrap();
    let Err(Error::Shape(error)) = net.forward(numbers(&[2, 3]), numbers(&[2, 5])) else {
        panic!("a layer has one width");
    };
    assert_eq!(
        error.message,
        "layer `tower` was called with 3 input features before, but `b` has 5\n  = help: one layer has one size: give it \
         the same one in every call, or declare another layer"
    );
    assert!(!net.is_bound());
    // Once bound, it is the earlier input that counts.
    net.bind_all(&[&[3], &[3]]).unwrap();
    let error = net.forward(numbers(&[2, 3]), numbers(&[2, 5])).unwrap_err();
    assert!(error.to_string().contains("was bound to 3"), "{error}");
}

#[test]
fn construction_binds_what_its_numbers_allow() {
    let inputs = 7;
    let all = network!(Mlp<inputs, 5, 3>).unwrap();
    assert!(all.is_bound());
    assert_eq!(
        all.parameter("hidden_layer.weight").unwrap().shape(),
        [5, 7]
    );
    let some = network!(Mlp<_, 5, 3>).unwrap();
    assert!(!some.is_bound());
    assert_eq!(some.parameter("out.weight").unwrap().shape(), [3, 5]);
    assert!(some.parameter("hidden_layer.weight").is_err());
    some.bind([7]).unwrap();
    assert_eq!(bits(&all), bits(&some));
    // A size left open for ever is no parameter's fault: it is told which.
    let open = network!(Mlp<_, _, 3>).unwrap();
    let Err(Error::Unresolved(left)) = open.bind([7]) else {
        panic!("`hidden` follows from nothing")
    };
    let left: Vec<_> = left
        .iter()
        .map(|open| (open.layer(), open.size()))
        .collect();
    assert_eq!(left, [("hidden_layer", "`out_features`")]);
    assert!(!open.is_bound());
}

#[test]
fn stacks_and_nested_networks_are_bound_with_the_whole() {
    let net = network!(Nested).unwrap();
    assert!(!net.is_bound());
    net.forward(numbers(&[2, 4])).unwrap();
    assert_eq!(net.parameter("stem.fc.weight").unwrap().shape(), [6, 4]);
    assert_eq!(net.parameter("blocks.1.fc.weight").unwrap().shape(), [6, 6]);
    let error = shape_error(net.forward(numbers(&[2, 5])));
    assert_eq!(
        (error.layer.as_str(), error.sizes),
        ("stem.fc", Some((4, 5)))
    );
}

#[test]
fn sizes_flow_backwards_and_through_names() {
    network! {
        struct Net {
            first: Linear<_, _>,
            second: Linear<64, 10>,
        }
    }
    network! {
        struct Autoencoder {
            encode: Linear<_, 4>,
            decode: Linear<4, _>,
        }

        fn forward(x: [n]) -> [n] {
            decode(encode(x).relu())
        }
    }
    let net = network!(Net).unwrap();
    net.forward(numbers(&[1, 5])).unwrap();
    assert_eq!(net.parameter("first.weight").unwrap().shape(), [64, 5]);
    let net = network!(Autoencoder).unwrap();
    assert_eq!(net.forward(numbers(&[3, 9])).unwrap().shape(), [3, 9]);
    assert_eq!(net.parameter("decode.weight").unwrap().shape(), [9, 4]);
}

#[test]
fn a_grouped_convolution_remembers_its_channels() {
    network! {
        struct Net {
            conv: Conv2d<_, 4, 3>(groups = 2),
        }
    }
    let net = network!(Net).unwrap();
    assert!(
        net.forward(numbers(&[1, 3, 5, 5])).is_err(),
        "three channels are no two groups"
    );
    net.forward(numbers(&[1, 6, 5, 5])).unwrap();
    assert_eq!(net.parameter("conv.weight").unwrap().shape(), [4, 3, 3, 3]);
    let error = shape_error(net.forward(numbers(&[1, 4, 5, 5])));
    assert_eq!((error.layer.as_str(), error.sizes), ("conv", Some((6, 4))));
}

network! {
    struct Pair {
        left: Linear<_, 4>,
        right: Linear<_, 4>,
    }

    fn forward(a: [_], b: [_]) -> [4] {
        left(a) + right(b)
    }
}

#[test]
fn a_network_with_several_inputs_is_bound_anew() {
    let mut net = network!(Pair, seed = 5).unwrap();
    net.bind_all(&[&[3], &[5]]).unwrap();
    let kept = net.parameter("left.weight").unwrap().to_owned();
    assert_eq!(net.rebind_all(&[&[3], &[6]]).unwrap(), ["right.weight"]);
    assert_eq!(net.parameter("left.weight").unwrap(), kept);
    let fresh = network!(Pair, seed = 5).unwrap();
    fresh.bind_all(&[&[3], &[6]]).unwrap();
    assert_eq!(
        net.parameter("right.weight").unwrap(),
        fresh.parameter("right.weight").unwrap()
    );
    let y = net.forward(numbers(&[2, 3]), numbers(&[2, 6])).unwrap();
    assert_eq!(y.shape(), [2, 4]);
}

#[test]
fn one_shape_for_several_inputs_is_told_which_method_takes_them() {
    let mut net = network!(Pair).unwrap();
    net.bind_all(&[&[3], &[5]]).unwrap();
    let before = picture(&net);
    let errors = [
        (net.bind([3]).map(|_| ()), "`bind_all`"),
        (net.probe([3]).map(|_| ()), "`probe_all`"),
        (net.rebind([3]).map(|_| ()), "`rebind_all`"),
    ];
    for (result, method) in errors {
        let error = result.unwrap_err().to_string();
        for part in ["`Pair` has 2 inputs", method] {
            assert!(error.contains(part), "no {part} in {error}");
        }
    }
    assert_eq!(picture(&net), before);
}

network! {
    struct Joined {
        see: Linear<_, 8>,
        read: Linear<_, 8>,
    }

    fn forward(image: [3, _, _], words: [6], scale: [8]) -> [8] {
        (see(image.flatten()) + read(words)) * scale
    }
}

#[test]
fn inputs_in_another_order_are_told_as_one_mistake() {
    let shapes: [&[usize]; 3] = [&[3, 5, 5], &[6], &[8]];
    let help = "= help: exchange inputs 1 and 2: then all sizes fit";
    let net = network!(Joined).unwrap();
    let exchanged = [shapes[1], shapes[0], shapes[2]];
    let error = net.bind_all(&exchanged).unwrap_err().to_string();
    assert!(error.contains(help) && error.contains("`image`"), "{error}");
    assert_eq!(error.matches("help").count(), 1, "{error}");

    net.bind_all(&shapes).unwrap();
    let batches = exchanged.map(|shape| numbers(&[&[2], shape].concat()));
    let error = net.forward(&batches[0], &batches[1], &batches[2]);
    let error = error.unwrap_err().to_string();
    assert!(error.contains(help), "{error}");

    // No exchange of two makes all fit.
    let error = net.bind_all(&[shapes[1], shapes[0], &[7]]).unwrap_err();
    assert!(!error.to_string().contains("exchange"), "{error}");
}

network! {
    struct Coder {
        narrow: Linear<_, 4>,
        wide: Linear<_, 6>,
    }

    fn forward(x: [h, 2]) -> [h, 2] {
        wide(narrow(x.flatten())).reshape([3, 2])
    }
}

#[test]
fn a_size_that_the_definition_fixes_is_no_size_that_was_bound() -> Result<(), Error> {
    let mut net = network!(Coder)?;
    let first = net
        .forward(numbers(&[1, 5, 2]))
        .expect_err("h is 3")
        .to_string();
    let again = net.rebind([5, 2]).expect_err("still").to_string();
    for error in [first, again] {
        assert!(
            error.contains("`narrow` always has 6 input features"),
            "{error}"
        );
        assert!(!error.contains("rebind"), "{error}");
    }
    net.bind([3, 2])
}

network! {
    struct Wrong {
        conv: Conv2d<3, 4, 3>,
        map: Linear<100, 3>,
        words: Linear<50, 3>,
        out: Linear<6, 2>,
    }

    fn forward(x: [_, _, _], y: [_]) -> [2] {
        let map = map(conv(x).flatten());
        out(cat([map, words(y)], 1))
    }
}

#[test]
fn all_that_is_wrong_with_an_input_is_told_in_the_order_of_the_source() -> Result<(), Error> {
    let net = network!(Wrong)?;
    let error = net.bind_all(&[&[3, 5, 5], &[9]]).expect_err("two mistakes");
    let shown = error.to_string();
    let Error::Shape(error) = error else {
        panic!("{error}");
    };
    assert_eq!((&error.layer[..], error.sizes), ("map", Some((100, 36))));
    let others: Vec<_> = error.others.iter().map(|other| &other.layer[..]).collect();
    assert_eq!(others, ["words"]);
    let (map, words) = (
        shown.find("`map` is declared with 100"),
        shown.find("`words` is declared with 50"),
    );
    assert!(map.is_some() && map < words, "{shown}");
    Ok(())
}
