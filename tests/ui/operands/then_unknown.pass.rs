use netdsl::prelude::*;

network! {
    struct Sum {
        a: Linear<4, 9>,
        b: Linear<4, 9>,
        c: Linear<9, 2>,
    }

    fn forward(x: [4]) -> [2] {
        c(a(x) + b(x))
    }

    struct Parts {
        a: Linear<4, 9>,
        b: Linear<4, 9>,
        c: Linear<9, 2>,
        d: Linear<18, 2>,
    }

    fn forward(x: [4]) -> ([2], [2], [2]) {
        let product = (a(x) * b(x)).reshape([3, 3]).flatten();
        let joined = cat([a(x).reshape([3, 3]), b(x).reshape([3, 3])], 1).flatten();
        let part = b(x).narrow(1, 0, 9);
        (c(product), d(joined), c(part))
    }

    struct Reshaped {
        a: Linear<4, 9>,
        split: Unflatten<1, [3, 3]>,
        c: Linear<9, 2>,
    }

    fn forward(x: [4]) -> ([2], [2]) {
        (c(a(x).reshape([3, 3]).flatten()), c(split(a(x)).flatten()))
    }
}
