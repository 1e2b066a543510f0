//! A parameter of the network's own is no layer's: it is called.
use netdsl::prelude::*;

network! {
    struct Own {
        g: Parameter<[4, 4]>,
        d: Linear<_, _>(weight = g),
    }

    fn forward(x: [4]) -> [4] {
        d(x) + g().sum(0)
    }
}

network! {
    struct Turned {
        g: Parameter<[4, 4]>,
        d: Linear<_, _>(weight = g.t()),
    }

    fn forward(x: [4]) -> [4] {
        d(x) + g().sum(0)
    }
}

network! {
    struct Inner {
        g: Parameter<[4]>,
    }

    fn forward(x: [4]) -> [4] {
        x * g()
    }

    struct Within {
        b: Inner,
        d: Linear<4, 4>(bias = b.g),
    }

    fn forward(x: [4]) -> [4] {
        d(b(x))
    }
}

network! {
    struct Takes {
        e: Linear<4, 4>,
        g: Parameter<[_, _]>(value = e.weight),
    }

    fn forward(x: [4]) -> [4] {
        e(x) + g().sum([0, 1])
    }
}

fn main() {}
