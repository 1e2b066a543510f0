//! Networks generic over the kinds of their layers.

use crate::nets::{TempFile, bits, numbers};
use netdsl::prelude::*;
use netdsl::train::{CrossEntropyLoss, Sgd, Trainer};
use netdsl::unary_layer;

network! {
    pub(crate) struct Wide<const WIDTH: usize> {
        fc: Linear<_, WIDTH>,
        act: Tanh,
    }

    /// A network over any block and any activation.
    pub(crate) struct Trunk<B: UnaryLayer, A, const CLASSES: usize, hidden>
    where
        A: UnaryLayer,
    {
        stem: Linear<_, hidden>,
        act: A,
        blocks: [B; 2],
        tied: B,
        head: Linear<_, CLASSES>,
        plain: Linear<4, 4>,
    }

    fn forward(x: [_]) -> [CLASSES] {
        let mut x = act(stem(x));
        for block in blocks {
            x = block(x) + x;
        }
        let x = tied(tied(x));
        head(x + plain(x).relu())
    }

    /// The same, written out.
    pub(crate) struct Written {
        stem: Linear<_, 4>,
        act: Gelu,
        blocks: [Wide::<4>; 2],
        tied: Wide::<4>,
        head: Linear<_, 3>,
        plain: Linear<4, 4>,
    }

    fn forward(x: [_]) -> [3] {
        let mut x = act(stem(x));
        for block in blocks {
            x = block(x) + x;
        }
        let x = tied(tied(x));
        head(x + plain(x).relu())
    }

    /// Hands its kind on.
    pub(crate) struct Outer<B: UnaryLayer> {
        trunk: Trunk::<B, Gelu, 3><_>,
        last: B,
    }

    /// Nothing but a file tells how wide `before` is.
    #[loaded]
    pub(crate) struct Whole {
        before: Linear<5, _>,
        outer: Outer::<Wide::<4>>,
        after: Linear<_, 2>,
    }
}

type Generic = Trunk<Wide<4>, Gelu, 3>;

#[test]
fn a_kind_is_as_if_it_were_written() {
    let written = network!(Written, seed = 7).unwrap();
    let generic: Generic = network!(Trunk::<Wide::<4>, Gelu, 3><4>, seed = 7).unwrap();
    let x = numbers(&[6, 5]);
    let (a, b) = (written.forward(&x).unwrap(), generic.forward(&x).unwrap());
    assert_eq!(a, b);
    assert_eq!(bits(&written), bits(&generic));
    assert_eq!(generic.plain.weight(), written.plain.weight());
    let rows = |summary: netdsl::Summary| -> Vec<_> {
        summary
            .rows
            .into_iter()
            .map(|row| (row.path, row.kind, row.output, row.count))
            .collect()
    };
    assert_eq!(rows(written.summary()), rows(generic.summary()));
}

#[test]
fn training_takes_the_same_steps() {
    let (mut written, mut generic) = (
        network!(Written, seed = 7).unwrap(),
        network!(Trunk::<Wide::<4>, Gelu, 3><4>, seed = 7).unwrap(),
    );
    let (x, y) = (
        numbers(&[4, 5]),
        ndarray::array![0.0f32, 2.0, 1.0, 2.0].into_dyn(),
    );
    let mut trainers = [0, 1]
        .map(|_| Trainer::new(CrossEntropyLoss::default(), Sgd::new(0.1).momentum(0.9)).unwrap());
    for _ in 0..3 {
        let a = trainers[0].step(&mut written, &x, &y).unwrap();
        let b = trainers[1].step(&mut generic, &x, &y).unwrap();
        assert!((a - b).abs() < 1e-6, "{a} {b}");
    }
    let difference = &written.forward(&x).unwrap() - &generic.forward(&x).unwrap();
    assert!(difference.iter().all(|x| x.abs() < 1e-5), "{difference}");
}

#[test]
fn kinds_are_handed_on_and_sizes_flow_through() {
    // Built only: what the result of one kind says about another is known then.
    let net = network!(Outer::<Wide::<4>>).unwrap();
    assert_eq!(net.last.fc.get().unwrap().weight().shape(), [4, 3]);
    assert_eq!(net.trunk.head.get().unwrap().weight().shape(), [3, 4]);
    // The width of the stem follows from the sum behind the first block.
    net.bind([7]).unwrap();
    assert_eq!(bits(&net.clone()), bits(&net));
    assert_eq!(net.trunk.stem.get().unwrap().weight().shape(), [4, 7]);

    let net = network!(Whole).unwrap();
    assert_eq!(net.after.get().unwrap().weight().shape(), [2, 4]);
    let error = net.bind([5]).unwrap_err().to_string();
    assert!(error.contains("`out_features` of `before`"), "{error}");
}

#[test]
fn a_kind_that_does_not_fit_is_an_error() {
    let error = network!(Trunk::<Wide::<6>, Relu, 3><4>)
        .unwrap_err()
        .to_string();
    assert!(error.contains('6') && error.contains('4'), "{error}");
}

#[test]
fn what_follows_a_kind_is_held_against_what_it_gives() {
    network! {
        struct Six {
            fc: Linear<10, 6>,
        }

        struct Chained<B: UnaryLayer> {
            before: B,
            fc: Linear<7, 5>,
        }

        struct Body<B: UnaryLayer> {
            before: B,
            fc: Linear<7, 5>,
        }

        fn forward(x: [10]) -> [5] {
            fc(before(x))
        }

        struct Promised<B: UnaryLayer> {
            body: B,
        }

        fn forward(x: [10]) -> [7] {
            body(x)
        }

        struct Nested<B: UnaryLayer> {
            inner: Body::<B>,
        }

        fn forward(x: [10]) -> [5] {
            inner(x)
        }

        struct Several<B: UnaryLayer> {
            before: B,
            norm: LayerNorm<[7]>,
            rest: B,
        }

        fn forward(x: [10]) -> ([7], [10]) {
            (norm(before(x)), rest(x))
        }
    }
    fn held<N: Network<f32>>(net: Result<N, Error>, told: &[&str]) {
        let found = net.and_then(|net| net.bind([10]).map(|()| net));
        let error = found.map(|_| ()).unwrap_err().to_string();
        for words in told {
            assert!(error.contains(words), "{error}");
        }
    }
    let six = ["produces 6 along axis 1", "takes 7"];
    held(
        network!(Chained::<Six>),
        &["layer `before` produces 6 along axis -1", six[1]],
    );
    held(network!(Body::<Six>), &["layer `before`", six[0], six[1]]);
    held(network!(Promised::<Six>), &["layer `body`", six[0], six[1]]);
    held(
        network!(Nested::<Six>),
        &["layer `inner.before`", six[0], six[1]],
    );
    held(
        network!(Several::<Six>),
        &["layer `before`", six[0], six[1]],
    );
    let ten = ["produces 10 along axis 1", "takes 7"];
    held(network!(Body::<Relu>), &["layer `before`", ten[0], ten[1]]);
}

#[test]
fn layers_of_ones_own() {
    netdsl::layer! {
        /// y = x · scale
        pub struct Scale<features> {}
    }
    impl Scale {
        pub const fn forward<'t>(&self, at: Scope<'t>, x: Tensor<'t>) -> Tensor<'t> {
            let features = at.size("features", self.features);
            let scale = at.parameter("scale", &[features.dim], Init::Ones);
            x.expect(-1, features, "features").mul(scale)
        }
    }
    unary_layer!(Scale);
    let net = network!(Trunk::<Scale, Relu, 2><4>).unwrap();
    assert_eq!(net.forward(numbers(&[3, 9])).unwrap().shape(), [3, 2]);
    assert_eq!(
        net.blocks[1]
            .get()
            .unwrap()
            .parameter("scale")
            .unwrap()
            .shape(),
        [4]
    );
}

#[test]
fn files_know_no_kinds() {
    let file = TempFile::new("kinds");
    let written = network!(Written, seed = 1).unwrap();
    let x = numbers(&[2, 6]);
    let expected = written.forward(&x).unwrap();
    written.save(&file).unwrap();
    let mut generic: Generic = network!(Trunk::<Wide::<4>, Gelu, 3><4>, seed = 2).unwrap();
    generic.load(&file).unwrap();
    assert!(generic.is_bound());
    assert_eq!(generic.forward(&x).unwrap(), expected);
}
