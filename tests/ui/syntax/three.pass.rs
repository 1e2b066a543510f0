use netdsl::prelude::*;

network! {
    struct Net {
        a: Linear<4, 8>(bias = true),
        b: Linear<_, 8>,
        c: Linear<_, 3>,
        d: Relu,
    }

    fn forward(x: [4], y: [8]) -> [3] {
        c(d(b(a(x)) + y))
    }

    struct Other {
        a: Linear<_, 3>(bias = false),
        b: [Relu; 2],
        c: Linear<3, 2>(bias = true),
    }

    struct Last {
        a: Relu,
        b: Relu,
    }

    fn forward(x: [4]) -> [4] {
        b(a(x))
    }
}
