use netdsl::prelude::*;

network! {
    struct Inner<inputs> {
        fc: Linear<inputs, 3>,
    }

    struct Middle<inputs> {
        inner: Inner<inputs>,
        act: Relu,
    }

    struct Outer {
        body: Linear<4, 5>,
        middle: Middle<5>,
    }
}
