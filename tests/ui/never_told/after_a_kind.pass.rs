//! What a layer of any kind gives may tell a size: of what it is added to, joined with or multiplied by, of a layer that
//! is called with it, and of what that one shares a parameter or the name of a size with.
use ndarray::Array2;
use netdsl::prelude::*;

network! {
    struct Six {
        fc: Linear<_, 6>,
    }

    fn forward(x: [_]) -> [6] {
        fc(x)
    }
}

network! {
    struct Added<B: UnaryLayer> {
        first: Linear<_, 5>,
        body: B,
        shift: Parameter<[_]>,
    }

    fn forward(x: [4]) -> [_] {
        body(first(x).relu()) + shift()
    }
}

network! {
    struct Joined<B: UnaryLayer> {
        body: B,
        token: Parameter<[_]>,
    }

    fn forward(x: [4]) -> [_, _] {
        cat([token().unsqueeze(0), body(x).unsqueeze(1)], 1)
    }
}

network! {
    struct Multiplied<B: UnaryLayer> {
        body: B,
        weight: Parameter<[_, 2]>,
    }

    fn forward(x: [4]) -> [2] {
        body(x).matmul(weight())
    }
}

network! {
    struct Tied<B: UnaryLayer> {
        body: B,
        head: Linear<_, 3>(weight = dec.weight.t()),
        dec: Linear<3, _>,
    }

    fn forward(x: [4]) -> [_] {
        dec(head(body(x)))
    }
}

network! {
    struct Named<B: UnaryLayer> {
        body: B,
        head: Linear<n, 3>,
        dec: Linear<3, n>,
    }

    fn forward(x: [4]) -> [_] {
        dec(head(body(x)))
    }
}

#[test]
fn the_kind_tells_them() {
    let x = Array2::<f32>::ones((2, 4));
    let net = network!(Added::<Six>).unwrap();
    assert_eq!(net.forward(&x).unwrap().shape(), [2, 6]);
    assert_eq!(net.parameter("shift").unwrap().shape(), [6]);
    let net = network!(Multiplied::<Six>).unwrap();
    assert_eq!(net.forward(&x).unwrap().shape(), [2, 2]);
    assert_eq!(net.parameter("weight").unwrap().shape(), [6, 2]);
    let net = network!(Tied::<Six>).unwrap();
    assert_eq!(net.forward(&x).unwrap().shape(), [2, 6]);
    assert_eq!(net.parameter("dec.weight").unwrap().shape(), [6, 3]);
    let net = network!(Named::<Six>).unwrap();
    assert_eq!(net.forward(&x).unwrap().shape(), [2, 6]);
    let net = network!(Joined::<Six>).unwrap();
    assert_eq!(net.forward(&x).unwrap().shape(), [2, 2, 6]);
    assert_eq!(net.parameter("token").unwrap().shape(), [6]);
}
