//! PyTorch's calls are told with the whole line to write, which computes the same.
use netdsl::prelude::*;

network! {
    struct Receivers {
        a: Linear<_, 4>,
        b: Linear<_, 4>,
    }

    fn forward(x: [3, 4]) -> [3, 4] {
        let y = (a(x) + b(x)).relu();
        let y = y + (-y).exp() * (y - 1.0).square();
        let y = y + (0.5 * y).softmax(-1) + y.leaky_relu(0.1);
        (y * (y - 1.0)).relu()
    }
}

network! {
    struct Axes {
        a: Linear<_, 4>,
    }

    fn forward(x: [3, 4]) -> [3, 4] {
        let y = x / x.norm(1).unsqueeze(1);
        let y = y - y.mean(-1).unsqueeze(-1) + y.sum([1, 2]).unsqueeze(1).unsqueeze(2);
        let y = y - y.amax(1).unsqueeze(1) + y.amin(1).unsqueeze(1) + y.amax(2).unsqueeze(2);
        let y = y.softmax(2).relu().clamp(-f64::INFINITY, 1.0);
        a(y / y.norm(1).unsqueeze(1)) + ((x * y).sum(2) / (x.norm(2) * y.norm(2))).unsqueeze(2)
    }
}

network! {
    struct Functions {
        a: Conv2d<_, 4, 3>,
        gelu: Gelu(approximate = "tanh"),
        up: Upsample(scale_factor = 2, mode = "bilinear", align_corners = false),
        pool: MaxPool2d<3>(stride = 2),
        first: Linear<_, 8>,
        second: Relu,
    }

    fn forward(x: [1, 8, 8]) -> _ {
        let y = a(x).relu().max_pool2d(2);
        let y = y.dropout(0.5) + gelu(y);
        let y = y.pad([1, 0]) + y.pad_reflect([1, 0]) + y.pad([1, 0]).permute([0, 1, 2, 3]);
        let y = pool(up(y));
        let y = y.matmul_transposed(y) + y.var(1).unsqueeze(1).amax(-1).unsqueeze(-1);
        second(first(y.flatten()))
    }
}

network! {
    struct Powers<d> {
        a: Linear<d, 4>,
    }

    fn forward(x: [3, d]) -> [3, 4] {
        let mut y = a(x.sqrt()) * (1.0 / d.sqrt());
        y = y + 1.0;
        y = y * (y + 1.0);
        y = y.clamp(0.0, 1.0);
        (y - 1.0).powf(3.0) / d
    }
}

network! {
    struct Options {
        drop: Dropout(p = 0.5),
        act: LeakyRelu(negative_slope = 0.1),
        norm: GroupNorm<1, 4>,
    }
}

#[test]
fn builds() {
    let x = ndarray::Array3::from_shape_fn((2, 3, 4), |(i, j, k)| 1.0 + (i + 2 * j + k) as f32);
    let y = network!(Receivers).unwrap().forward(&x).unwrap();
    assert!(y.iter().all(|y| *y >= 0.0));
    network!(Axes).unwrap().forward(&x).unwrap();
    network!(Powers<_>).unwrap().forward(&x).unwrap();
    let image = ndarray::Array4::<f32>::zeros((2, 1, 8, 8));
    network!(Functions).unwrap().forward(&image).unwrap();
    network!(Options).unwrap();
}
