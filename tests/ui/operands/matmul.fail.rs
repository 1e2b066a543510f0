use netdsl::prelude::*;

network! {
    struct Net {
        query: Linear<4, 5>,
        value: Linear<4, 6>,
    }

    fn forward(x: [7, 4]) {
        query(x).matmul(value(x))
    }
}

fn main() {}
