use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<16, 6>,
        conv: Conv2d<_, 6, 3>,
    }

    fn forward(x: [_, _, 16]) {
        conv(fc(x))
    }
}
