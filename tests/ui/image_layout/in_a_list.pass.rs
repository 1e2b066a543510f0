//! In a network without a body what is missing is a layer.
use netdsl::prelude::*;

network! {
    struct Net {
        conv: Conv2d<1, 4, 3>,
        act: Relu,
        flatten: Flatten,
        fc: Linear<_, 10>,
    }
}
