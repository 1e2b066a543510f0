//! A parameter of the network's own is no layer's: it is called.
use netdsl::prelude::*;

network! {
    struct Own {
        g: Parameter<[4, 4]>,
        d: Linear<_, _>(weight = e.weight),
        e: Linear<4, 4>,
    }

    fn forward(x: [4]) -> [4] {
        d(x) + e(x).matmul(g())
    }
}

network! {
    /// A size of a layer's name is meant where there is one.
    struct Grouped {
        c: Conv2d<c, c, 1>,
        d: Conv2d<c, 8, 1>(groups = c),
    }

    fn forward(x: [4, 2, 2]) -> [8, 2, 2] {
        d(c(x))
    }
}

#[test]
fn builds() {
    assert_eq!(network!(Own).unwrap().count_parameters(), 16 + 16 + 4 + 4);
}
