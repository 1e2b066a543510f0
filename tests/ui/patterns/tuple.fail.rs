use netdsl::prelude::*;

network! {
    struct Net {
        a: Linear<4, 5>,
        b: Linear<4, 6>,
    }

    fn forward(x: [4]) -> ([5], [5]) {
        let (left, (right, _)) = (a(x), (b(x), x));
        (left, right)
    }
}

fn main() {}
