//! A part that ends with an axis.

use netdsl::prelude::*;

network! {
    struct Part {
        fc: Linear<_, 8>,
    }

    fn forward(x: [4]) -> [3] {
        fc(x).narrow(1, 5, 3)
    }
}

#[test]
fn runs() -> Result<(), Error> {
    let y = network!(Part)?.forward(ndarray::Array2::<f32>::zeros((1, 4)))?;
    assert_eq!(y.shape(), [1, 3]);
    Ok(())
}
