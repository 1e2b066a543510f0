use netdsl::prelude::*;

network! {
    struct Two {
        left: Linear<4, 5>,
        right: Linear<4, 7>,
    }

    fn forward(x: [4]) -> ([5], [7]) {
        (left(x), right(x))
    }
}

network! {
    struct Net {
        two: Two,
        head: Linear<5, 2>,
        tail: Linear<6, 2>,
    }

    fn forward(x: [4]) -> [2] {
        let (a, b) = two(x);
        let (c, d) = (head(a), tail(b));
        c + d
    }
}

fn main() {}
