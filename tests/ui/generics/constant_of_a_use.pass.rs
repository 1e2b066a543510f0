// A constant that does not fit is told where it is chosen.
use netdsl::prelude::*;

network! {
    struct Net<const HIDDEN: usize> {
        fc1: Linear<4, HIDDEN>,
        fc2: Linear<6, 2>,
    }

    struct Outer {
        net: Net::<6>,
    }
}

fn main() {
    let _ = network!(Net::<6>);
}
