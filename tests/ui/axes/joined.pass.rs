//! Tensors of one number of axes can be joined.

use netdsl::prelude::*;

network! {
    struct Joined {
        a: Linear<_, 9>,
        b: Linear<_, 9>,
    }

    fn forward(x: [4]) -> [_] {
        cat([a(x), b(x)], 1).flatten()
    }
}

#[test]
fn runs() -> Result<(), Error> {
    let y = network!(Joined)?.forward(ndarray::Array2::<f32>::zeros((1, 4)))?;
    assert_eq!(y.shape(), [1, 18]);
    Ok(())
}
