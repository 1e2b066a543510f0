//! What a part is given is told where it is called.
use netdsl::prelude::*;

network! {
    struct Mix {
        a: Linear<_, 5>,
        b: Linear<_, 5>,
    }

    fn forward(x: [3], y: [_]) -> [5] {
        a(x) + b(y)
    }

    struct Net {
        mix: Mix,
    }

    fn forward(x: [3], y: [4]) -> [5] {
        mix(x, y)
    }
}
