//! Multilayer perceptrons.

use super::check::reading;
use super::parts::Last;
use super::{Model, Reading};
use netdsl::prelude::*;

network! {
    /// Three linear layers, the first rectified.
    #[loaded]
    pub struct Mlp {
        flat: Flatten,
        fc1: Linear<_, _>,
        relu: Relu,
        fc2: Linear<_, _>,
        gelu: Gelu,
        drop: Dropout(p = 0.0),
        fc3: Linear<_, _>,
    }
}

network! {
    /// A linear layer and its function.
    #[loaded]
    pub struct Dense<function> {
        fc: Linear<_, _>,
        act: Last(how = function),
    }
}

network! {
    /// Any number of linear layers with one function between them.
    #[loaded]
    pub struct Perceptron<hidden, function> {
        flat: Flatten,
        layers: [Dense<function>; hidden],
        out: Linear<_, _>,
    }
}

/// The networks that an MLP may be.
pub fn readings(model: &Model<'_>) -> Vec<Reading> {
    let hidden = model.weights(2).len().saturating_sub(1);
    let mut readings = vec![reading!(Mlp)];
    for function in [3usize, 2, 1, 4, 0] {
        readings.push(reading!(Perceptron<hidden, function>));
    }
    readings
}
