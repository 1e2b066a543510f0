use netdsl::prelude::*;

network! {
    struct Inner {
        fc: Linear<_, 2>,
    }

    fn forward(x: [_]) {
        fc(x)
    }
}

network! {
    struct Net {
        conv: Conv2d<1, 2, 3>,
        inner: Inner,
    }
}

fn main() {}
