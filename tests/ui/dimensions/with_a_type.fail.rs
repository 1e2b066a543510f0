//! A dimension is a name alone.
use netdsl::prelude::*;

network! {
    struct Net<inputs: usize, outputs> {
        fc: Linear<inputs, outputs>,
    }
}

fn main() {}
