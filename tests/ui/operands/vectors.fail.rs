use netdsl::prelude::*;

network! {
    struct Net {
        query: Linear<4, 7>,
        key: Linear<4, 7>,
    }

    fn forward(x: [4]) {
        query(x).matmul_transposed(key(x))
    }
}

fn main() {}
