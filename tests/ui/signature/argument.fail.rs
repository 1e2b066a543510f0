use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<5, 2>,
    }

    fn forward(x: [4]) {
        fc(x)
    }
}

fn main() {}
