use netdsl::prelude::*;

network! {
    struct Net {
        a: Linear<4, 8>,
        b: Linear<8, 1>,
    }

    fn forward(x: [4], y: [_]) {
        b(a(x)) + y
    }
}
