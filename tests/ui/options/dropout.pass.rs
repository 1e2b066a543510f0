//! A probability of 1: all is 0.

use netdsl::prelude::*;

network! {
    struct Dropped {
        fc: Linear<_, 4>,
    }

    fn forward(x: [8]) -> [4] {
        fc(x.dropout(1.0))
    }
}

#[test]
fn runs() -> Result<(), Error> {
    let net = network!(Dropped)?;
    let y = net.run_in_training(&[ndarray::ArrayD::<f32>::ones(vec![1, 8]).view()])?;
    assert_eq!(
        y[0].as_slice(),
        net.fc.bias().and_then(|bias| bias.as_slice())
    );
    Ok(())
}
