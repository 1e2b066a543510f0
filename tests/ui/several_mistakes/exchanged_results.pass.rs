//! Two results in the order in which they are given.
use netdsl::prelude::*;

network! {
    struct Pair {
        wide: Linear<_, 8>,
        narrow: Linear<_, 6>,
    }

    fn forward(x: [_]) -> ([8], [6]) {
        (wide(x), narrow(x))
    }

    struct Layers {
        pair: Pair,
        f: Linear<8, 3>,
        g: Linear<6, 3>,
    }

    fn forward(x: [4]) -> [3] {
        let (a, b) = pair(x);
        f(a) + g(b)
    }

    struct Results {
        pair: Pair,
    }

    fn forward(x: [4]) -> ([8], [6]) {
        let (a, b) = pair(x);
        (a.relu(), b.relu())
    }
}

fn main() {}
