//! Noise has the shape of what it is like.
use netdsl::prelude::*;

network! {
    struct Coder {
        encode: Linear<_, 16>,
        mean: Linear<_, 2>,
    }

    fn forward(x: [9]) -> [2] {
        let h = encode(x).relu();
        let mean = mean(h);
        mean + mean.randn_like()
    }
}

#[test]
fn runs() -> Result<(), Error> {
    let y = network!(Coder)?.forward(ndarray::Array2::zeros((3, 9)))?;
    assert_eq!(y.shape(), [3, 2]);
    Ok(())
}
