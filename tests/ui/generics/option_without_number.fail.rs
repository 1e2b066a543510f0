// No input can tell the size of a kernel.
use netdsl::prelude::*;

network! {
    struct Net<kernel, depth> {
        conv: Conv2d<3, 8, kernel>,
        blocks: [Tanh; depth],
    }

    struct Outer {
        net: Net<_, 2>,
        conv: Conv2d<_, 4, _>,
    }
}

fn main() {
    let _ = network!(Net<_, 3>);
    let _ = network!(Net<3, _>);
}
