//! A list of as many sizes as a tensor has axes.

use netdsl::prelude::*;

network! {
    struct Deep {
        fc: Linear<_, 128>,
    }

    fn forward(x: [4]) -> [_] {
        fc(x).reshape([2, 2, 2, 2, 2, 2, 2]).flatten()
    }

    struct Normalized {
        norm: LayerNorm<[2, 2, 2, 2, 2, 2, 2]>(elementwise_affine = false),
    }

    fn forward(x: [2, 2, 2, 2, 2, 2, 2]) -> [_] {
        norm(x).flatten()
    }
}

#[test]
fn runs() -> Result<(), Error> {
    let y = network!(Deep)?.forward(ndarray::Array2::<f32>::zeros((1, 4)))?;
    assert_eq!(y.shape(), [1, 128]);
    let x = ndarray::ArrayD::<f32>::zeros(vec![1, 2, 2, 2, 2, 2, 2, 2]);
    assert_eq!(network!(Normalized)?.forward(x)?.shape(), [1, 128]);
    Ok(())
}
