use netdsl::prelude::*;

network! {
    struct Net {
        a: Linear<4, 6>,
        b: Linear<4, 6>,
    }

    fn forward(x: [4]) {
        a(x) + b(x)
    }
}
