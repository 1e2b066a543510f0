//! A size that is none is told at the number, before anything is built.
use netdsl::prelude::*;

network! {
    struct Net<inputs, outputs> {
        fc: Linear<inputs, outputs>,
    }
}

fn main() {
    let _ = network!(Net<4, -3>);
    let _ = network!(Net<0, 3>);
}
