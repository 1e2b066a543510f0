//! Functions beside networks: what goes wrong in them is told at their call, what they cannot be where they are written.
use netdsl::prelude::*;

network! {
    fn gated(x: Tensor, gate: Tensor) -> Tensor {
        x * gate.sigmoid()
    }

    fn halves(x: Tensor) -> (Tensor, Tensor) {
        let [a, b] = x.chunk(1);
        (gated(a, b), a + b)
    }

    struct Net {
        a: Linear<_, 12>,
        b: Linear<_, 7>,
    }

    fn forward(x: [3]) -> [_] {
        let (first, second) = halves(b(x));
        gated(a(x), b(x)) + first - second
    }
}

network! {
    fn counted(n: usize) -> usize {
        n
    }

    fn shaped(x: [4]) -> [4] {
        x
    }

    fn applied(x: Tensor) -> Tensor {
        let twice = |x| x + x;
        twice(x)
    }
}

fn main() {}
