use netdsl::prelude::*;

network! {
    struct Head<inputs> {
        fc: Linear<inputs, 3>,
        act: Relu<3>,
    }

    struct Net {
        body: Linear<4, 5>,
        head: Head<5, 6>,
    }
}

fn main() {}
