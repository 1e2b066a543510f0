use netdsl::prelude::*;

network! {
    struct Net {
        a: Conv2d<3, 4, 3>(padding = 1),
        b: Conv2d<3, 4, 3>,
    }

    fn forward(x: [3, 8, 8]) {
        cat([a(x), b(x)], 1)
    }
}

fn main() {}
