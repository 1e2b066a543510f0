//! Several results stand in parentheses, where Python needs none.
use netdsl::prelude::*;

network! {
    struct Last {
        lstm: Lstm<_, 16>,
        fc: Linear<_, 10>,
    }

    fn forward(x: [t, 28]) -> [10] {
        let y, _ = lstm(x);
        for _ in 0..2 {
            y, _ = lstm(x);
        }
        let a, b = y.chunk(-1);
        let z = a + b
        fc(z.select_index(1, -1))
    }

    struct Two {
        a: Linear<_, 3>,
        b: Linear<_, 4>,
    }

    fn forward(x: [9]) -> [3], [4] {
        a(x), b(x)
    }

    struct Returned {
        a: Linear<_, 3>,
    }

    fn forward(x: [9]) -> ([3], [9]) {
        return a(x).relu(), x
    }
}

fn main() {}
