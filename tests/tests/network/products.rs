//! Matrix products of tensors with leading axes: those of size 1 repeat, and what has no batch serves all samples.

use crate::nets::numbers;
use crate::training::check;
use ndarray::s;
use netdsl::prelude::*;

network! {
    /// Every capsule below sends its vector through a matrix of its own to each one above.
    struct Capsules {
        weights: Parameter<[3, 2, 4, 5]>(std = 0.5),
    }

    fn forward(u: [3, 5]) -> [3, 2, 4] {
        weights().matmul(u.unsqueeze(2).unsqueeze(4)).squeeze(4)
    }

    /// A matrix for each head.
    struct Heads {
        weights: Parameter<[2, 4, 3]>(std = 0.5),
    }

    fn forward(x: [t, 8]) -> [2, t, 3] {
        x.reshape([t, 2, 4]).transpose(1, 2).matmul(weights())
    }

    /// One side repeats along one axis, the other one along another.
    struct Both {
        left: Parameter<[1, 3, 2, 4]>(std = 0.5),
    }

    fn forward(x: [2, 1, 4, 3]) -> [2, 3, 2, 3] {
        left().matmul(x)
    }
}

#[test]
fn leading_axes_repeat_as_in_numpy() -> Result<(), Error> {
    let net = network!(Capsules, seed = 1)?;
    let (w, u) = (net.weights.value(), numbers(&[2, 3, 5]));
    for (at, y) in net.forward(&u)?.indexed_iter() {
        let (sample, below, above, feature) = (at[0], at[1], at[2], at[3]);
        let row = w.slice(s![below, above, feature, ..]);
        let vector = u.slice(s![sample, below, ..]);
        let expected: f32 = row.iter().zip(vector).map(|(w, u)| w * u).sum();
        assert!((y - expected).abs() < 1e-5, "{y} {expected}");
    }
    Ok(())
}

#[test]
fn products_with_repeated_axes_have_the_gradients_of_differences() -> Result<(), Error> {
    check(
        network!(Capsules, seed = 1, dtype = f64)?,
        &[2, 3, 5],
        &[2, 3, 2, 4],
    );
    check(
        network!(Heads, seed = 2, dtype = f64)?,
        &[2, 5, 8],
        &[2, 2, 5, 3],
    );
    check(
        network!(Both, seed = 3, dtype = f64)?,
        &[2, 2, 1, 4, 3],
        &[2, 2, 3, 2, 3],
    );
    Ok(())
}
