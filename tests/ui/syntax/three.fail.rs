use netdsl::prelude::*;

network! {
    struct Net {
        a: Linear<4, 8>(bias: true),
        b: Linear<,>,
        c: Linear<_, 3>,
        d: 7,
    }

    fn forward(x: (4), y) -> [3] {
        c(b(a(x)) +)
    }

    struct Other {
        a: Linear<_, 3>(bias = ),
        b: [Relu; 2, 3],
        c: Linear<4, 2>(bias = true, bias = false),
    }

    struct Lifetimes<'a> {
        a: Relu,
    }

    struct Last {
        a: Relu,
        a: Relu,
    }

    fn backward(x: [4]) -> [4] {
        a(x)
    }
}

fn main() {}
