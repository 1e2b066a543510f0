use netdsl::prelude::*;

network! {
    struct Net {
        x: Linear<4, 5>,
    }

    fn forward(x: [4]) {
        x(x)
    }
}

fn main() {}
