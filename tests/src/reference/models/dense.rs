//! Multilayer perceptrons.

use super::Reading;
use super::check::reading;
use netdsl::prelude::*;

network! {
    /// Three linear layers.
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
    /// Three linear layers, rectified.
    #[loaded]
    pub struct Rectified {
        flat: Flatten,
        fc1: Linear<_, _>,
        relu1: Relu,
        fc2: Linear<_, _>,
        relu2: Relu,
        fc3: Linear<_, _>,
    }
}

network! {
    /// Two linear layers, rectified.
    #[loaded]
    pub struct Small {
        flat: Flatten,
        fc1: Linear<_, _>,
        relu: Relu,
        fc2: Linear<_, _>,
    }
}

/// The networks that an MLP may be.
pub fn readings() -> Vec<Reading> {
    vec![reading!(Mlp), reading!(Rectified), reading!(Small)]
}
