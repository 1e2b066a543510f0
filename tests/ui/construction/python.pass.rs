//! A network is built by its name, its sizes, and options with names.
use netdsl::prelude::*;

network! {
    struct Net<inputs> {
        fc: Linear<inputs, 4>,
    }
}

fn main() {
    let _ = network!(Net<3>, seed = 7);
    let _ = network!(Net<3>, seed = 7, dtype = f64);
}
