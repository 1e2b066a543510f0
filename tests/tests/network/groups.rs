//! Groups of channels whose number is inferred: depthwise convolutions.

use crate::nets::{TempFile, bits, numbers};
use netdsl::prelude::*;
use netdsl::train::{MseLoss, Sgd, Trainer};

network! {
    struct Depthwise {
        conv: Conv2d<c, c, 3>(padding = 1, groups = c),
        wide: Conv2d<c, c * 2, 1>(groups = c),
        norm: GroupNorm<c, _>,
        up: ConvTranspose2d<_, c, 2>(stride = 2, groups = c),
    }

    fn forward(x: [c, h, w]) -> [c, _, _] {
        up(norm(wide(conv(x))))
    }

    struct Inferred {
        stem: Conv2d<3, 4, 1>,
        block: Depthwise,
    }

    struct Waiting {
        block: Depthwise,
    }

    struct Four {
        conv: Conv2d<4, 4, 3>(padding = 1, groups = 4),
        wide: Conv2d<4, 8, 1>(groups = 4),
        norm: GroupNorm<4, 8>,
        up: ConvTranspose2d<8, 4, 2>(stride = 2, groups = 4),
    }

    fn forward(x: [4, h, w]) -> [4, _, _] {
        up(norm(wide(conv(x))))
    }

    struct Written {
        stem: Conv2d<3, 4, 1>,
        block: Four,
    }

    struct WrittenAlone {
        block: Four,
    }

    struct Forty {
        mix: Conv1d<_, c, 1>,
        conv: Conv1d<_, 40, 1>(groups = c),
    }

    fn forward(x: [c, _]) -> [40, _] {
        conv(mix(x))
    }

    /// What `groups` is, only a file can tell.
    #[loaded]
    struct Loaded {
        conv: Conv1d<_, 4, 1>(groups = g, bias = false),
        fc: Linear<3, g>(bias = false),
    }

    fn forward(x: [_, _], y: [3]) -> ([4, _], [g]) {
        (conv(x), fc(y))
    }

    struct Saved {
        conv: Conv1d<6, 4, 1>(groups = 2, bias = false),
        fc: Linear<3, 2>(bias = false),
    }

    fn forward(x: [_, _], y: [3]) -> ([4, _], [2]) {
        (conv(x), fc(y))
    }
}

#[test]
fn inferred_groups_are_those_that_could_be_written() {
    let (mut inferred, mut written) = (
        network!(Inferred, seed = 3).unwrap(),
        network!(Written, seed = 3).unwrap(),
    );
    assert!(inferred.is_bound());
    assert_eq!(bits(&inferred), bits(&written));
    let (x, y) = (numbers(&[2, 3, 5, 4]), numbers(&[2, 4, 10, 8]));
    assert_eq!(inferred.forward(&x).unwrap(), written.forward(&x).unwrap());
    for _ in 0..3 {
        let mut train = Trainer::new(MseLoss::default(), Sgd::new(0.1)).unwrap();
        let loss = train.step(&mut inferred, &x, &y).unwrap();
        let mut train = Trainer::new(MseLoss::default(), Sgd::new(0.1)).unwrap();
        assert_eq!(loss, train.step(&mut written, &x, &y).unwrap());
    }
    assert_eq!(bits(&inferred), bits(&written));
}

#[test]
fn groups_follow_from_the_first_input() {
    let (waiting, written) = (
        network!(Waiting, seed = 3).unwrap(),
        network!(WrittenAlone, seed = 3).unwrap(),
    );
    assert!(!waiting.is_bound());
    let x = numbers(&[2, 4, 5, 5]);
    assert_eq!(waiting.forward(&x).unwrap(), written.forward(&x).unwrap());
    assert_eq!(bits(&waiting), bits(&written));
    let other = network!(Waiting).unwrap();
    other.bind([7, 3, 3]).unwrap();
    let shape = |path| other.parameter(path).unwrap().shape().to_vec();
    assert_eq!(shape("block.conv.weight"), [7, 1, 3, 3]);
    assert_eq!(shape("block.wide.weight"), [14, 1, 1, 1]);
    assert_eq!(shape("block.up.weight"), [14, 1, 2, 2]);
}

#[test]
fn groups_that_do_not_divide_are_told_at_binding() {
    let net = network!(Forty).unwrap();
    let error = net.bind([6, 9]).unwrap_err().to_string();
    assert!(
        error.contains("`conv`") && error.contains("40 is not a multiple of 6"),
        "{error}"
    );
    assert!(!net.is_bound());
    net.bind([8, 9]).unwrap();
    assert_eq!(net.parameter("conv.weight").unwrap().shape(), [40, 1, 1]);
}

#[test]
fn groups_follow_from_a_file() {
    let file = TempFile::new("groups");
    let saved = network!(Saved, seed = 5).unwrap();
    saved.save(&file).unwrap();
    let mut loaded = network!(Loaded).unwrap();
    loaded.load(&file).unwrap();
    let (x, y) = (numbers(&[2, 6, 3]), numbers(&[2, 3]));
    assert_eq!(
        loaded.forward(&x, &y).unwrap(),
        saved.forward(&x, &y).unwrap()
    );
    assert!(loaded.forward(numbers(&[2, 9, 3]), &y).is_err());
}
