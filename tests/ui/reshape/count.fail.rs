use netdsl::prelude::*;

network! {
    struct Net {
        fc: Linear<_, 12>,
    }

    fn forward(x: [4]) {
        fc(x).reshape([5, 3])
    }
}

fn main() {}
