//! Both layers must have the parameter that they share.
use netdsl::prelude::*;

network! {
    struct Inner {
        fc: Linear<4, 4>,
    }

    struct Outer {
        inner: Inner,
        first: Linear<4, 4>,
        second: Linear<4, 4>(bias = first.bias),
        third: Linear<4, 4>(weight = second.weight),
    }
}

#[test]
fn builds() {
    assert_eq!(
        network!(Outer).unwrap().count_parameters(),
        20 + 20 + 16 + 4
    );
}
