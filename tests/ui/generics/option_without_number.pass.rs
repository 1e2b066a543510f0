// No input can tell the size of a kernel.
use netdsl::prelude::*;

network! {
    struct Net<kernel, depth> {
        conv: Conv2d<3, 8, kernel>,
        blocks: [Tanh; depth],
    }

    struct Outer {
        net: Net<3, 2>,
        conv: Conv2d<_, 4, 1>,
    }
}

fn main() {
    let _ = network!(Net<3, 3>);
    let _ = network!(Net<3, 2>);
}
