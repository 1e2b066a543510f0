use netdsl::prelude::*;

network! {
    struct Inner {
        fc: Linear<7, 3>,
    }

    struct Middle {
        inner: Inner,
    }

    struct Outer {
        body: Linear<4, 5>,
        middle: Middle,
    }
}

fn main() {}
