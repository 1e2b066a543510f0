//! Both layers must have the parameter that they share.
use netdsl::prelude::*;

network! {
    struct Inner {
        fc: Linear<4, 4>,
    }

    struct Outer {
        inner: Inner,
        first: Linear<4, 4>(weight = inner.weight),
        second: Linear<4, 4>(bias = first.offset),
        third: Linear<4, 4>(weigth = second.weight),
    }
}

fn main() {}
