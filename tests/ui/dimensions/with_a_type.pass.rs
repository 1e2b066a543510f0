//! A dimension is a name alone.
use netdsl::prelude::*;

network! {
    struct Net<const INPUTS: usize, outputs> {
        fc: Linear<INPUTS, outputs>,
    }

    struct Open<inputs, outputs> {
        fc: Linear<inputs, outputs>,
    }
}
