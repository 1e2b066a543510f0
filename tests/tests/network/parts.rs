//! Networks within networks, by themselves; and layers that were exchanged.

use crate::nets::{Block, bits, numbers};
use netdsl::prelude::*;
use netdsl::train::{MseLoss, Sgd, Trainer};

network! {
    pub struct Encoder<features> {
        pub fc: Linear<_, features>,
        norm: BatchNorm1d<features>,
        act: Tanh,
    }

    pub struct Autoencoder {
        pub encode: Encoder<3>,
        pub decode: Linear<_, 6>,
    }

    fn forward(x: [6]) -> [6] {
        decode(encode(x))
    }

    pub struct Strided<step> {
        pub conv: Conv2d<_, 2, 3>(stride = step),
        pub project: Option<Conv2d<_, 2, 1>>(when = step != 1),
    }

    fn forward(x: [_, _, _]) -> [_, _, _] {
        project(conv(x))
    }

    pub struct Images {
        pub body: Strided<2>,
    }

    pub struct Followed {
        pub first: Linear<_, 4>,
        pub block: Block<_>,
        pub last: Linear<_, 2>,
    }

    fn forward(x: [n]) -> [2] {
        let y = block(x);
        last(cat([first(x), y + x], 1))
    }

    pub struct Pair {
        pub hidden: Linear<_, 4>,
        pub out: Linear<_, 2>,
    }
}

#[test]
fn a_part_runs_by_itself_when_everything_in_it_exists() {
    let mut net = network!(Autoencoder, seed = 4).unwrap();
    let x = numbers(&[5, 6]);
    assert!(net.is_bound() && net.encode.is_bound());
    let code = net.encode.forward(&x).unwrap();
    assert_eq!(code.shape(), [5, 3]);
    let (weight, bias) = (net.decode.weight(), net.decode.bias().unwrap());
    let decoded = code.into_dimensionality::<ndarray::Ix2>().unwrap();
    let decoded = decoded.dot(
        &weight
            .view()
            .into_dimensionality::<ndarray::Ix2>()
            .unwrap()
            .t(),
    ) + bias;
    let whole = net.forward(&x).unwrap();
    assert!((&decoded - &whole).iter().all(|error| error.abs() < 1e-5));
    // A copy is a network of its own, which can be bound, probed, trained and saved.
    let mut copy = net.encode.clone();
    copy.bind([6]).unwrap();
    assert_eq!(copy.probe([6]).unwrap().count(), (3 * 6 + 3 + 6, false));
    assert_eq!(copy.forward(&x).unwrap(), net.encode.forward(&x).unwrap());
    let error = copy.forward(numbers(&[5, 7])).unwrap_err().to_string();
    assert!(error.contains("`fc`") && error.contains('7'), "{error}");
    let mut trainer = Trainer::new(MseLoss::default(), Sgd::new(0.1)).unwrap();
    trainer.step(&mut copy, &x, numbers(&[5, 3])).unwrap();
    assert_ne!(bits(&copy), bits(&net.encode));
    copy.reinitialize(9).unwrap();
    // What is changed in the part is changed in the whole.
    net.encode.reinitialize(1).unwrap();
    assert_ne!(net.forward(&x).unwrap(), whole);
}

#[test]
fn a_part_knows_the_numbers_it_was_written_with() {
    let net = network!(Images).unwrap();
    net.bind([1, 9, 9]).unwrap();
    assert!(net.body.project.is_some());
    let x = numbers(&[2, 1, 9, 9]);
    assert_eq!(net.body.forward(&x).unwrap(), net.forward(&x).unwrap());
    assert_eq!(net.body.clone().forward(&x).unwrap().shape(), [2, 2, 4, 4]);
    assert_eq!(net.body.parameters().len(), 4);
}

#[test]
fn a_part_that_waits_says_who_binds_it() {
    let mut net = network!(Images).unwrap();
    assert!(!net.body.is_bound());
    let errors = [
        net.body.forward(numbers(&[2, 1, 9, 9])).unwrap_err(),
        net.body.bind([1, 9, 9]).unwrap_err(),
        net.body.clone().bind([1, 9, 9]).unwrap_err(),
        net.body.freeze("*").unwrap_err(),
        net.body
            .initialize("conv.bias", Init::Zeros)
            .and(net.body.initialize("conv.weight", Init::Zeros))
            .unwrap_err(),
    ];
    for error in errors {
        let error = error.to_string();
        assert!(
            error.contains("part of another network: bind or run that one"),
            "{error}"
        );
    }
    // Its table and a probe need nothing of the network around it.
    assert!(net.body.to_string().contains("waiting"));
    assert_eq!(
        net.body.probe([1, 9, 9]).unwrap().count(),
        (2 * 9 + 2 + 4 + 2, false)
    );
    net.bind([1, 9, 9]).unwrap();
    net.body.bind([1, 9, 9]).unwrap();
}

#[test]
fn sizes_that_followed_from_a_file_may_change() {
    let file = crate::nets::TempFile::new("followed");
    let net = network!(Followed).unwrap();
    net.bind([5]).unwrap();
    net.save(&file).unwrap();
    let mut loaded = network!(Followed).unwrap();
    loaded.load(&file).unwrap();
    let x = numbers(&[2, 5]);
    assert_eq!(
        loaded.block.forward(&x).unwrap(),
        net.block.forward(&x).unwrap()
    );
    loaded.rebind([7]).unwrap();
    let x = numbers(&[2, 7]);
    assert_eq!(loaded.forward(&x).unwrap().shape(), [2, 2]);
    assert_eq!(loaded.block.forward(&x).unwrap().shape(), [2, 7]);
}

#[test]
fn a_layer_that_waits_may_be_put_in_the_place_of_one_that_exists() {
    let mut bound = network!(Pair, seed = 1).unwrap();
    bound.bind([3]).unwrap();
    let before = bits(&bound);
    let mut waiting = network!(Pair, seed = 1).unwrap();
    std::mem::swap(&mut bound.hidden, &mut waiting.hidden);
    assert!(!bound.is_bound() && waiting.hidden.is_bound());
    let x = numbers(&[2, 3]);
    assert_eq!(bound.forward(&x).unwrap().shape(), [2, 2]);
    assert!(bound.is_bound());
    assert_eq!(bits(&bound), before);
    assert_eq!(waiting.forward(&x).unwrap(), bound.forward(&x).unwrap());
}

#[test]
fn a_layer_of_another_width_is_named() {
    let mut narrow = network!(Pair).unwrap();
    let mut wide = network!(Pair).unwrap();
    narrow.forward(numbers(&[2, 3])).unwrap();
    wide.forward(numbers(&[2, 9])).unwrap();
    std::mem::swap(&mut narrow.hidden, &mut wide.hidden);
    let error = narrow.forward(numbers(&[2, 3])).unwrap_err().to_string();
    assert!(
        error.contains("layer `hidden` was bound to 9 input features"),
        "{error}"
    );
    assert_eq!(narrow.forward(numbers(&[2, 9])).unwrap().shape(), [2, 2]);
}

#[test]
fn a_part_built_with_other_numbers_is_named() {
    let mut net = network!(Images).unwrap();
    net.forward(numbers(&[2, 1, 9, 9])).unwrap();
    let mut other = network!(Strided<3>).unwrap();
    other.forward(numbers(&[2, 1, 9, 9])).unwrap();
    std::mem::swap(&mut net.body, &mut other);
    let error = net.forward(numbers(&[2, 1, 9, 9])).unwrap_err().to_string();
    assert!(
        error.contains("layer `body`") && error.contains("`step` = 3, but 2 is written"),
        "{error}"
    );
}

#[test]
fn a_layer_that_was_taken_out_is_named() {
    let mut net = network!(Images).unwrap();
    net.forward(numbers(&[2, 1, 9, 9])).unwrap();
    net.body.project = None;
    let error = net.forward(numbers(&[2, 1, 9, 9])).unwrap_err().to_string();
    assert!(
        error.contains("layer `body.project` was taken out"),
        "{error}"
    );
}

#[test]
fn a_trainer_tells_networks_of_one_type_apart() {
    let mut trainer = Trainer::new(MseLoss::default(), Sgd::new(0.1)).unwrap();
    let (x, y) = (numbers(&[1, 1, 5, 5]), numbers(&[1, 2, 3, 3]));
    let (mut one, mut two) = (network!(Strided<1>).unwrap(), network!(Strided<2>).unwrap());
    trainer.step(&mut one, &x, &y).unwrap();
    let error = trainer.step(&mut two, &x, &y).unwrap_err().to_string();
    assert!(error.contains("target"), "{error}");
    trainer.step(&mut two, &x, numbers(&[1, 2, 2, 2])).unwrap();
    trainer.step(&mut one, &x, &y).unwrap();
    let mut block = network!(Block<2>).unwrap();
    trainer
        .step(&mut block, numbers(&[3, 4]), numbers(&[3, 2]))
        .unwrap();
    let mut wider = network!(Block<4>).unwrap();
    assert!(
        trainer
            .step(&mut wider, numbers(&[3, 4]), numbers(&[3, 2]))
            .is_err()
    );
    assert!(
        trainer
            .step(&mut wider, numbers(&[3, 4]), numbers(&[3, 4]))
            .is_ok()
    );
}
