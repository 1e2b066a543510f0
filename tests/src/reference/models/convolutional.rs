//! LeNet.

use super::Reading;
use super::check::reading;
use netdsl::prelude::*;

network! {
    /// LeNet with the tanh of 1998 between convolutions.
    #[loaded]
    pub struct LeNet {
        conv1: Conv2d<_, _, 5>(padding = 2),
        conv2: Conv2d<_, _, 5>,
        fc1: Linear<_, _>,
        fc2: Linear<_, _>,
        fc3: Linear<_, _>,
    }

    fn forward(image: [_, _, _]) {
        let x = conv1(image).tanh().max_pool2d(2);
        let x = conv2(x).tanh().max_pool2d(2).flatten();
        let x = fc1(x).relu();
        fc3(fc2(x).relu())
    }
}

network! {
    /// LeNet, rectified.
    #[loaded]
    pub struct Rectified {
        conv1: Conv2d<_, _, 5>(padding = 2),
        conv2: Conv2d<_, _, 5>,
        fc1: Linear<_, _>,
        fc2: Linear<_, _>,
        fc3: Linear<_, _>,
    }

    fn forward(image: [_, _, _]) {
        let x = conv1(image).relu().max_pool2d(2);
        let x = conv2(x).relu().max_pool2d(2).flatten();
        let x = fc1(x).relu();
        fc3(fc2(x).relu())
    }
}

/// The networks that a LeNet may be.
pub fn readings() -> Vec<Reading> {
    vec![reading!(LeNet), reading!(Rectified)]
}
