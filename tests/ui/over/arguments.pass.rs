// A layer over an axis is called as it is without one.
use netdsl::prelude::*;

network! {
    struct Net {
        two: [Linear<8, 8>; 2],
        fc: Linear<_, 8>,
    }

    fn forward(x: [5, 8], y: [5, 8]) -> [5, 8] {
        two.over(1)(x) + two[1].over(1)(y) + fc.over(1)(x)
    }
}
