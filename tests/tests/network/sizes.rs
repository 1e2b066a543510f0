//! Sizes at the edges: none, too many, and beyond what can be counted.

use crate::nets::{Convolutions, Mlp, Small, numbers};
use ndarray::{Array0, ArrayD};
use netdsl::prelude::*;

#[test]
fn an_empty_batch_gives_an_empty_result() {
    let net = network!(Small).unwrap();
    assert_eq!(net.forward(numbers(&[0, 1, 8, 8])).unwrap().shape(), [0, 3]);
    assert!(net.is_bound());
    assert_eq!(net.forward(numbers(&[2, 1, 8, 8])).unwrap().shape(), [2, 3]);
}

#[test]
fn inputs_without_axes_are_errors() {
    let net = network!(Small).unwrap();
    let error = net.forward(Array0::from_elem((), 1.0)).unwrap_err();
    assert!(error.to_string().contains("batch axis"), "{error}");
    assert!(net.bind([]).is_err());
    assert!(net.forward(numbers(&[4])).is_err());
    let mlp = network!(Mlp<_, 5, 3>).unwrap();
    assert!(mlp.bind([]).is_err());
    assert!(mlp.forward(numbers(&[4])).is_err());
}

#[test]
fn the_rank_is_told() {
    let net = network!(Small).unwrap();
    net.bind([1, 8, 8]).unwrap();
    let error = net.forward(numbers(&[8, 8])).unwrap_err().to_string();
    assert!(error.contains("[8]"), "{error}");
}

#[test]
fn sizes_of_nothing_are_errors_or_work() {
    for shape in [[0, 8, 8], [1, 0, 8], [1, 8, 0]] {
        let net = network!(Small).unwrap();
        if net.bind(shape).is_ok() {
            let mut batch = vec![2];
            batch.extend(shape);
            let _ = net.forward(numbers(&batch));
        }
    }
    let net = network!(Convolutions).unwrap();
    if let Ok(y) = net.forward(numbers(&[2, 3, 0, 5])) {
        assert_eq!(y.shape(), [2, 2, 0, 5]);
    }
}

#[test]
fn parameters_of_nothing_are_errors() {
    let told = "`fc.weight` [3, 0] would hold nothing";
    let mut net = network!(Holding).unwrap();
    let errors = |net: &mut Holding| {
        [
            net.probe([0]).map(|_| ()).unwrap_err(),
            net.bind([0]).unwrap_err(),
            net.rebind([0]).unwrap_err(),
            net.forward(numbers(&[2, 0])).unwrap_err(),
        ]
    };
    for error in errors(&mut net) {
        assert!(error.to_string().contains(told), "{error}");
    }
    assert!(!net.is_bound());
    net.bind([4]).unwrap();
    let weight = net.parameter("fc.weight").unwrap().into_owned();
    let error = net.rebind([0]).unwrap_err().to_string();
    assert!(error.contains(told), "{error}");
    assert_eq!(net.parameter("fc.weight").unwrap(), weight);
}

network! {
    struct Holding {
        fc: Linear<_, 3>,
    }
}

#[test]
fn sizes_beyond_counting_are_errors() {
    let huge = [
        1 << 45,
        1 << 62,
        i64::MAX as usize,
        i64::MAX as usize + 1,
        usize::MAX / 2,
        usize::MAX - 1,
        usize::MAX,
    ];
    for size in huge {
        assert!(Mlp::new(size, 4, 3).is_err(), "{size} inputs");
        assert!(Mlp::new(4, size, 3).is_err(), "{size} hidden");
        assert!(network!(Mlp<_, 4, size>).is_err(), "{size} classes");
        let net = network!(Mlp<_, 4, 3>).unwrap();
        assert!(net.bind([size]).is_err(), "a sample of {size}");
        assert!(!net.is_bound());
        let net = network!(Small).unwrap();
        for sample in [[size, 8, 8], [1, size, 8], [1, 8, size], [size, size, size]] {
            assert!(net.bind(sample).is_err(), "{sample:?}");
            let _ = net.probe(sample);
            assert!(!net.is_bound());
        }
        net.bind([1, 8, 8]).unwrap();
        let free = network!(Convolutions).unwrap();
        free.bind([1, 8, 8]).unwrap();
        let _ = free.probe([1, size, size]);
    }
}

const HUGE: usize = 1 << 62;

network! {
    struct HugeKernel {
        conv: Conv2d<1, 1, HUGE>,
    }

    struct HugePadding {
        conv: Conv2d<1, 1, 3>(padding = HUGE),
    }

    struct HugeStride {
        conv: Conv2d<1, 1, 3>(stride = HUGE),
    }

    struct HugeDilation {
        conv: Conv2d<1, 1, 3>(dilation = HUGE),
    }
}

#[test]
fn options_beyond_counting_are_errors() {
    let x = numbers(&[1, 1, 8, 8]);
    assert!(
        network!(HugeKernel)
            .and_then(|net| net.forward(&x))
            .is_err()
    );
    assert!(
        network!(HugePadding)
            .and_then(|net| net.forward(&x))
            .is_err()
    );
    assert!(
        network!(HugeDilation)
            .and_then(|net| net.forward(&x))
            .is_err()
    );
    // However far the next window is, the first one fits.
    assert_eq!(
        network!(HugeStride)
            .and_then(|net| net.forward(&x))
            .unwrap()
            .shape(),
        [1, 1, 1, 1]
    );
}

#[test]
fn inputs_in_any_layout() {
    let net = network!(Mlp<6, 4, 2>).unwrap();
    let x = numbers(&[3, 6]);
    let expected = net.forward(&x).unwrap();
    let columns: ArrayD<f32> = x.t().as_standard_layout().into_owned();
    assert_eq!(net.forward(columns.t()).unwrap(), expected);
    let mut spaced = ArrayD::zeros(vec![3, 12]);
    spaced.slice_mut(ndarray::s![.., ..;2]).assign(&x);
    assert_eq!(
        net.forward(spaced.slice(ndarray::s![.., ..;2])).unwrap(),
        expected
    );
}

network! {
    struct Square<inputs, outputs> {
        fc: Linear<inputs, outputs>,
    }

    fn forward(x: [n]) -> [n] {
        fc(x)
    }
}

#[test]
fn a_mistake_in_building_names_both_places() {
    let width = 5;
    let built = [
        (network!(Square<4, width>).unwrap_err(), line!()),
        (Square::new(4, width).unwrap_err(), line!()),
    ];
    for (error, line) in built {
        let error = error.to_string();
        assert!(
            error.contains(&format!("built at {}:{line}", file!())),
            "{error}"
        );
        assert!(error.contains("--> "), "{error}");
    }
}

network! {
    struct Images {
        conv: Conv2d<_, 4, 3>,
    }
}

#[test]
fn images_that_turn_channels_last_are_told_as_such() {
    let net = network!(Images).unwrap();
    net.forward(numbers(&[1, 3, 28, 28])).unwrap();
    let Err(Error::Shape(error)) = net.forward(numbers(&[1, 28, 28, 3])) else {
        panic!("there are 3 channels");
    };
    assert_eq!(
        (error.layer.as_str(), error.axis.as_str()),
        ("conv", "channels")
    );
    assert_eq!(error.sizes, Some((3, 28)));
    let told =
        "which looks like [height, width, channels]\n  = help: write `.permute([0, 3, 1, 2])`";
    assert!(error.message.contains(told), "{}", error.message);
    // 28 channels are no more likely here than 30.
    let error = net.forward(numbers(&[1, 28, 28, 30])).unwrap_err();
    assert!(error.to_string().contains("was bound to 3"), "{error}");
}

network! {
    struct Map {
        conv: Conv2d<_, 2, 1>,
    }

    fn forward(x: [_, _, _]) {
        conv(x)
    }
}

#[test]
fn small_maps_of_many_channels_are_no_images_that_are_turned() {
    for shape in [
        [512, 1, 1],
        [256, 3, 3],
        [64, 4, 4],
        [64, 3, 1],
        [8, 100, 4],
    ] {
        let net = network!(Map).unwrap();
        net.bind(shape).unwrap();
        assert_eq!(net.conv.get().unwrap().weight().shape()[1], shape[0]);
    }
    let error = network!(Map).unwrap().bind([28, 28, 1]).unwrap_err();
    assert!(error.to_string().contains("which looks like"), "{error}");
}

network! {
    struct Difference {
        fc: Linear<_, 2>,
    }

    fn forward(v: [n], w: [n]) {
        fc(v - w)
    }
}

#[test]
fn a_name_with_two_sizes_is_told_by_its_name() {
    let net = network!(Difference).unwrap();
    let Err(Error::Shape(error)) = net.forward(numbers(&[1, 6]), numbers(&[1, 5])) else {
        panic!("`n` is one size");
    };
    assert_eq!(
        error.message,
        "argument `w` is declared with `n` along axis 1 (0 is the batch), which is 6 already, but `w` has 5\n  = help: `n` is \
         one size wherever it stands: give it the same one, or write another name or `_`"
    );
    net.forward(numbers(&[1, 6]), numbers(&[1, 6])).unwrap();
}

#[test]
fn an_open_size_on_both_sides_of_a_reshape_is_left_out() {
    network! {
        struct Joined {
            out: Linear<_, 2>,
        }

        fn forward(x: [t, 4, 8]) -> [t, 2] {
            out(x.reshape([t, _]))
        }

        struct Heads {
            queries: Linear<_, 32>,
            out: Linear<_, 2>,
        }

        fn forward(x: [t, 16]) -> [t, 2] {
            let heads = queries(x).reshape([t, 4, _]).transpose(1, 2);
            out((heads * 2.0).transpose(1, 2).reshape([t, _]))
        }
    }
    const _: () = assert!(Joined::<f32>::UNRESOLVED.is_empty());
    const _: () = assert!(Heads::<f32>::UNRESOLVED.is_empty());
    let net = network!(Heads).unwrap();
    assert_eq!(net.out.weight().shape(), [2, 32]);
    for steps in [3, 5] {
        let y = net.forward(ndarray::Array3::ones((2, steps, 16))).unwrap();
        assert_eq!(y.shape(), [2, steps, 2]);
    }
}

network! {
    /// Windows of a map whose sizes have no names.
    struct Windows {
        conv: Conv2d<_, 4, 3>,
        head: Linear<_, 2>,
    }

    fn forward(image: [1, _, _]) -> [_, 2] {
        let map = conv(image);
        let height = map.size(2);
        let rows = map.permute([0, 2, 1, 3]).reshape([height, 4, map.size(3)]);
        head(rows.mean(3))
    }
}

#[test]
fn sizes_that_have_no_name_are_asked_for_in_lists() {
    let net = network!(Windows).unwrap();
    assert_eq!(net.head.weight().shape(), [2, 4]);
    for side in [7, 9] {
        let y = net.forward(crate::nets::numbers(&[3, 1, side, 8])).unwrap();
        assert_eq!(y.shape(), [3, side - 2, 2]);
    }
}
