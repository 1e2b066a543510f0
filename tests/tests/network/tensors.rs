//! What methods of tensors give, against the same computed by hand.

use ndarray::{Array1, array};
use netdsl::prelude::*;

network! {
    struct Waves {
        fc: Linear<1, 1>(bias = false),
    }

    fn forward(x: [1]) -> ([1], [1]) {
        let x = fc(x);
        (x.sin(), x.cos())
    }
}

/// Angles of any size, also those that no 32 bits of pi reduce.
#[test]
fn sines_and_cosines_of_all_angles() -> Result<(), Error> {
    let angles =
        Array1::from_iter((-60i32..=60).map(|i| 1.37f32.powi(i.abs()) * i.signum() as f32));
    let mut single = network!(Waves)?;
    let mut double = network!(Waves, dtype = f64)?;
    single.set_parameter("fc.weight", array![[1.0]].into_dyn())?;
    double.set_parameter("fc.weight", array![[1.0]].into_dyn())?;
    let column = angles.into_shape_with_order((121, 1)).unwrap();
    let wide = column.mapv(f64::from);
    let (sines, cosines) = double.forward(&wide)?;
    assert_eq!(
        (sines, cosines),
        (
            wide.mapv(f64::sin).into_dyn(),
            wide.mapv(f64::cos).into_dyn()
        )
    );
    let (sines, cosines) = single.forward(&column)?;
    for ((&x, sine), cosine) in wide.iter().zip(sines).zip(cosines) {
        assert!((f64::from(sine) - x.sin()).abs() < 1e-7, "sin {x}");
        assert!((f64::from(cosine) - x.cos()).abs() < 1e-7, "cos {x}");
    }
    Ok(())
}
