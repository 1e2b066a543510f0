#![deny(unused_assignments)]

use netdsl::prelude::*;

network! {
    struct Net {
        side: Linear<4, 4>,
        main: Linear<4, 4>,
    }

    fn forward(x: [4]) {
        let mut h = side(x);
        h = main(x);
        h
    }
}

fn main() {}
