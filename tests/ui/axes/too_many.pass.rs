//! A tensor with as many axes as there can be.

use netdsl::prelude::*;

network! {
    struct Deep {
        fc: Linear<_, 64>,
    }

    fn forward(x: [4]) -> [_] {
        let x = fc(x).unsqueeze(1).unsqueeze(1).unsqueeze(1).unsqueeze(1).unsqueeze(1).unsqueeze(1);
        x.flatten()
    }
}

#[test]
fn runs() -> Result<(), Error> {
    let y = network!(Deep)?.forward(ndarray::Array2::<f32>::zeros((1, 4)))?;
    assert_eq!(y.shape(), [1, 64]);
    Ok(())
}
