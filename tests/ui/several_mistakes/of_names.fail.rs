use netdsl::prelude::*;

network! {
    struct Net {
        a: Linear<4, 8>,
        a: Linear<8, 1>,
        __b: Linear<1, 1>,
    }

    fn forward(x: [4], y) {
        a(x)
    }
}

fn main() {}
