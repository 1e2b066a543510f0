use netdsl::prelude::*;

network! {
    struct Net {
        query: Linear<4, 7>,
        value: Linear<4, 6>,
    }

    fn forward(x: [7, 4]) -> [7, 6] {
        query(x).matmul(value(x))
    }
}
