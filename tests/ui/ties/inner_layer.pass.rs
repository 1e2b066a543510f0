//! A tie reaches the layers of its own network.
use netdsl::prelude::*;

network! {
    struct Outer {
        fc: Linear<4, 4>,
        out: Linear<4, 4>(weight = fc.weight),
    }
}

#[test]
fn builds() {
    assert_eq!(network!(Outer).unwrap().count_parameters(), 16 + 4 + 4);
}
