//! A parameter must be some layer's own.
use netdsl::prelude::*;

network! {
    struct Circle {
        a: Linear<4, 4>(weight = b.weight),
        b: Linear<4, 4>(weight = c.weight.t()),
        c: Linear<4, 4>,
        d: Linear<4, 4>(weight = a.weight),
        e: Linear<4, 4>,
        f: Linear<4, 4>(bias = a.bias),
    }
}

#[test]
fn builds() {
    assert_eq!(network!(Circle).unwrap().count_parameters(), 3 * 16 + 5 * 4);
}
