// Where an optional layer is absent what arrives goes on: it has to fit as it is.
use netdsl::prelude::*;

network! {
    struct Block<inputs, outputs> {
        project: Option<Linear<inputs, outputs>>(when = inputs > outputs),
    }

    fn forward(x: [inputs]) -> [outputs] {
        project(x)
    }

    struct Outer {
        block: Block<3, 4>,
    }
}

fn main() {}
